import { sweepCommand } from '@throughtime/sweep';
import { Command } from 'commander';
import { anomaliesCommand } from './commands/anomalies.js';
import { autoCommand } from './commands/auto.js';
import { backtestCommand } from './commands/backtest.js';
import { chapterCommand } from './commands/chapter.js';
import { exportCommand } from './commands/export.js';
import { infoCommand } from './commands/info.js';
import { predictCommand } from './commands/predict.js';
import { runCommand } from './commands/run.js';
import { comparisonSweep } from './commands/sweep.js';

/** The command line `forecast`. */
export function createProgram(): Command {
  return new Command('forecast')
    .description('Forecast a sine wave, the embedded series or your own, beside honest baselines.')
    .addCommand(autoCommand())
    .addCommand(runCommand())
    .addCommand(sweepCommand(comparisonSweep))
    .addCommand(backtestCommand())
    .addCommand(predictCommand())
    .addCommand(infoCommand())
    .addCommand(exportCommand())
    .addCommand(anomaliesCommand())
    .addCommand(chapterCommand());
}

import { integerOption } from '@throughtime/command-line';
import type { Command } from 'commander';
import { seriesNames } from '../open-series.js';

/** The options that say which series, as every command that reads one has them. */
export function addSeriesOptions(command: Command, defaultSeries?: string): Command {
  const series = `which series: ${seriesNames()}`;
  if (defaultSeries === undefined) command.requiredOption('--series <name|file>', series);
  else command.option('--series <name|file>', series, defaultSeries);
  return command
    .option('--column <name>', 'which column, where there are several')
    .option('--period <steps>', 'steps of a season (default: by the frequency)', integerOption({ min: 1 }))
    .option('--allow-missing', 'leave out missing values and gaps in the time stamps of a file');
}

/** Options that all commands share. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'seed of everything random', integerOption(), 1)
    .option('--json', 'JSON lines on stdout');
}

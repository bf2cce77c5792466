// The command line `forecast`: its commands, none of which is loaded before it is called.
import type { CommandTable } from '@throughtime/command-line';
import { Command } from 'commander';

/** The program itself, without its commands. */
export function createProgram(): Command {
  return new Command('forecast').description(
    'Forecast a sine wave, the embedded series or your own, beside honest baselines.',
  );
}

export const commands: CommandTable = {
  auto: {
    description: 'Try models on a series, say which to use and what error to expect, and forecast with it.',
    load: async () => (await import('./commands/auto.js')).autoCommand(),
  },
  run: {
    description:
      'Train models on the first values of a series and print their k-step-ahead errors on the rest, beside baselines.',
    load: async () => (await import('./commands/run.js')).runCommand(),
  },
  sweep: {
    description: 'Run forecast run many times with different options, and say which were best.',
    load: async () => {
      const { sweepCommand } = await import('@throughtime/sweep');
      const { comparisonSweep } = await import('./commands/sweep.js');
      return sweepCommand(comparisonSweep);
    },
  },
  backtest: {
    description:
      'Compare models from rolling origins: each forecasts from the values before the origin alone.',
    load: async () => (await import('./commands/backtest.js')).backtestCommand(),
  },
  predict: {
    description: 'Forecast with a saved model: what follows the series it was saved with, or a new one.',
    load: async () => (await import('./commands/predict.js')).predictCommand(),
  },
  info: {
    description:
      'Say what a saved model is: its method, its series, and its card: who made it, when, of what, how good it is.',
    load: async () => (await import('./commands/info.js')).infoCommand(),
  },
  export: {
    description: 'Write a trained recurrent network as a run that PyTorch trains further.',
    load: async () => (await import('./commands/export.js')).exportCommand(),
  },
  anomalies: {
    description:
      'Name the observations outside the interval that a model forecasts from the values before each.',
    load: async () => (await import('./commands/anomalies.js')).anomaliesCommand(),
  },
  chapter: {
    description:
      "The chapter's experiment with an edition's settings: a noisy sine, one, many and k steps ahead.",
    load: async () => (await import('./commands/chapter.js')).chapterCommand(),
  },
};

// The command line `generate`: its commands, none of which is loaded before it is called.
import type { CommandTable } from '@throughtime/command-line';
import { Command } from 'commander';

/** The program itself, without its commands. */
export function createProgram(): Command {
  return new Command('generate').description(
    'Train, sample and evaluate language models. Each command explains itself: generate train --help',
  );
}

export const commands: CommandTable = {
  train: {
    description: 'Train a recurrent language model on a text, and save it.',
    load: async () => (await import('./commands/train.js')).trainCommand(),
  },
  sweep: {
    description: 'Run generate train many times with different options, and say which were best.',
    load: async () => {
      const { sweepCommand } = await import('@throughtime/sweep');
      const { trainingSweep } = await import('./commands/sweep.js');
      return sweepCommand(trainingSweep);
    },
  },
  ngram: {
    description:
      'Count and smooth an n-gram model of a text: the baseline that a recurrent model has to beat.',
    load: async () => (await import('./commands/ngram.js')).ngramCommand(),
  },
  sample: {
    description: 'Continue a text with a trained model.',
    load: async () => (await import('./commands/sample.js')).sampleCommand(),
  },
  evaluate: {
    description: 'Measure how well a trained model predicts a text: perplexity and bits per token.',
    load: async () => (await import('./commands/evaluate.js')).evaluateCommand(),
  },
  export: {
    description: 'Write a trained model for other programs, or as a smaller folder.',
    load: async () => (await import('./commands/export.js')).exportCommand(),
  },
  'text-stats': {
    description:
      'Count a text: tokens, n-grams, Zipf exponents, vocabulary sizes, words that a part does not have.',
    load: async () => (await import('./commands/text-stats.js')).textStatsCommand(),
  },
  compress: {
    description: 'Compress a text by what a model expects of it.',
    load: async () => (await import('./commands/compress.js')).compressCommand(),
  },
  decompress: {
    description: 'Give back the text of a file that compress wrote.',
    load: async () => (await import('./commands/compress.js')).decompressCommand(),
  },
  info: {
    description:
      'Say what a model is: architecture, tokens, text, the run that it comes from, and its card: who made it, when, of what, how good it is.',
    load: async () => (await import('./commands/info.js')).infoCommand(),
  },
  datasets: {
    description: 'List the texts that --corpus knows by name: size, parts, rights.',
    load: async () => (await import('./commands/datasets.js')).datasetsCommand(),
  },
};

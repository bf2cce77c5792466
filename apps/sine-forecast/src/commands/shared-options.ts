import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { integerOption, nameArguments, numberOption, UsageError } from '@throughtime/command-line';
import { Random } from '@throughtime/random';
import type { Command } from 'commander';
import { isModelName, isRecurrent, type ModelName, type ModelSettings, modelNames } from '../core/models.js';
import type { OpenedSeries } from '../core/open-series.js';

/** Options that all commands share. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'seed of everything random', integerOption(), 1)
    .option('--json', 'JSON lines on stdout');
}

/** The options that say how models are made and trained. */
export interface ModelOptions {
  readonly lags: number;
  readonly epochs?: number;
  readonly lr?: number;
  readonly hidden?: number;
  readonly seed: number;
}

/** Adds them to a command. */
export function addModelOptions(
  command: Command,
  { lags, epochs }: { readonly lags: number; readonly epochs: string },
): Command {
  command
    .option('--lags <n>', 'values that a model of lags sees', integerOption({ min: 1 }), lags)
    .option('--epochs <n>', `passes over the training data (default: ${epochs})`, integerOption({ min: 1 }))
    .option('--lr <x>', 'learning rate (default: 0.01, recurrent 0.005)', numberOption({ min: 0 }))
    .option('--hidden <n>', 'hidden units (default: 10, recurrent 32)', integerOption({ min: 1 }));
  return nameArguments(command, { learningRate: '--lr', hiddenSize: '--hidden', order: '--lags' });
}

/** The settings of one model. Each has a random stream of its own, so that its result does not depend on which others are asked for. */
export function modelSettings(options: ModelOptions, { period, calendar }: OpenedSeries): ModelSettings {
  const { lags, epochs, lr: learningRate, hidden: hiddenSize, seed } = options;
  return { lags, epochs, learningRate, hiddenSize, period, calendar, random: Random.seeded(seed) };
}

/** A parser of commander's for one model or several, separated by commas. @param option its name, for messages */
export function modelListOption(option: string): (text: string) => ModelName[] {
  return (text) => {
    const names = text.split(',').map((name) => name.trim());
    const known = names.filter(isModelName);
    if (known.length < names.length) {
      const unknown = names.find((name) => !isModelName(name));
      throw new UsageError(`${option}: expected some of ${modelNames.join(', ')}, got '${unknown}'`);
    }
    return [...new Set(known)];
  };
}

/** Prepares tfjs where a model may need it. */
export async function prepareModels(names: readonly ModelName[]): Promise<void> {
  if (names.some(isRecurrent)) await useTensorBackend();
}

/** Prepares tfjs for recurrent networks: its WebAssembly backend. */
export async function useTensorBackend(): Promise<void> {
  await tf.setBackend('wasm');
  await tf.ready();
}

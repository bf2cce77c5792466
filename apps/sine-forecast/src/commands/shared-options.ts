import { integerOption, nameArguments, numberOption, UsageError } from '@throughtime/command-line';
import type { CalendarFeature, TimeSeries } from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { setThreads } from '@throughtime/wasm-kernels';
import type { Command } from 'commander';
import {
  isRecurrent,
  type ModelName,
  type ModelSettings,
  modelNames,
  seesCovariates,
  type TransformName,
  transformNames,
  transformsOf,
} from '../core/models.js';
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
  readonly transform?: readonly TransformName[];
  readonly calendar?: readonly CalendarFeature[];
}

/** Adds them to a command. */
export function addModelOptions(
  command: Command,
  { lags, epochs }: { readonly lags: number; readonly epochs: string },
): Command {
  command
    .option('--lags <n>', 'values that a model of lags sees', integerOption({ min: 1 }), lags)
    .option(
      '--epochs <n>',
      `passes over the training data; 60 updates each of a network whose horizon is known (default: ${epochs})`,
      integerOption({ min: 1 }),
    )
    .option(
      '--lr <x>',
      'learning rate (default: 0.01; recurrent 0.005, and 0.002 where the horizon is known)',
      numberOption({ min: 0 }),
    )
    .option('--hidden <n>', 'hidden units (default: 10, recurrent 32)', integerOption({ min: 1 }))
    .option(
      '--transform <names>',
      `what models, but not baselines, see instead of the values: ${transformNames.join(', ')}, one after another`,
      transformOption,
    )
    .option(
      '--calendar <features>',
      `what networks see of the time stamps: ${calendarFeatures.join(', ')}, or none (default: recurrent ones, by the frequency)`,
      calendarOption,
    );
  return nameArguments(command, {
    learningRate: '--lr',
    hiddenSize: '--hidden',
    order: '--lags',
    transform: '--transform',
    transforms: '--transform',
    calendar: '--calendar',
  });
}

/** The settings of one model. Each has a random stream of its own, so that its result does not depend on which others are asked for. */
export function modelSettings(
  options: ModelOptions,
  { period, calendar: usual, all }: Pick<OpenedSeries, 'period' | 'calendar' | 'all'>,
): ModelSettings {
  const { lags, epochs, lr: learningRate, hidden: hiddenSize, seed, calendar, transform = [] } = options;
  return {
    ...{ lags, epochs, learningRate, hiddenSize, period, random: Random.seeded(seed) },
    calendar: calendar ?? usual,
    several: all.length > 1,
    lagCalendar: calendar,
    transforms: transformsOf(transform, period),
  };
}

/** What a run says of its transforms. */
export function transformRemarks({ transform = [] }: ModelOptions): string[] {
  return transform.length === 0
    ? []
    : [`Models other than the baselines see the series after: ${transform.join(', ')}.`];
}

/** Says which models do not see the covariates. */
export function covariateRemarks({ known }: TimeSeries, names: readonly ModelName[]): string[] {
  const blind = names.filter((name) => !seesCovariates(name));
  return known === undefined || blind.length === 0
    ? []
    : [`Without a look at the covariates ${known.names.join(', ')}: ${blind.join(', ')}.`];
}

function transformOption(text: string): TransformName[] {
  // A difference of differences is no difference: each is applied.
  return namesOf(text, transformNames, '--transform', { repeated: true });
}

const calendarFeatures = ['hour-of-day', 'day-of-week', 'month-of-year', 'day-of-year'] as const;

function calendarOption(text: string): CalendarFeature[] {
  return text === 'none' ? [] : namesOf(text, calendarFeatures, '--calendar');
}

/**
 * Names separated by commas.
 * @param repeated whether a name that comes again counts again. Default false
 * @throws UsageError for one that is not known
 */
function namesOf<N extends string>(
  text: string,
  known: readonly N[],
  option: string,
  { repeated = false }: { readonly repeated?: boolean } = {},
): N[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(known as readonly string[]).includes(name));
  if (unknown === undefined) return (repeated ? names : [...new Set(names)]) as N[];
  throw new UsageError(`${option}: expected some of ${known.join(', ')}, got '${unknown}'`);
}

/** A parser of commander's for one model or several, separated by commas. @param option its name, for messages */
export function modelListOption(option: string): (text: string) => ModelName[] {
  return (text) => namesOf(text, modelNames, option);
}

/**
 * Prepares what models compute with: tfjs where one may need it, the engine's threads.
 * @param threads default: one per core
 */
export async function prepareModels(names: readonly ModelName[], threads?: number): Promise<void> {
  if (threads !== undefined) setThreads(threads);
  if (names.some(isRecurrent)) await useTensorBackend();
}

/** Prepares tfjs for recurrent networks: its WebAssembly backend. Loaded only when asked for. */
export async function useTensorBackend(): Promise<void> {
  await import('@tensorflow/tfjs-backend-wasm');
  const tf = await import('@tensorflow/tfjs-core');
  await tf.setBackend('wasm');
  await tf.ready();
}

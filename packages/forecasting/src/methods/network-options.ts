import type { Parameter } from '@throughtime/contract';
import {
  ArgumentError,
  anything,
  checkOptions,
  list,
  type OptionChecks,
  required,
  whole,
} from '@throughtime/errors';
import { Random, randomSource } from '@throughtime/random';
import { InvalidModelError } from '../errors.js';
import { type HeadOptions, headCheck } from '../network/heads.js';
import { type EncodingOptions, encodingChecks, SeriesEncoder } from '../network/series-encoder.js';
import { type TrainingOptions, trainingChecks } from '../network/train.js';
import type { SavedMethod, SavedTensor } from './method.js';

/** What all networks that forecast have in common. */
export interface NetworkOptions extends EncodingOptions, TrainingOptions {
  /** The source of starting weights, of the order of examples and of sampled futures. */
  readonly random: Random;
  /** What the outputs mean: points (default) or a distribution. */
  readonly head?: HeadOptions | undefined;
  /** Steps that a 'direct' or 'encoder-decoder' network is trained to forecast. Needed for those. */
  readonly horizon?: number | undefined;
}

export const networkChecks: OptionChecks<NetworkOptions> = {
  ...encodingChecks,
  ...trainingChecks,
  random: required(randomSource),
  head: headCheck,
  horizon: whole({ from: 1 }),
};

/** @throws ArgumentError when there is none */
export function requireHorizon(strategy: string, horizon: number | undefined): number {
  if (horizon === undefined) {
    throw new ArgumentError('horizon', `a whole number of at least 1, for strategy '${strategy}'`, horizon);
  }
  return horizon;
}

/** What is saved of a fitted network besides its parameters. */
interface FittedNetwork<O extends NetworkOptions> {
  readonly options: O;
  /** D */
  readonly variables: number;
  readonly encoder: SeriesEncoder;
}

interface SavedNetwork {
  readonly options: object;
  readonly random: readonly number[];
  readonly variables: number;
  readonly encoder: unknown;
}

const savedChecks: OptionChecks<SavedNetwork> = {
  options: required(anything),
  random: required(list(whole())),
  variables: required(whole({ from: 1 })),
  encoder: required(anything),
};

/** A fitted network as plain data. The state of `random` is saved beside the options. */
export function saveNetwork<O extends NetworkOptions>(
  { options, variables, encoder }: FittedNetwork<O>,
  parameters: readonly Parameter[],
): Pick<SavedMethod, 'config' | 'tensors'> {
  const { random, ...plain } = options;
  return {
    config: { options: plain, random: random.state(), variables, encoder: encoder.toJSON() },
    tensors: parameters.map(({ name, shape, data }) => ({ name, shape, data: data.slice() })),
  };
}

/**
 * The inverse of {@link saveNetwork}, without the parameters.
 * @returns options that are not checked yet: the method that takes them does that
 * @throws ArgumentError when a part is missing
 */
export function readNetwork<O extends NetworkOptions>(config: SavedMethod['config']): FittedNetwork<O> {
  checkOptions<SavedNetwork>(config, savedChecks);
  const random = Random.fromState(config.random);
  const encoder = SeriesEncoder.fromJSON(config.encoder);
  return { options: { ...config.options, random } as O, variables: config.variables, encoder };
}

/**
 * Holds saved options against the saved tensors before anything is made from them: a network has a weight for each pair of an
 * input and a unit, so no option of a whole model can be larger than its tensors.
 * @param sizes how many of what the options ask for, by the option's name
 * @throws InvalidModelError
 */
export function requireWithin(
  tensors: readonly SavedTensor[],
  sizes: Readonly<Record<string, number>>,
): void {
  const weights = tensors.reduce((sum, { data }) => sum + data.length, 0);
  for (const [name, size] of Object.entries(sizes)) {
    if (size > weights)
      throw new InvalidModelError(name, `at most ${weights}, as the model has no more weights`, size);
  }
}

/** How many lags an option asks for. */
export function lagCount(lags: number | readonly number[]): number {
  return typeof lags === 'number' ? lags : lags.length;
}

/**
 * Writes saved tensors into a network's parameters.
 * @throws InvalidModelError when one is missing or has another shape
 */
export function restoreParameters(parameters: readonly Parameter[], tensors: readonly SavedTensor[]): void {
  for (const { name, shape, data } of parameters) {
    const saved = tensors.find((tensor) => tensor.name === name);
    if (saved === undefined) {
      const names = tensors.map((tensor) => tensor.name);
      throw new InvalidModelError('tensors', `one named '${name}'`, names);
    }
    if (saved.shape.join() !== shape.join()) {
      throw new InvalidModelError(`tensor '${name}'`, `the shape ${shape.join(' x ')}`, saved.shape);
    }
    data.set(saved.data);
  }
}

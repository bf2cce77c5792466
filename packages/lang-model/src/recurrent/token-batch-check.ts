import type { TokenBatch } from '@throughtime/contract';
import { ArgumentError, type Check, check, instance, number, oneOf, whole } from '@throughtime/errors';
import { requireTokens } from '../checks.js';
import type { LanguageStepOptions, RecurrentModelState } from './executor.js';
import type { ResolvedModelConfig } from './model-config.js';

// What a model asks of a batch before it computes anything. Both paths rely on it: the engine copies batches into buffers that may be
// longer, where a row too many would go unnoticed, and tfjs reads what is not there as NaN.

const tokenBatch: Check<TokenBatch> = check(
  'a batch: inputs, targets, batchSize and steps',
  (value) => typeof value === 'object' && value !== null,
);
const int32Array = instance(Int32Array, 'an Int32Array');
const atLeastOne = whole({ from: 1 });
const scale = number();
const reductions = oneOf(['mean', 'sum-over-time']);

/**
 * @throws ArgumentError naming the part of the batch that does not fit its batchSize and steps; TokenOutOfRangeError for an id that
 *   the vocabulary lacks, in padding too
 */
export function requireTokenBatch(batch: TokenBatch, vocabularySize: number): void {
  const { inputs, targets, batchSize, steps, lengths } = tokenBatch('batch', batch);
  atLeastOne('batchSize', batchSize);
  atLeastOne('steps', steps);
  for (const [argument, ids] of [
    ['inputs', inputs],
    ['targets', targets],
  ] as const) {
    int32Array(argument, ids);
    if (ids.length !== batchSize * steps) {
      const expected = `${batchSize * steps} ids, ${steps} for each of ${batchSize} rows`;
      throw new ArgumentError(`${argument}.length`, expected, ids.length);
    }
    requireTokens(ids, vocabularySize, argument);
  }
  if (lengths !== undefined) requireLengths(lengths, batchSize, steps);
}

function requireLengths(lengths: Int32Array, batchSize: number, steps: number): void {
  int32Array('lengths', lengths);
  if (lengths.length !== batchSize)
    throw new ArgumentError('lengths.length', `${batchSize}, one length per row`, lengths.length);
  for (let n = 0; n < batchSize; n++) {
    if (lengths[n] < 0 || lengths[n] > steps)
      throw new ArgumentError(`lengths[${n}]`, `a whole number from 0 to ${steps}, the steps`, lengths[n]);
  }
}

/** @throws ArgumentError naming the part of a state that does not fit the model and the number of rows */
export function requireState(
  { layers, output }: RecurrentModelState,
  { stacks, outputSize }: ResolvedModelConfig,
  batchSize: number,
): void {
  const count = stacks.reduce((sum, { config }) => sum + config.layers, 0);
  if (layers.length !== count)
    throw new ArgumentError('state.layers.length', `${count}, one entry per layer`, layers.length);
  let i = 0;
  for (const { config } of stacks) {
    for (let own = 0; own < config.layers; own++, i++) {
      const { h, c } = layers[i];
      if (h.length !== batchSize * config.stateSize)
        throw rowsError(`state.layers[${i}].h`, h.length, batchSize, config.stateSize);
      const size = config.cellState ? config.hiddenSize : 0;
      if ((c?.length ?? 0) !== batchSize * size)
        throw rowsError(`state.layers[${i}].c`, c?.length ?? 0, batchSize, size);
    }
  }
  if (output.length !== batchSize * outputSize)
    throw rowsError('state.output', output.length, batchSize, outputSize);
}

function rowsError(argument: string, length: number, batchSize: number, size: number): ArgumentError {
  const expected = `${batchSize * size} numbers, ${size} for each of ${batchSize} rows`;
  return new ArgumentError(`${argument}.length`, expected, length);
}

/** @throws ArgumentError naming the option that does not fit a chunk of this many steps */
export function requireStepOptions(options: LanguageStepOptions, steps: number): void {
  const { lossFrom, stateAfter, recurrentGradientScale, reduction } = options;
  if (lossFrom !== undefined) whole({ from: 0, to: steps })('lossFrom', lossFrom);
  if (stateAfter !== undefined) whole({ from: 0, to: steps })('stateAfter', stateAfter);
  if (recurrentGradientScale !== undefined) scale('recurrentGradientScale', recurrentGradientScale);
  if (reduction !== undefined) reductions('reduction', reduction);
}

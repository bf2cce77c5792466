import type * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { ArgumentError, inWords } from '@throughtime/errors';
import { MissingWeightError, ShapeMismatchError } from './errors.js';
import type { RecurrentMasks } from './masks.js';
import { parameterShapes } from './parameter-shapes.js';
import type { ResolvedConfig } from './recurrent-config.js';
import type { UnrollOptions } from './unroll.js';

/** Throws where an argument of `unroll` does not fit the configuration. */
export function checkInputs(
  config: ResolvedConfig,
  weights: ReadonlyMap<string, tf.Tensor>,
  inputs: tf.Tensor3D,
  state: readonly LayerState<tf.Tensor2D>[],
  { lengths, reverse, masks }: UnrollOptions,
): void {
  if (reverse && config.bidirectional) {
    throw new ArgumentError('reverse', 'false for a bidirectional network', reverse);
  }
  for (const { name, shape } of parameterShapes(config)) {
    const weight = weights.get(name);
    if (!weight) throw new MissingWeightError(name, weights.keys());
    expectShape(`weights '${name}'`, weight.shape, shape);
  }
  const [batchSize, steps, size] = inputs.shape;
  if (inputs.shape.length !== 3 || steps < 1 || size !== config.inputSize) {
    throw new ShapeMismatchError('inputs', `[N, T, ${config.inputSize}] with T >= 1`, inputs.shape);
  }
  checkState(config, state, batchSize);
  if (lengths) checkLengths(lengths, batchSize, steps);
  if (masks) checkMasks(config, masks, batchSize, steps);
}

function checkState(
  config: ResolvedConfig,
  state: readonly LayerState<tf.Tensor2D>[],
  batchSize: number,
): void {
  const entries = config.layers * config.directions;
  if (state.length !== entries) {
    throw new ShapeMismatchError('state', `${entries} entries, one a layer and direction`, state.length);
  }
  state.forEach(({ h, c }, i) => {
    expectShape(`state[${i}].h`, h.shape, [batchSize, config.stateSize]);
    if (config.cell !== 'lstm') return;
    if (!c) throw new ShapeMismatchError(`state[${i}].c`, 'the cell of an lstm', inWords('undefined'));
    expectShape(`state[${i}].c`, c.shape, [batchSize, config.hiddenSize]);
  });
}

function checkLengths(lengths: Int32Array, batchSize: number, steps: number): void {
  if (lengths.length !== batchSize) {
    throw new ShapeMismatchError('lengths', `${batchSize} numbers, one a row`, lengths.length);
  }
  for (const [row, length] of lengths.entries()) {
    if (length < 0 || length > steps) {
      throw new ShapeMismatchError(`lengths[${row}]`, `a number from 0 to ${steps}, the steps`, length);
    }
  }
}

function checkMasks(
  { stateSize }: ResolvedConfig,
  masks: RecurrentMasks,
  batchSize: number,
  steps: number,
): void {
  masks.states.forEach((mask, i) => {
    if (mask) expectShape(`masks.states[${i}]`, mask.shape, [1, batchSize, stateSize]);
  });
  for (const mask of [...masks.layers, ...masks.hiddenZoneout, ...masks.cellZoneout]) {
    if (!mask) continue;
    const [drawnSteps, rows] = mask.shape;
    if (rows !== batchSize || (drawnSteps !== 1 && drawnSteps !== steps)) {
      throw new ShapeMismatchError(
        'masks',
        `masks drawn for ${steps} steps of ${batchSize} rows`,
        mask.shape,
      );
    }
  }
}

function expectShape(argument: string, got: readonly number[], expected: readonly number[]): void {
  if (got.length !== expected.length || got.some((size, axis) => size !== expected[axis])) {
    throw new ShapeMismatchError(argument, `[${expected.join(', ')}]`, got);
  }
}

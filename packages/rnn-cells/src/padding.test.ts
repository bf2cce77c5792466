import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Case, flatOurs, randomArrays, runOurs, tensorsOf } from './fixtures/comparison.js';
import { onEveryPath } from './fixtures/every-path.js';
import { lstm } from './layers/recurrent-layers.js';
import { drawMasks } from './parameters/masks.js';
import type { RecurrentConfig } from './parameters/recurrent-config.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const sizes = { inputSize: 2, hiddenSize: 3 };
const dropout = { input: 0.3, between: 0.3, output: 0.3 };
const recurrentDropout = { ...dropout, state: 0.3, recurrentWeights: 0.3 };
const configs: RecurrentConfig[] = [
  { cell: 'rnn', ...sizes },
  { cell: 'rnn', ...sizes, nonlinearity: 'relu', layerNorm: true },
  { cell: 'gru', ...sizes, layers: 2, dropout: recurrentDropout },
  { cell: 'gru', ...sizes, resetAfter: false },
  { cell: 'gru', ...sizes, bidirectional: true, layerNorm: true, layers: 2 },
  { cell: 'lstm', ...sizes, layers: 2, bidirectional: true, residual: true },
  { cell: 'lstm', ...sizes, peephole: true },
  { cell: 'lstm', ...sizes, layerNorm: true },
  { cell: 'lstm', ...sizes, projectionSize: 2 },
  { cell: 'lstm', ...sizes, zoneout: { hidden: 0.2, cell: 0.3 }, dropout: recurrentDropout },
  { cell: 'mingru', ...sizes, layerNorm: true, dropout },
  { cell: 'minlstm', ...sizes, layers: 2, residual: true },
];

/** What fills padding: in the inputs, and in the gradient that comes from behind. */
const fillers = [0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38];

describe.each(onEveryPath(configs))('padding: %s, %s', (_, path, config) => {
  it('whatever stands in it, results and every gradient are those of zeros', () => {
    const property = fc.property(
      fc.nat(),
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom(...fillers),
      fc.constantFrom(...fillers),
      (seed, reverse, training, inInputs, inGradient) => {
        const random = Random.seeded(seed);
        const [batchSize, steps] = [3, 4];
        const lengths = Array.from({ length: batchSize }, () => random.integer(0, steps + 1));
        const masks = training ? drawMasks(config, { batchSize, steps, random }) : undefined;
        const given: Case = {
          config,
          path,
          batchSize,
          steps,
          lengths,
          reverse: reverse && !config.bidirectional,
          masks,
        };
        const arrays = randomArrays(given, random);
        const clean = results(given, arrays, 0, 0);
        const dirty = results(given, arrays, inInputs, inGradient);
        for (const [name, values] of clean) expect(dirty.get(name), name).toEqual(values);
        for (const [name, values] of dirty) expect(values.every(Number.isFinite), name).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 25 });
  });
});

/** Outputs, final states and the gradients of everything, with fillers in the padding. */
function results(
  given: Case,
  arrays: ReturnType<typeof randomArrays>,
  inInputs: number,
  inGradient: number,
): Map<string, number[]> {
  const found = new Map<string, number[]>();
  tf.tidy(() => {
    const { batchSize, steps, lengths } = given;
    const fill = (values: Float32Array, size: number, filler: number) => {
      for (let row = 0; row < batchSize; row++) {
        for (let t = lengths![row]; t < steps; t++) {
          values.fill(filler, (row * steps + t) * size, (row * steps + t + 1) * size);
        }
      }
      return values;
    };
    const tensors = tensorsOf(arrays);
    const inputs = Float32Array.from(arrays.get('inputs')!.values);
    tensors.set('inputs', tf.tensor(fill(inputs, 2, inInputs), [batchSize, steps, 2]));
    const names = [...tensors.keys()];
    const run = (...values: tf.Tensor[]) =>
      runOurs(given, new Map(names.map((name, i) => [name, values[i]])));
    const { outputs } = run(...tensors.values());
    const random = Random.seeded(1);
    const count = flatOurs(run(...tensors.values())).size;
    const behind = Float32Array.from({ length: count }, () => random.normal());
    fill(behind, outputs.shape[2], inGradient);
    const gradients = tf.grads((...values: tf.Tensor[]) => flatOurs(run(...values)))(
      [...tensors.values()],
      tf.tensor1d(behind),
    );
    const zeroSign = (values: ArrayLike<number>) => Array.from(values, (value) => value + 0);
    found.set('results', zeroSign(flatOurs(run(...tensors.values())).dataSync()));
    names.forEach((name, i) => {
      found.set(`gradient of ${name}`, zeroSign(gradients[i].dataSync()));
    });
  });
  return found;
}

describe('NaN in padding', () => {
  it('leaves the gradients of a peephole lstm finite', () => {
    const layer = lstm({ inputSize: 1, hiddenSize: 1, peephole: true, random: Random.seeded(1) });
    const inputs = tf.tensor3d([[[1], [Number.NaN]]]);
    const { value, grads } = tf.variableGrads(
      () => tf.sum(layer.unroll(inputs, undefined, { lengths: Int32Array.of(1) }).outputs) as tf.Scalar,
    );
    expect(Number.isFinite(value.dataSync()[0])).toBe(true);
    for (const gradient of Object.values(grads)) {
      expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
    }
  });
});

import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { defaultEngine } from '@throughtime/wasm-kernels';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MissingWeightError, ShapeMismatchError } from '../errors.js';
import { onEveryPath } from '../fixtures/every-path.js';
import { drawMasks } from '../parameters/masks.js';
import type { RecurrentConfig } from '../parameters/recurrent-config.js';
import { recurrentParameters } from '../parameters/recurrent-parameters.js';
import { zeroState } from '../parameters/zero-state.js';
import type { UnrollOptions, UnrollPath } from './network-call.js';
import {
  computeArrays,
  flatState,
  lossAndGradients,
  parameterTensors,
  shapedState,
  stateTensors,
} from './tensors.js';
import { unroll } from './unroll.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const sizes = { inputSize: 3, hiddenSize: 4 };
const cells: RecurrentConfig[] = [
  { cell: 'rnn', ...sizes },
  { cell: 'gru', ...sizes },
  { cell: 'gru', ...sizes, resetAfter: false },
  { cell: 'lstm', ...sizes },
  { cell: 'lstm', ...sizes, layers: 2, projectionSize: 2, peephole: true, layerNorm: true },
  { cell: 'mingru', ...sizes },
  { cell: 'minlstm', ...sizes },
  { cell: 'minlstm', ...sizes, layers: 2, residual: true },
];
/** A network with weights drawn from a seed, and what it makes of inputs [N][T][D], in plain numbers. */
function network(config: RecurrentConfig, path: UnrollPath, seed = 1) {
  const parameters = recurrentParameters(config, { random: Random.seeded(seed) });
  return (inputs: number[][][], start = zeroState(config, inputs.length), options: UnrollOptions = {}) => {
    let state = start;
    const outputs = tf.tidy(() => {
      const result = unroll(
        config,
        parameterTensors(parameters),
        tf.tensor3d(inputs),
        stateTensors(start, inputs.length),
        { ...options, path },
      );
      state = shapedState(
        result.state,
        flatState(result.state).map((tensor) => tensor.dataSync<'float32'>().slice()),
      );
      return result.outputs.arraySync();
    });
    return { outputs, state };
  };
}

function randomInputs(batchSize: number, steps: number, seed: number): number[][][] {
  const random = Random.seeded(seed);
  return Array.from({ length: batchSize }, () =>
    Array.from({ length: steps }, () => Array.from({ length: sizes.inputSize }, () => random.normal())),
  );
}

const seeds = fc.nat();
const batchSizes = fc.integer({ min: 1, max: 4 });

describe.each(onEveryPath(cells))('%s, %s', (_, path, config) => {
  it('gives a sequence in chunks what it gives it whole', () => {
    fc.assert(
      fc.property(
        batchSizes,
        fc.integer({ min: 2, max: 9 }),
        fc.nat(100),
        seeds,
        (batchSize, steps, at, seed) => {
          const run = network(config, path, seed);
          const inputs = randomInputs(batchSize, steps, seed);
          const cut = 1 + (at % (steps - 1));
          const whole = run(inputs);
          const first = run(inputs.map((row) => row.slice(0, cut)));
          const second = run(
            inputs.map((row) => row.slice(cut)),
            first.state,
          );
          expect(first.outputs.map((row, n) => [...row, ...second.outputs[n]])).toEqual(whole.outputs);
          expect(second.state).toEqual(whole.state);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('gives a sequence step by step what it gives it at once', () => {
    const run = network(config, path);
    const inputs = randomInputs(2, 6, 1);
    let state = zeroState(config, 2);
    const outputs = inputs.map((): number[][] => []);
    for (let t = 0; t < 6; t++) {
      const step = run(
        inputs.map((row) => [row[t]]),
        state,
      );
      state = step.state;
      step.outputs.forEach((row, n) => {
        outputs[n].push(row[0]);
      });
    }
    expect({ outputs, state }).toEqual(run(inputs));
  });

  it('reads a reversed sequence in reverse as the sequence itself', () => {
    fc.assert(
      fc.property(batchSizes, fc.integer({ min: 1, max: 7 }), seeds, (batchSize, steps, seed) => {
        const run = network(config, path, seed);
        const inputs = randomInputs(batchSize, steps, seed);
        const reversed = run(
          inputs.map((row) => row.toReversed()),
          undefined,
          { reverse: true },
        );
        const forward = run(inputs);
        expect(reversed.outputs.map((row) => row.toReversed())).toEqual(forward.outputs);
        expect(reversed.state).toEqual(forward.state);
      }),
      { numRuns: 10 },
    );
  });

  it('treats a padded row as the row alone, in either direction, and gives 0 in the padding', () => {
    fc.assert(
      fc.property(
        batchSizes,
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        seeds,
        (batchSize, steps, reverse, seed) => {
          const run = network(config, path, seed);
          const random = Random.seeded(seed);
          const inputs = randomInputs(batchSize, steps, seed);
          const lengths = Int32Array.from({ length: batchSize }, () => random.integer(1, steps + 1));
          const padded = run(inputs, undefined, { lengths, reverse });
          lengths.forEach((length, n) => {
            const alone = run([inputs[n].slice(0, length)], undefined, { reverse });
            const width = alone.outputs[0][0].length;
            expect(padded.outputs[n].slice(0, length)).toEqual(alone.outputs[0]);
            expect(padded.outputs[n].slice(length)).toEqual(
              Array.from({ length: steps - length }, () => new Array(width).fill(0)),
            );
            alone.state.forEach(({ h, c }, layer) => {
              const row = (values: Float32Array, size: number) => values.slice(n * size, (n + 1) * size);
              expect(row(padded.state[layer].h, h.length)).toEqual(h);
              if (c) expect(row(padded.state[layer].c!, c.length)).toEqual(c);
            });
          });
        },
      ),
      { numRuns: 15 },
    );
  });

  it('leaves the state of a row of length 0 as it was', () => {
    const run = network(config, path);
    const { state } = run(randomInputs(2, 3, 1));
    const after = run(randomInputs(2, 3, 2), state, { lengths: Int32Array.of(0, 0) });
    expect(after.state).toEqual(state);
  });

  it('holds as many tensors after many training and forward steps as before', async () => {
    // Cells differ in what a step computes, not in how it is freed: one stands for all, on the path that keeps memory of its own.
    const most = config.layers ? 50 : config.cell === 'lstm' && path === 'fused' ? 10_000 : 500;
    const count = process.env.THROUGHTIME_LONG ? most : Math.min(most, 100);
    const { input, locked } = { input: 0.2, locked: true };
    const trained = { ...config, dropout: { input, locked }, zoneout: { hidden: 0.1 } };
    const parameters = recurrentParameters(trained, { random: Random.seeded(1) });
    const random = Random.seeded(2);
    const inputs = tf.randomNormal<tf.Rank.R3>([2, 2, 3]);
    let state = zeroState(trained, 2);
    const train = async () => {
      const { read } = await lossAndGradients(parameters, (weights) => {
        const masks = drawMasks(trained, { batchSize: 2, steps: 2, random });
        const result = unroll(trained, weights, inputs, stateTensors(state, 2), { masks, path });
        return { loss: tf.mean(result.outputs), read: flatState(result.state) };
      });
      state = shapedState(state, read);
    };
    const generate = async () => {
      const next = await computeArrays(() => {
        const weights = parameterTensors(parameters);
        return flatState(unroll(trained, weights, inputs, stateTensors(state, 2), { path }).state);
      });
      state = shapedState(state, next);
    };
    const engineBytes = () => defaultEngine().memoryUsage().used;
    await train();
    await generate();
    const before = tf.memory();
    const engineBefore = engineBytes();
    for (let i = 0; i < count; i++) await train();
    for (let i = 0; i < count; i++) await generate();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(engineBytes()).toBe(engineBefore);
    tf.dispose(inputs);
  });
});

describe('a bidirectional network', () => {
  it('is a forward and a reversed one side by side, each with its own state', () => {
    const config: RecurrentConfig = { cell: 'lstm', ...sizes, bidirectional: true };
    const parameters = recurrentParameters(config, { random: Random.seeded(1) });
    const values = new Map(parameters.map(({ name, shape, data }) => [name, tf.tensor(data, [...shape])]));
    const reversed = new Map(
      [...values]
        .filter(([name]) => name.endsWith('_reverse'))
        .map(([name, value]) => [name.replace('_reverse', ''), value]),
    );
    const inputs = tf.randomNormal<tf.Rank.R3>([2, 4, 3]);
    const lengths = Int32Array.of(4, 2);
    const single: RecurrentConfig = { cell: 'lstm', ...sizes };
    const start = stateTensors(zeroState(single, 2), 2);
    const both = unroll(config, values, inputs, [...start, ...start], { lengths });
    const forward = unroll(single, values, inputs, start, { lengths });
    const backward = unroll(single, reversed, inputs, start, { lengths, reverse: true });
    expect(both.outputs.arraySync()).toEqual(tf.concat([forward.outputs, backward.outputs], 2).arraySync());
    expect(both.state[1].c!.arraySync()).toEqual(backward.state[0].c!.arraySync());
  });
});

describe('unroll on other numbers', () => {
  const config: RecurrentConfig = { cell: 'lstm', ...sizes, layers: 2 };
  const weights = () => parameterTensors(recurrentParameters(config, { random: Random.seeded(1) }));
  const state = (batchSize: number) => stateTensors(zeroState(config, batchSize), batchSize);
  const inputs = () => tf.zeros<tf.Rank.R3>([2, 5, 3]);

  it('differentiates weights that were computed inside the loss', () => {
    const rnn: RecurrentConfig = { cell: 'rnn', ...sizes };
    const x = tf.randomNormal<tf.Rank.R3>([1, 4, 3]);
    const given = [...parameterTensors(recurrentParameters(rnn, { random: Random.seeded(1) }))];
    const loss = (scale: tf.Tensor) => {
      const scaled = new Map(given.map(([name, weight]) => [name, tf.mul(weight, scale)]));
      return tf.sum(unroll(rnn, scaled, x, stateTensors(zeroState(rnn, 1), 1)).outputs);
    };
    const slope = tf.grad(loss)(tf.scalar(1)).dataSync()[0];
    const step = 0.01;
    const secant =
      (loss(tf.scalar(1 + step)).dataSync()[0] - loss(tf.scalar(1 - step)).dataSync()[0]) / (2 * step);
    expect(Math.abs(slope - secant) / Math.abs(secant)).toBeLessThan(1e-2);
  });

  it('names the argument that does not fit', () => {
    expect(() => unroll(config, weights(), tf.zeros([2, 5, 4]), state(2))).toThrow(
      'inputs: expected [N, T, 3] with T >= 1, got [2, 5, 4]',
    );
    expect(() => unroll(config, weights(), tf.zeros([2, 0, 3]), state(2))).toThrow(ShapeMismatchError);
    expect(() => unroll(config, weights(), inputs(), state(3))).toThrow(
      'state[0].h: expected [2, 4], got [3, 4]',
    );
    expect(() => unroll(config, weights(), inputs(), state(2).slice(1))).toThrow('state: expected 2 entries');
    expect(() =>
      unroll(
        config,
        weights(),
        inputs(),
        state(2).map(({ h }) => ({ h })),
      ),
    ).toThrow("state[0].c: expected a tensor for cell 'lstm', got undefined");
    expect(() => unroll(config, weights(), inputs(), state(2), { lengths: Int32Array.of(5) })).toThrow(
      'lengths: expected 2 numbers, one per row, got 1',
    );
    expect(() => unroll(config, weights(), inputs(), state(2), { lengths: Int32Array.of(5, 6) })).toThrow(
      'lengths[1]: expected a whole number from 0 to 5, the steps, got 6',
    );
    const dropping = { ...config, dropout: { input: 0.5 } };
    const masks = drawMasks(dropping, { batchSize: 2, steps: 4, random: Random.seeded(1) });
    expect(() => unroll(dropping, weights(), inputs(), state(2), { masks })).toThrow(
      'masks: expected masks drawn for 5 steps of 2 rows, got [4, 2, 3]',
    );
    const ofState = drawMasks(
      { ...config, dropout: { state: 0.5 } },
      { batchSize: 3, steps: 5, random: Random.seeded(1) },
    );
    expect(() => unroll(config, weights(), inputs(), state(2), { masks: ofState })).toThrow(
      'masks.state[0]: expected [1, 2, 4], got [1, 3, 4]',
    );
    const incomplete = weights();
    incomplete.delete('bias_hh_l1');
    expect(() => unroll(config, incomplete, inputs(), state(2))).toThrow(MissingWeightError);
    expect(() => unroll(config, incomplete, inputs(), state(2))).toThrow("expected one named 'bias_hh_l1'");
    const wrong = weights().set('weight_hh_l0', tf.zeros([4, 16]));
    expect(() => unroll(config, wrong, inputs(), state(2))).toThrow(
      "weights 'weight_hh_l0': expected [16, 4], got [4, 16]",
    );
    expect(() => unroll(config, weights(), inputs(), state(2), { length: 5 } as object)).toThrow(
      "length: expected the name of an option, got one that is not known (did you mean 'lengths'?)",
    );
    expect(() => unroll(config, weights(), inputs(), state(2), { masks: masks!.layers as never })).toThrow(
      'masks: expected an object with the options layers,',
    );
    expect(() => unroll(config, {} as never, inputs(), state(2))).toThrow(
      'weights: expected a Map of tensors by name, got {}',
    );
    const both = { ...config, layers: 1, bidirectional: true };
    expect(() =>
      unroll(
        both,
        parameterTensors(recurrentParameters(both, { random: Random.seeded(1) })),
        inputs(),
        state(2),
        {
          reverse: true,
        },
      ),
    ).toThrow(ArgumentError);
  });
});

import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { FusedPathError } from '../errors.js';
import { stateTensors } from '../execution/tensors.js';
import { unroll } from '../execution/unroll.js';
import { minimalGatedUnit } from '../fixtures/minimal-gated-unit.js';
import { bidirectional } from '../layers/bidirectional.js';
import { customLayer, gru, lstm } from '../layers/recurrent-layers.js';
import type { SequenceLayer } from '../layers/sequence-layer.js';
import { stack } from '../layers/stack.js';
import { drawMasks } from '../parameters/masks.js';
import type { CellName, RecurrentConfig } from '../parameters/recurrent-config.js';
import { recurrentParameters } from '../parameters/recurrent-parameters.js';
import { zeroState } from '../parameters/zero-state.js';
import { defineCell } from './define-cell.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

// Our own cells, written as a user would: whatever a layer gives to the built-in ones, it must give to these.
const ownGru = defineCell('own-gru', {
  gates: 3,
  step:
    ({ fromInput, fromHidden }) =>
    (x, { h }) => {
      const [xr, xz, xn] = tf.split<tf.Tensor2D>(fromInput(x), 3, 1);
      const [hr, hz, hn] = tf.split<tf.Tensor2D>(fromHidden(h), 3, 1);
      const r = tf.sigmoid<tf.Tensor2D>(tf.add(xr, hr));
      const z = tf.sigmoid<tf.Tensor2D>(tf.add(xz, hz));
      const n = tf.tanh<tf.Tensor2D>(tf.add(xn, tf.mul(r, hn)));
      return { h: tf.add(tf.mul(tf.sub(1, z), n), tf.mul(z, h)) };
    },
});
const ownLstm = defineCell('own-peephole-lstm', {
  gates: 4,
  cellState: true,
  parameters: ({ hiddenSize }) => [
    { name: 'weight_peephole', shape: [3, hiddenSize], role: 'peephole' as const },
  ],
  step: ({ fromInput, fromHidden, weights }) => {
    const [pi, pf, po] = tf.split(weights.get('weight_peephole') as tf.Tensor2D, 3, 0);
    return (x, { h, c }) => {
      const [si, sf, sg, so] = tf.split<tf.Tensor2D>(tf.add(fromInput(x), fromHidden(h)), 4, 1);
      const i = tf.sigmoid(tf.add(si, tf.mul(pi, c!)));
      const f = tf.sigmoid(tf.add(sf, tf.mul(pf, c!)));
      const cell = tf.add<tf.Tensor2D>(tf.mul(f, c!), tf.mul(i, tf.tanh(sg)));
      const o = tf.sigmoid(tf.add(so, tf.mul(po, cell)));
      return { h: tf.mul(o, tf.tanh(cell)), c: cell };
    };
  },
});
const ownMinGru = defineCell('own-min-gru', {
  gates: 2,
  recurrent: false,
  step:
    ({ fromInput }) =>
    (x, { h }) => {
      const [sz, sn] = tf.split<tf.Tensor2D>(fromInput(x), 2, 1);
      const z = tf.sigmoid<tf.Tensor2D>(sz);
      const n = tf.add<tf.Tensor2D>(tf.relu(sn), tf.sigmoid(tf.minimum(sn, 0)));
      return { h: tf.add(tf.mul(tf.sub(1, z), h), tf.mul(z, n)) };
    },
});

const pairs = [
  [ownGru, { cell: 'gru' }],
  [ownLstm, { cell: 'lstm', peephole: true }],
  [ownMinGru, { cell: 'mingru' }],
] as const;

/** Outputs, final states and the gradient by every weight, of a training chunk. */
function results(config: RecurrentConfig, shape: { batchSize: number; steps: number }, seed: number) {
  const { batchSize, steps } = shape;
  const random = Random.seeded(seed);
  const parameters = recurrentParameters(config, { random });
  const inputs = Float32Array.from({ length: batchSize * steps * config.inputSize }, () => random.normal());
  const lengths = Int32Array.from({ length: batchSize }, () => random.integer(0, steps + 1));
  const masks = drawMasks(config, { ...shape, random });
  return tf.tidy(() => {
    const names = parameters.map(({ name }) => name);
    const run = (...tensors: tf.Tensor[]) =>
      unroll(
        config,
        new Map(names.map((name, i) => [name, tensors[i]])),
        tf.tensor3d(inputs, [batchSize, steps, config.inputSize]),
        stateTensors(zeroState(config, batchSize), batchSize),
        { lengths, masks, path: 'reference' },
      );
    const tensors = parameters.map(({ data, shape }) => tf.tensor(data, [...shape]));
    const { outputs, state } = run(...tensors);
    const gradients = tf.grads((...given) => tf.sum(tf.square(run(...given).outputs)))(tensors);
    const all = [outputs, ...state.flatMap(({ h, c }) => (c ? [h, c] : [h])), ...gradients];
    return { names, values: all.map((tensor) => [...tensor.dataSync()]) };
  });
}

describe('a cell of the user', () => {
  it.each(pairs)(
    '%s: has layers, directions, lengths, dropout, zoneout and gradients of %o',
    (cell, like) => {
      const configs = fc.record({
        inputSize: fc.integer({ min: 1, max: 4 }),
        hiddenSize: fc.integer({ min: 1, max: 5 }),
        layers: fc.integer({ min: 1, max: 3 }),
        bidirectional: fc.boolean(),
        residual: fc.boolean(),
        locked: fc.boolean(),
        dropped: fc.boolean(),
        zoneout: fc.record({ hidden: fc.constantFrom(0, 0.3) }),
        batchSize: fc.integer({ min: 1, max: 4 }),
        steps: fc.integer({ min: 1, max: 6 }),
        seed: fc.integer(),
      });
      fc.assert(
        fc.property(configs, ({ batchSize, steps, seed, locked, dropped, ...rest }) => {
          const p = dropped ? 0.4 : 0;
          const state = cell === ownMinGru ? {} : { state: p, recurrentWeights: p };
          const config = { ...rest, dropout: { input: p, between: p, output: p, ...state, locked } };
          const ours = results({ ...config, cell }, { batchSize, steps }, seed);
          const theirs = results({ ...config, ...like }, { batchSize, steps }, seed);
          expect(ours).toEqual(theirs);
        }),
        { numRuns: 25 },
      );
    },
  );

  it('has layer norm of the two products', () => {
    const config = { inputSize: 3, hiddenSize: 4, layerNorm: true };
    const shape = { batchSize: 2, steps: 4 };
    expect(results({ ...config, cell: ownGru }, shape, 1)).toEqual(
      results({ ...config, cell: 'gru' }, shape, 1),
    );
  });

  it('is a layer among layers', () => {
    const network = (make: (reverse: boolean, inputSize: number) => ReturnType<typeof gru>): SequenceLayer =>
      stack([bidirectional(make(false, 3), make(true, 3)), make(false, 8)], { dropout: { between: 0.5 } });
    const sizes = { hiddenSize: 4, recurrentDropout: 0.3 };
    const [first, second] = [Random.seeded(5), Random.seeded(5)];
    const ours = network((reverse, inputSize) =>
      customLayer({ cell: ownGru, inputSize, ...sizes, reverse, random: first }),
    );
    const theirs = network((reverse, inputSize) => gru({ inputSize, ...sizes, reverse, random: second }));
    const inputs = tf.randomNormal<tf.Rank.R3>([2, 5, 3]);
    const unrolled = [ours, theirs].map((each, i) =>
      each.unroll(inputs, undefined, { random: Random.seeded(6), ...(i === 1 && { path: 'reference' }) }),
    );
    expect([...unrolled[0].outputs.dataSync()]).toEqual([...unrolled[1].outputs.dataSync()]);
    expect(unrolled[0].paths).toEqual(['reference', 'reference', 'reference']);
    expect([...ours.weights.keys()]).toEqual([...theirs.weights.keys()]);
    expect(lstm({ inputSize: 1, ...sizes, random: first }).outputSize).toBe(4);
  });

  it('is refused where it is not defined, and where only the engine would do', () => {
    const config = { inputSize: 2, hiddenSize: 3 };
    const random = Random.seeded(1);
    expect(() => recurrentParameters({ ...config, cell: 'custom:nobody' }, { random })).toThrow(
      "cell: expected a cell that defineCell has defined before, got 'custom:nobody'",
    );
    expect(() =>
      recurrentParameters({ ...config, cell: 'minimal-gated-unit' as CellName }, { random }),
    ).toThrow(ArgumentError);
    const layer = customLayer({ ...config, cell: minimalGatedUnit, random });
    expect(() => layer.unroll(tf.ones([1, 2, 2]), undefined, { path: 'fused' })).toThrow(FusedPathError);
    expect(() => customLayer({ ...config, cell: ownMinGru, recurrentDropout: 0.1, random })).toThrow(
      'dropout.state: expected 0',
    );
    expect(() => customLayer({ ...config, cell: ownGru, zoneout: { cell: 0.1 }, random })).toThrow(
      'zoneout.cell',
    );
  });

  it('has one definition for a name', () => {
    const step = () => (_: tf.Tensor2D, state: { h: tf.Tensor2D }) => state;
    const cell = { gates: 1, step };
    expect(defineCell('twice', cell)).toBe('custom:twice');
    expect(defineCell('twice', cell)).toBe('custom:twice');
    expect(() => defineCell('twice', { gates: 1, step })).toThrow(
      'name: expected a name that no other cell has',
    );
    expect(() => defineCell('Twice', cell)).toThrow(ArgumentError);
    expect(() => defineCell('gateless', { gates: 0, step })).toThrow('gates');
    expect(() => defineCell('typo', { gates: 1, steps: 1, step } as never)).toThrow('steps');
  });

  it('without a product with h cannot ask for one', () => {
    const greedy = defineCell('greedy', {
      gates: 1,
      recurrent: false,
      step:
        ({ fromHidden }) =>
        (_, { h }) => ({ h: fromHidden(h) }),
    });
    const layer = customLayer({ cell: greedy, inputSize: 1, hiddenSize: 1, random: Random.seeded(1) });
    expect(() => layer.unroll(tf.ones([1, 1, 1]))).toThrow('recurrent: expected true');
  });
});

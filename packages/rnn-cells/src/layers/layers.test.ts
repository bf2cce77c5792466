import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { stateTensors } from '../execution/tensors.js';
import { unroll } from '../execution/unroll.js';
import type { RecurrentConfig } from '../parameters/recurrent-config.js';
import { zeroState } from '../parameters/zero-state.js';
import { bidirectional } from './bidirectional.js';
import { dropout } from './dropout.js';
import { gru, lstm, minGru, minLstm, rnn } from './recurrent-layers.js';
import type { SequenceLayer } from './sequence-layer.js';
import { stack } from './stack.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const random = Random.seeded(1);
const sizes = { inputSize: 3, hiddenSize: 4, random };

function expectSame(a: tf.Tensor, b: tf.Tensor): void {
  expect(a.shape).toEqual(b.shape);
  expect([...a.dataSync()]).toEqual([...b.dataSync()]);
}

/** The layers' results against those of one configuration with the same weights. */
function expectSameAsConfig(network: SequenceLayer, config: RecurrentConfig): void {
  const inputs = tf.randomNormal<tf.Rank.R3>([2, 5, 3]);
  const lengths = Int32Array.of(5, 2);
  const ours = network.unroll(inputs, undefined, { lengths });
  const theirs = unroll(config, network.weights, inputs, stateTensors(zeroState(config, 2), 2), { lengths });
  expectSame(ours.outputs, theirs.outputs);
  expect(ours.state.length).toBe(theirs.state.length);
  ours.state.forEach(({ h, c }, i) => {
    expectSame(h, theirs.state[i].h);
    if (c) expectSame(c, theirs.state[i].c!);
  });
}

describe('layers', () => {
  it('equal the configuration of the same cell', () => {
    const base = { inputSize: 3, hiddenSize: 4 };
    expectSameAsConfig(rnn({ ...sizes, nonlinearity: 'relu' }), {
      cell: 'rnn',
      ...base,
      nonlinearity: 'relu',
    });
    expectSameAsConfig(gru({ ...sizes, resetAfter: false }), { cell: 'gru', ...base, resetAfter: false });
    expectSameAsConfig(lstm({ ...sizes, peephole: true, projectionSize: 2 }), {
      cell: 'lstm',
      ...base,
      peephole: true,
      projectionSize: 2,
    });
    expectSameAsConfig(minGru({ ...sizes, layerNorm: true }), { cell: 'mingru', ...base, layerNorm: true });
    expectSameAsConfig(minLstm(sizes), { cell: 'minlstm', ...base });
  });

  it('stack, in both directions and with residual connections, as a configuration does', () => {
    const above = { ...sizes, inputSize: 4 };
    const base = { inputSize: 3, hiddenSize: 4, layers: 2 };
    expectSameAsConfig(stack([lstm(sizes), lstm(above)]), { cell: 'lstm', ...base });
    expectSameAsConfig(stack([rnn(sizes), rnn(above)], { residual: true }), {
      cell: 'rnn',
      ...base,
      residual: true,
    });
    const both = (options: typeof sizes) => bidirectional(gru(options), gru({ ...options, reverse: true }));
    expectSameAsConfig(stack([both(sizes), both({ ...sizes, inputSize: 8 })]), {
      cell: 'gru',
      ...base,
      bidirectional: true,
    });
  });

  it('have variables that tf.variableGrads and an optimizer can use', () => {
    const network = stack([lstm(sizes), gru({ ...sizes, inputSize: 4 })]);
    const inputs = tf.randomNormal<tf.Rank.R3>([2, 6, 3]);
    const loss = () => tf.mean(tf.square(tf.sub(network.unroll(inputs).outputs, 0.5))) as tf.Scalar;
    const optimizer = tf.train.adam(0.05);
    const first = loss().dataSync()[0];
    optimizer.minimize(loss);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 20; i++) optimizer.minimize(loss);
    expect(tf.memory().numTensors).toBe(before);
    expect(loss().dataSync()[0]).toBeLessThan(first / 3);
    const { grads } = tf.variableGrads(loss, [...network.weights.values()]);
    expect(Object.keys(grads).length).toBe(8);
  });

  it('carry a state from one chunk to the next', () => {
    const network = stack([gru(sizes), lstm({ ...sizes, inputSize: 4 })]);
    const inputs = tf.randomNormal<tf.Rank.R3>([2, 6, 3]);
    const whole = network.unroll(inputs);
    const first = network.unroll(tf.slice(inputs, [0, 0, 0], [2, 4, 3]));
    const second = network.unroll(tf.slice(inputs, [0, 4, 0], [2, 2, 3]), first.state);
    expectSame(tf.concat([first.outputs, second.outputs], 1), whole.outputs);
    expectSame(second.state[1].c!, whole.state[1].c!);
  });

  it('drop while training only, by new masks each time', () => {
    const network = stack([lstm({ ...sizes, weightDrop: 0.5, zoneout: { hidden: 0.2 } })], {
      dropout: { input: 0.5, output: 0.5 },
    });
    const inputs = tf.ones<tf.Rank.R3>([2, 8, 3]);
    const outputs = (source?: Random) => [
      ...network.unroll(inputs, undefined, source ? { random: source } : {}).outputs.dataSync(),
    ];
    expect(outputs()).toEqual(outputs());
    expect(outputs(Random.seeded(1))).toEqual(outputs(Random.seeded(1)));
    const source = Random.seeded(2);
    expect(outputs(source)).not.toEqual(outputs(source));
    const zeros = outputs(source).filter((value) => value === 0).length;
    // Binomial(64, 1/2): standard deviation 4; five of them.
    expect(Math.abs(zeros - 32)).toBeLessThan(20);
    expect(outputs()).not.toContain(0);
  });

  it('drop the state where it enters the recurrent product, as Keras does by the same name', () => {
    const inputs = tf.ones<tf.Rank.R3>([1, 2, 3]);
    const network = rnn({ ...sizes, recurrentDropout: 0.999999 });
    const step = (t: number) =>
      tf.slice(network.unroll(inputs, undefined, { random }).outputs, [0, t, 0], [1, 1, 4]);
    // With every unit dropped no step sees the one before, and the outputs themselves stay.
    expectSame(step(1), step(0));
    expectSame(step(0), tf.slice(network.unroll(inputs).outputs, [0, 0, 0], [1, 1, 4]));
  });

  it('give back every tensor when disposed', () => {
    const before = tf.memory().numTensors;
    stack([bidirectional(rnn(sizes), rnn({ ...sizes, reverse: true }))]).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('say which layer does not fit', () => {
    expect(() => stack([])).toThrow('layers: expected at least one');
    expect(() => stack([lstm(sizes), lstm(sizes)])).toThrow(
      'layers[1]: expected a layer for inputs of size 4, which the one below gives, got 3',
    );
    expect(() =>
      stack([rnn(sizes), rnn({ ...sizes, inputSize: 4, hiddenSize: 5 })], { residual: true }),
    ).toThrow('layers[1]: expected outputs of size 4, to be added to its inputs, got 5');
    expect(() => bidirectional(rnn(sizes), rnn({ ...sizes, inputSize: 4, reverse: true }))).toThrow(
      'backward: expected',
    );
    expect(() => lstm({ ...sizes, projectionSize: 5 })).toThrow(
      'projectionSize: expected a whole number below hiddenSize, 4, got 5',
    );
    expect(() => lstm({ ...sizes, hiddenSize: 0 })).toThrow(
      'hiddenSize: expected a whole number of at least 1, got 0',
    );
  });

  it('are one forward and one backward in a bidirectional layer', () => {
    const forward = () => lstm(sizes);
    const backward = () => lstm({ ...sizes, reverse: true });
    const one = backward();
    const pairs: [ReturnType<typeof lstm>, ReturnType<typeof lstm>, string][] = [
      [
        forward(),
        forward(),
        'backward: expected a layer made with reverse: true, got one that reads forward',
      ],
      [
        one,
        backward(),
        'forward: expected a layer made without reverse: true, got one that reads from the end',
      ],
      [one, one, 'forward: expected a layer made without'],
      [backward(), forward(), 'forward: expected a layer made without'],
    ];
    for (const [first, second, message] of pairs) {
      expect(() => bidirectional(first, second)).toThrow(ArgumentError);
      expect(() => bidirectional(first, second)).toThrow(message);
    }
    // The first step's second half sees the last input.
    const network = bidirectional(forward(), backward());
    const first = (last: number) =>
      network
        .unroll(
          tf.tensor3d([
            [
              [1, 1, 1],
              [1, 1, last],
            ],
          ]),
        )
        .outputs.dataSync()
        .slice(0, 8);
    expect(first(1).slice(0, 4)).toEqual(first(2).slice(0, 4));
    expect(first(1).slice(4)).not.toEqual(first(2).slice(4));
  });

  it('may not stand twice in a stack', () => {
    const layer = lstm({ ...sizes, inputSize: 4 });
    const pair = bidirectional(
      lstm({ ...sizes, inputSize: 8, reverse: false }),
      lstm({ ...sizes, inputSize: 8, reverse: true }),
    );
    const message = 'layers[1]: expected a layer with weights of its own, got one used before';
    expect(() => stack([layer, layer])).toThrow(message);
    expect(() => stack([pair, pair])).toThrow(message);
  });

  it('refuse a state or lengths that are not theirs', () => {
    const inputs = tf.zeros<tf.Rank.R3>([2, 3, 3]);
    const h = tf.zeros<tf.Rank.R2>([2, 4]);
    const both = () => bidirectional(gru(sizes), gru({ ...sizes, reverse: true }));
    const networks: [SequenceLayer, number][] = [
      [gru(sizes), 1],
      [both(), 2],
      [stack([gru(sizes)]), 1],
      [stack([both(), gru({ ...sizes, inputSize: 8 })]), 3],
    ];
    for (const [network, entries] of networks) {
      const start = Array.from({ length: entries }, () => ({ h }));
      expect(() => network.unroll(inputs, start)).not.toThrow();
      for (const wrong of [[], start.slice(1), [...start, { h }]]) {
        expect(() => network.unroll(inputs, wrong)).toThrow(
          `state: expected ${entries} entries, one per layer and direction, got ${wrong.length}`,
        );
      }
      const withCell = [...start.slice(1), { h, c: h }];
      expect(() => network.unroll(inputs, withCell)).toThrow(
        /c: expected undefined for cell 'gru', got \[2, 4\]$/,
      );
      for (const lengths of [[3, 1.5], [3, Number.NaN], Float32Array.of(3, 1.5)]) {
        expect(() => network.unroll(inputs, start, { lengths: lengths as never })).toThrow(
          'lengths: expected an Int32Array',
        );
      }
      expect(() => network.unroll(inputs, start, { lengths: Int32Array.of(3, 4) })).toThrow(
        'lengths[1]: expected a whole number from 0 to 3, the steps, got 4',
      );
    }
  });
});

describe('options', () => {
  const inputs = () => tf.ones<tf.Rank.R3>([1, 2, 3]);
  const layer = () => lstm(sizes);
  it.each<[string, () => unknown, string]>([
    [
      'an unknown one of a layer',
      () => lstm({ ...sizes, returnSequences: false } as never),
      'returnSequences: expected the name of an option (inputSize, hiddenSize, random,',
    ],
    [
      'a misspelled one of a layer',
      () => gru({ ...sizes, resetafter: false } as never),
      "resetafter: expected the name of an option, got one that is not known (did you mean 'resetAfter'?)",
    ],
    [
      'the old name of hiddenSize',
      () => rnn({ inputSize: 3, units: 4, random } as never),
      'units: expected the name of an option',
    ],
    [
      'dropout of a recurrent product that a cell does not have',
      () => minGru({ ...sizes, weightDrop: 0.5 } as never),
      'weightDrop: expected the name of an option (inputSize,',
    ],
    [
      'a misspelled one of a stack',
      () => stack([layer()], { dropout: { betwen: 0.5 } as object }),
      "dropout.betwen: expected the name of an option, got one that is not known (did you mean 'between'?)",
    ],
    [
      'a number in place of a record',
      () => stack([layer()], { dropout: 0.9 as never }),
      'dropout: expected an object with the options input, between, output, locked, got 0.9',
    ],
    [
      'zoneout as a number',
      () => lstm({ ...sizes, zoneout: 0.1 as never }),
      'zoneout: expected an object with the options hidden, cell, got 0.1',
    ],
    [
      'a missing source of weights',
      () => lstm({ inputSize: 3, hiddenSize: 4 } as never),
      'random: expected a Random, such as Random.seeded(1), got undefined',
    ],
    [
      'no options at all',
      () => (lstm as () => unknown)(),
      'options: expected an object with the options inputSize, hiddenSize, random,',
    ],
    [
      'a seed in place of a Random',
      () => layer().unroll(inputs(), undefined, { random: 1 as never }),
      'random: expected a Random, such as Random.seeded(1), got 1',
    ],
    [
      'an unknown one of unroll',
      () => stack([layer()]).unroll(inputs(), undefined, { length: Int32Array.of(1) } as object),
      "length: expected the name of an option, got one that is not known (did you mean 'lengths'?)",
    ],
    [
      'something else among layers',
      () => stack([layer(), {} as never]),
      'layers[1]: expected a layer, such as lstm(...), got {}',
    ],
    [
      'dropout of everything',
      () => dropout(inputs(), { probability: 1, random }),
      'probability: expected a probability from 0 to below 1, got 1',
    ],
    [
      'dropout of a call',
      () => layer().unroll(inputs(), undefined, { dropout: 0.5 } as object),
      'dropout: expected the name of an option (lengths, random, path)',
    ],
    [
      'dropout of a call of unroll',
      () =>
        unroll({ cell: 'gru', inputSize: 3, hiddenSize: 4 }, new Map(), inputs(), [], {
          dropout: 0.5,
        } as object),
      'dropout: expected the name of an option (lengths, reverse, masks, path)',
    ],
  ])('refuse %s', (_, run, message) => {
    expect(run).toThrow(ArgumentError);
    expect(run).toThrow(message);
  });

  it('refuse a rate that is none, whatever drops by it', () => {
    for (const rate of [
      -1,
      -1e-9,
      Number.NaN,
      1,
      1.5,
      Number.POSITIVE_INFINITY,
      '0.5' as never,
      null as never,
    ]) {
      const message = 'expected a probability from 0 to below 1, got';
      for (const part of ['input', 'between', 'output']) {
        expect(() => stack([layer()], { dropout: { [part]: rate } })).toThrow(`dropout.${part}: ${message}`);
      }
      for (const part of ['state', 'recurrentWeights', 'states']) {
        expect(() => stack([layer()], { dropout: { [part]: 0.5 } as object })).toThrow(
          `dropout.${part}: expected`,
        );
      }
      for (const part of ['recurrentDropout', 'weightDrop']) {
        expect(() => lstm({ ...sizes, [part]: rate })).toThrow(`${part}: ${message}`);
      }
      for (const part of ['hidden', 'cell']) {
        expect(() => lstm({ ...sizes, zoneout: { [part]: rate } })).toThrow(`zoneout.${part}: ${message}`);
      }
      expect(() => dropout(inputs(), { probability: rate, random })).toThrow(`probability: ${message}`);
    }
  });
});

describe('dropout', () => {
  it('locked, drops a unit of a row at every step or at none', () => {
    const dropped = dropout(tf.ones([3, 10, 50]), {
      probability: 0.4,
      locked: true,
      random: Random.seeded(3),
    });
    for (const row of dropped.arraySync()) {
      for (const step of row) expect(step).toEqual(row[0]);
      expect(new Set(row[0])).toEqual(new Set([0, Math.fround(1 / 0.6)]));
    }
  });

  it('unlocked, keeps the mean and differs from step to step', () => {
    const dropped = dropout(tf.ones([2, 100, 50]), { probability: 0.3, random: Random.seeded(4) });
    // Variance of a factor p / (1 - p) = 0.43 over 10,000: standard error 0.0065; five of them.
    expect(Math.abs(tf.mean(dropped).dataSync()[0] - 1)).toBeLessThan(0.033);
    const [first, second] = dropped.arraySync()[0];
    expect(first).not.toEqual(second);
  });
});

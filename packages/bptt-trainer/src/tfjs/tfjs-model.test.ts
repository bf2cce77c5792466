import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { unroll } from '@throughtime/rnn-cells';
import { beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../fixtures/collect.js';
import { type ElmanBatch, ElmanModel } from '../fixtures/elman-model.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import { adam } from '../optimizers/adam.js';
import { sgd } from '../optimizers/sgd.js';
import { BpttTrainer } from '../trainer.js';
import { regular } from '../truncation/regular.js';
import { MissingGradientError, tfjsModel } from './tfjs-model.js';

const random = Random.seeded(3);

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** The same model as ElmanModel, in tfjs operations; unroll brings the gradients with it. */
function elmanInTfjs({ vocabulary, hidden, parameters }: ElmanModel) {
  const variables = Object.fromEntries(
    parameters.map(({ name, shape, data }) => [name, tf.variable(tf.tensor(data.slice(), [...shape]))]),
  );
  const zeros = tf.zeros([hidden]);
  const model = tfjsModel<ElmanBatch>({
    variables,
    initialState: (rows) => [[rows, hidden]],
    capabilities: ['overlapping-windows'],
    loss({ inputs, targets, batchSize, steps }, [h], { lossFrom = 0, stateAfter = steps }) {
      const ids = tf.tensor2d(inputs, [batchSize, steps], 'int32');
      const oneHot = tf.cast(tf.oneHot(ids, vocabulary), 'float32') as tf.Tensor3D;
      const weights = new Map<string, tf.Tensor>([
        ['weight_ih_l0', variables['rnn.weight_ih_l0']],
        ['weight_hh_l0', variables['rnn.weight_hh_l0']],
        ['bias_ih_l0', zeros],
        ['bias_hh_l0', variables['rnn.bias_hh_l0']],
      ]);
      const config = { cell: 'rnn', inputSize: vocabulary, hiddenSize: hidden } as const;
      const { outputs, state } = unroll(config, weights, oneHot, [{ h: h as tf.Tensor2D }]);
      const counted = lossFrom === 0 ? outputs : tf.slice(outputs, [0, lossFrom, 0], [-1, -1, -1]);
      const flat = tf.reshape(counted, [batchSize * (steps - lossFrom), hidden]) as tf.Tensor2D;
      const logits = tf.add(
        tf.matMul(flat, variables['output.weight'] as tf.Tensor2D, false, true),
        variables['output.bias'],
      );
      const labels = targets.filter((_, i) => i % steps >= lossFrom);
      const wanted = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), vocabulary), 'float32');
      const loss = tf.neg(
        tf.mean(tf.sum(tf.mul(wanted, tf.logSoftmax(logits as tf.Tensor2D)), 1)),
      ) as tf.Scalar;
      const after = () =>
        tf.reshape(tf.slice(outputs, [0, stateAfter - 1, 0], [-1, 1, -1]), [batchSize, hidden]);
      return { loss, state: [stateAfter === steps ? state[0].h : after()] };
    },
  });
  return { model, variables };
}

describe('tfjsModel', () => {
  it.each(['mean', 'sum-over-time'] as const)(
    'trains as the model written by hand does (%s)',
    async (reduction) => {
      const byHand = new ElmanModel();
      const { model, variables } = elmanInTfjs(byHand);
      const options = { optimizer: sgd(0.5), clipNorm: 0.5, random, reduction, truncation: regular(3) };
      const expected = await collect(new BpttTrainer(byHand, options).fit(tokenBatches(), { epochs: 2 }));
      const got = await collect(new BpttTrainer(model, options).fit(tokenBatches(), { epochs: 2 }));
      expect(got.steps.length).toBe(16);
      for (const [i, { loss, gradientNorm }] of got.steps.entries()) {
        expect(loss).toBeCloseTo(expected.steps[i].loss, 5);
        expect(gradientNorm).toBeCloseTo(expected.steps[i].gradientNorm, 4);
      }
      for (const { name, data } of byHand.parameters) {
        const values = variables[name].dataSync();
        for (const [i, weight] of data.entries()) expect(values[i]).toBeCloseTo(weight, 5);
      }
    },
  );

  it('sums over time the losses that count alone: windows that overlap, masked rows', async () => {
    const byHand = new ElmanModel();
    const { model } = elmanInTfjs(byHand);
    const options = {
      optimizer: sgd(0.5),
      random,
      reduction: 'sum-over-time',
      truncation: regular({ every: 1, back: 3 }),
    } as const;
    const expected = await collect(new BpttTrainer(byHand, options).fit(tokenBatches(), { epochs: 1 }));
    const got = await collect(new BpttTrainer(model, options).fit(tokenBatches(), { epochs: 1 }));
    for (const [i, { loss, gradientNorm, predictions }] of got.steps.entries()) {
      expect(predictions).toBe(2);
      expect(loss).toBeCloseTo(expected.steps[i].loss, 5);
      expect(gradientNorm).toBeCloseTo(expected.steps[i].gradientNorm, 4);
    }

    // Of 2 rows of 5 steps, 6 count: 3 a row.
    const weight = tf.variable(tf.scalar(2));
    const loss = () => ({ loss: tf.square(weight) as tf.Scalar, predictions: 6 });
    const masked = tfjsModel({ variables: { weight }, loss });
    const trainer = new BpttTrainer(masked, { optimizer: sgd(0), random, reduction: 'sum-over-time' });
    const { steps } = await collect(trainer.fit([{ batchSize: 2, steps: 5 }], { epochs: 1 }));
    expect(steps[0]).toMatchObject({ loss: 4, gradientNorm: 3 * 4, predictions: 6 });
  });

  it('keeps the number of tensors constant over 10,000 steps', async () => {
    const { model } = elmanInTfjs(new ElmanModel({ hidden: 2 }));
    const trainer = new BpttTrainer(model, { optimizer: adam(0.01), random });
    const source = tokenBatches({ rows: 1, steps: 2, count: 500 });
    await collect(trainer.fit(tokenBatches({ rows: 1, steps: 2, count: 1 }), { epochs: 1 }));
    const before = tf.memory().numTensors;
    const { end } = await collect(trainer.fit(source, { epochs: 20 }));
    expect(end.step).toBe(10_000);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives zeros for a variable that the loss does not touch, and names one that is not float32', async () => {
    const used = tf.variable(tf.scalar(2));
    const unused = tf.variable(tf.scalar(3));
    const loss = () => ({ loss: tf.square(used) as tf.Scalar, predictions: 1 });
    const model = tfjsModel({ variables: { used, unused }, loss });
    const { steps } = await collect(
      new BpttTrainer(model, { optimizer: sgd(0.25), random }).fit([{ batchSize: 1, steps: 1 }], {
        epochs: 1,
      }),
    );
    expect(steps[0]).toMatchObject({ loss: 4, gradientNorm: 4, predictions: 1 });
    expect([used.dataSync()[0], unused.dataSync()[0]]).toEqual([1, 3]);
    const wrong = tf.variable(tf.tensor1d([1], 'int32'));
    expect(() => tfjsModel({ variables: { wrong }, loss })).toThrow(
      'variables.wrong: expected float32, got int32',
    );
  });

  it('says what to import when tfjs knows no gradient', async () => {
    const weight = tf.variable(tf.scalar(2));
    const model = tfjsModel({
      variables: { weight },
      loss: () => ({ loss: tf.square(weight) as tf.Scalar }),
    });
    const known = tf.getGradient('Square');
    tf.unregisterGradient('Square');
    try {
      const run = collect(
        new BpttTrainer(model, { optimizer: sgd(1), random }).fit([{ batchSize: 1, steps: 1 }], {
          epochs: 1,
        }),
      );
      await expect(run).rejects.toThrow(MissingGradientError);
      await expect(run).rejects.toThrow("not found for Square. Import '@throughtime/tfjs-gradients' once");
    } finally {
      tf.registerGradient(known);
    }
  });
});

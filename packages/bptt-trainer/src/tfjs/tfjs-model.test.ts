import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import '@throughtime/tfjs-gradients';
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

/** The same model as ElmanModel, in tfjs operations. */
function elmanInTfjs({ vocabulary, hiddenSize, parameters }: ElmanModel) {
  const variables = Object.fromEntries(
    parameters.map(({ name, shape, data }) => [name, tf.variable(tf.tensor(data.slice(), [...shape]))]),
  );
  const model = tfjsModel<ElmanBatch>({
    variables,
    initialState: (rows) => [[rows, hiddenSize]],
    capabilities: ['overlapping-windows'],
    loss({ inputs, targets, batchSize, steps }, [start], { lossFrom = 0, stateAfter = steps }) {
      const [wx, wh, wq] = ['rnn.weight_ih_l0', 'rnn.weight_hh_l0', 'output.weight'].map(
        (name) => variables[name] as tf.Tensor2D,
      );
      const hs = [start as tf.Tensor2D];
      for (let t = 0; t < steps; t++) {
        const ids = inputs.filter((_, i) => i % steps === t);
        const oneHot = tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), vocabulary), 'float32') as tf.Tensor2D;
        const sum = tf.add(tf.matMul(oneHot, wx, false, true), tf.matMul(hs[t], wh, false, true));
        hs.push(tf.tanh(tf.add(sum, variables['rnn.bias_hh_l0'])) as tf.Tensor2D);
      }
      const counted = tf.stack(hs.slice(lossFrom + 1), 1);
      const flat = tf.reshape(counted, [batchSize * (steps - lossFrom), hiddenSize]) as tf.Tensor2D;
      const logits = tf.add(tf.matMul(flat, wq, false, true), variables['output.bias']);
      const labels = targets.filter((_, i) => i % steps >= lossFrom);
      const wanted = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), vocabulary), 'float32');
      const loss = tf.neg(
        tf.mean(tf.sum(tf.mul(wanted, tf.logSoftmax(logits as tf.Tensor2D)), 1)),
      ) as tf.Scalar;
      return { loss, state: [hs[stateAfter]] };
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

  const steps = process.env.THROUGHTIME_LONG ? 10_000 : 1000;
  it(`keeps the number of tensors constant over ${steps} steps`, async () => {
    const weight = tf.variable(tf.scalar(0.5));
    const model = tfjsModel<ElmanBatch>({
      variables: { weight },
      initialState: (rows) => [[rows]],
      loss({ inputs }, [h]) {
        const next = tf.tanh(tf.add(tf.mul(weight, h), tf.tensor1d(inputs, 'float32')));
        return { loss: tf.mean(tf.square(next)) as tf.Scalar, state: [next] };
      },
    });
    const trainer = new BpttTrainer(model, { optimizer: adam(0.01), random });
    const source = tokenBatches({ rows: 2, steps: 1, count: 500 });
    await collect(trainer.fit(tokenBatches({ rows: 2, steps: 1, count: 1 }), { epochs: 1 }));
    const before = tf.memory().numTensors;
    const { end } = await collect(trainer.fit(source, { epochs: steps / 500 }));
    expect(end.step).toBe(steps);
    expect(tf.memory().numTensors).toBe(before);
  });

  describe('lets weights be changed by others', () => {
    const setUp = () => {
      const w = tf.variable(tf.scalar(1));
      const model = tfjsModel({ variables: { w }, loss: () => ({ loss: tf.square(w) as tf.Scalar }) });
      const trainer = new BpttTrainer(model, { optimizer: sgd(0.1), random });
      const fit = (epochs = 1) => trainer.fit([{ batchSize: 1, steps: 1 }], { epochs });
      return { w, model, trainer, fit, value: () => w.dataSync()[0] };
    };

    it('before fit, and between two', async () => {
      const { w, model, fit, value } = setUp();
      w.assign(tf.scalar(10));
      const { steps } = await collect(fit());
      expect(steps[0].loss).toBe(100);
      expect(value()).toBe(8);
      expect(model.parameters[0].data[0]).toBe(8);
      w.assign(tf.scalar(10));
      await collect(fit());
      expect(value()).toBe(8);
    });

    it('between steps: a constraint', async () => {
      const { w, fit, value } = setUp();
      const losses: number[] = [];
      for await (const event of fit(3)) {
        if (event.type !== 'step') continue;
        losses.push(event.loss);
        if (event.step === 1) w.assign(tf.clipByValue(w, -0.5, 0.5));
      }
      // 1 to 0.8, which becomes 0.5; then 0.4, then 0.32.
      expect(value()).toBeCloseTo(0.32, 6);
      expect(losses).toEqual([1, 0.25, expect.closeTo(0.16, 6)]);
    });

    it('in the arrays, before fit and between steps', async () => {
      const { model, fit, value } = setUp();
      const { data } = model.parameters[0];
      data[0] = 10;
      const losses: number[] = [];
      for await (const event of fit(2)) {
        if (event.type !== 'step') continue;
        losses.push(event.loss);
        if (event.step === 1) data[0] = 5;
      }
      expect(losses).toEqual([100, 25]);
      expect(value()).toBe(4);
    });

    it('in evaluation and in snapshots', async () => {
      const { w, model, trainer, fit } = setUp();
      for await (const event of fit()) if (event.type === 'epoch') w.assign(tf.scalar(3));
      expect(trainer.snapshot().tensors.get('parameter/w')!.data[0]).toBe(3);
      model.parameters[0].data[0] = 4;
      expect((await model.evaluate({ batchSize: 1, steps: 1 }, [])).loss).toBe(16);
    });

    it('at any moment, as a model whose only weights are its arrays', async () => {
      const batch = { batchSize: 1, steps: 1 };
      for (let seed = 0; seed < 10; seed++) {
        const draw = Random.seeded(seed);
        const start = [draw.normal(), draw.normal()];
        // Two weights: the loss is the sum of their squares.
        const tensors = start.map((value) => tf.variable(tf.scalar(value)));
        const [a, b] = tensors;
        const loss = () => ({ loss: tf.add(tf.square(a), tf.square(b)) as tf.Scalar });
        const model = tfjsModel({ variables: { a, b }, loss });
        const trainer = new BpttTrainer(model, { optimizer: sgd(0.1), random });
        const expected = start.map(Math.fround);
        for (let run = 0; run < 3; run++) {
          const change = () => {
            const i = draw.integer(0, 2);
            const value = Math.fround(draw.normal());
            if (draw.uniform() < 0.3) return;
            if (draw.uniform() < 0.5) tensors[i].assign(tf.scalar(value));
            else model.parameters[i].data[0] = value;
            expected[i] = value;
          };
          change();
          for await (const event of trainer.fit([batch, batch], { epochs: 2 })) {
            if (event.type === 'step') {
              expect(event.loss).toBeCloseTo(expected[0] ** 2 + expected[1] ** 2, 4);
              expected.forEach((value, i) => {
                expected[i] = 0.8 * value;
              });
            }
            if (event.type !== 'end') change();
          }
          // What is written into an array reaches the variable with the next pass.
          await model.evaluate(batch, []);
          tensors.forEach((variable, i) => {
            expect(variable.dataSync()[0]).toBeCloseTo(expected[i], 5);
            expect(model.parameters[i].data[0]).toBeCloseTo(expected[i], 5);
          });
        }
      }
    });
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
      'variables.wrong: expected a float32 tf.Variable, got one of int32',
    );
  });

  it('refuses options that are missing, wrong or unknown', () => {
    const weight = tf.variable(tf.scalar(2));
    const loss = () => ({ loss: tf.square(weight) as tf.Scalar });
    const make = (options: unknown) => () => tfjsModel(options as never);
    expect(make(undefined)).toThrow('options: expected an object with the options variables, loss');
    expect(make({ variables: { weight } })).toThrow('loss: expected a function, got undefined');
    expect(make({ variables: {}, loss })).toThrow('variables: expected an object of tf.Variables by name');
    expect(make({ variables: { weight: 3 }, loss })).toThrow(
      'variables.weight: expected a float32 tf.Variable, got 3',
    );
    expect(make({ variables: { weight }, loss, capabilities: ['overlapping-window'] })).toThrow(
      "(did you mean 'overlapping-windows'?)",
    );
    expect(make({ variables: { weight }, loss, state: [] })).toThrow('state: expected the name of an option');
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

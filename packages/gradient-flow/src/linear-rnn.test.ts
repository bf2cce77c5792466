import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import '@throughtime/rnn-cells/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradientsByClosedForm, gradientsByRecurrence, type LinearRnn, linearRnnPass } from './linear-rnn.js';
import { type Matrix, randomMatrix } from './matrix.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const random = Random.seeded(6);
const [D, H, Q, T] = [3, 4, 2, 7];
const rnn: LinearRnn = {
  inputWeight: randomMatrix(H, D, random),
  recurrentWeight: randomMatrix(H, H, random),
  outputWeight: randomMatrix(Q, H, random),
};
const vectors = (size: number) =>
  Array.from({ length: T }, () => Float64Array.from({ length: size }, () => random.normal()));
const [inputs, targets] = [vectors(D), vectors(Q)];

const expectClose = (a: ArrayLike<number>, b: ArrayLike<number>, digits: number) => {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(a[i]).toBeCloseTo(b[i], digits);
};

describe('the gradients of the linear recurrent network', () => {
  const byRecurrence = gradientsByRecurrence(rnn, inputs, targets);
  const weights = ['inputWeight', 'recurrentWeight', 'outputWeight'] as const;

  it('are the same by recurrence and by closed form', () => {
    const byClosedForm = gradientsByClosedForm(rnn, inputs, targets);
    for (const name of weights) expectClose(byClosedForm[name].values, byRecurrence[name].values, 12);
    for (const [t, gradient] of byClosedForm.hidden.entries())
      expectClose(gradient, byRecurrence.hidden[t], 12);
  });

  it('are the differences of the loss', () => {
    for (const name of weights) {
      const changed = (at: number, by: number) => {
        const values = rnn[name].values.slice();
        values[at] += by;
        return linearRnnPass({ ...rnn, [name]: { ...rnn[name], values } }, inputs, targets).loss;
      };
      const slopes = rnn[name].values.map((_, at) => (changed(at, 1e-5) - changed(at, -1e-5)) / 2e-5);
      expectClose(byRecurrence[name].values, slopes, 8);
    }
  });

  it('are those of automatic differentiation, to 1e-5', () => {
    const asTensor = ({ rows, columns, values }: Matrix) =>
      tf.tensor2d(Float32Array.from(values), [rows, columns]);
    const column = (values: Float64Array) => tf.tensor2d(Float32Array.from(values), [values.length, 1]);
    const loss = (inputWeight: tf.Tensor, recurrentWeight: tf.Tensor, outputWeight: tf.Tensor) => {
      const [hx, hh, qh] = [inputWeight, recurrentWeight, outputWeight] as tf.Tensor2D[];
      let h: tf.Tensor2D = tf.zeros([H, 1]);
      let total: tf.Tensor = tf.scalar(0);
      for (const [t, x] of inputs.entries()) {
        h = tf.add(tf.matMul(hx, column(x)), tf.matMul(hh, h));
        total = tf.add(total, tf.sum(tf.square(tf.sub(tf.matMul(qh, h), column(targets[t])))));
      }
      return tf.div(total, 2 * T) as tf.Scalar;
    };
    const automatic = tf.grads(loss)(weights.map((name) => asTensor(rnn[name])));
    for (const [i, name] of weights.entries())
      expectClose(automatic[i].dataSync(), byRecurrence[name].values, 5);
  });
});

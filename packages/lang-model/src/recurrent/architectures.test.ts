import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { batch, ids, smallModel } from '../fixtures/small-recurrent-model.js';
import type { RecurrentLanguageModelOptions } from './recurrent-language-model.js';

const architectures: [string, Partial<RecurrentLanguageModelOptions>][] = [
  ['rnn', { cell: 'rnn' }],
  ['gru', { cell: 'gru' }],
  ['gru, reset before', { cell: 'gru', resetAfter: false }],
  ['lstm', { cell: 'lstm' }],
  ['minGRU', { cell: 'mingru' }],
  ['minLSTM', { cell: 'minlstm' }],
  ['two layers', { layers: 2 }],
  ['layers of different sizes', { hiddenSize: [5, 4], embedding: 3, dropout: {} }],
  ['embedding', { embedding: 5 }],
  ['tied', { embedding: 6, tied: true }],
  ['residual, layer norm', { layers: 2, residual: true, layerNorm: true }],
  ['peephole and projection', { peephole: true, projectionSize: 4 }],
];

const model = (options: Partial<RecurrentLanguageModelOptions>) =>
  smallModel({ path: 'reference', ...options });

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe.each(architectures)('%s on the reference path', (_, options) => {
  it('scores a text as advancing token by token does', async () => {
    const lm = model(options);
    const text = ids(20);
    let state = lm.initialState();
    const scores = await lm.score(text);
    for (const [t, id] of text.entries()) {
      expect(scores[t]).toBeCloseTo((await lm.logProbabilities(state))[id], 5);
      state = await lm.advance(state, id);
    }
  });

  it('gives a distribution after any token', async () => {
    const lm = model(options);
    const state = await lm.advance(lm.initialState(), 2);
    const sum = (await lm.logProbabilities(state)).reduce((total, value) => total + Math.exp(value), 0);
    expect(sum).toBeCloseTo(1, 6);
  });

  it('has gradients that central differences confirm', async () => {
    const lm = model(options);
    // Away from zero, so that gradients are not: layer norm of a tiny cell is steep.
    for (const { data } of lm.parameters) for (let i = 0; i < data.length; i++) data[i] *= 1.5;
    const chunk = batch(3, 4);
    const start = (await lm.evaluate(batch(3, 5, 9), lm.initialState(3))).state;
    await lm.lossAndGradients(chunk, start, { random: Random.seeded(1) });
    const random = Random.seeded(8);
    for (const { data, gradient, name } of lm.parameters) {
      for (let probe = 0; probe < 4; probe++) {
        const i = random.integer(0, data.length);
        const before = data[i];
        const step = 5e-3;
        const lossAt = async (value: number) => {
          data[i] = value;
          return (await lm.evaluate(chunk, start)).loss;
        };
        const numeric = ((await lossAt(before + step)) - (await lossAt(before - step))) / (2 * step);
        data[i] = before;
        expect(Math.abs(gradient[i] - numeric), `${name}[${i}]`).toBeLessThan(
          2e-4 + 1e-2 * Math.abs(numeric),
        );
      }
    }
  });
});

import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { defineCell } from '@throughtime/rnn-cells/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import { decodeModel, encodeModel } from './model-files.js';
import { DamagedModelFileError } from './model-files-error.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** h' = tanh(W x + U h), with a leak. */
const leaky = defineCell('leaky', {
  gates: 1,
  step:
    ({ fromInput, fromHidden }) =>
    (x, { h }) => {
      const next = tf.tanh<tf.Tensor2D>(tf.add(fromInput(x), fromHidden(h)));
      return { h: tf.add(tf.mul(0.5, h), tf.mul(0.5, next)) };
    },
});

describe('a language model of a cell of the user', () => {
  const model = () =>
    new RecurrentLanguageModel({
      vocabularySize: 5,
      cell: leaky,
      hiddenSize: 6,
      layers: 2,
      random: Random.seeded(1),
    });
  const batch = {
    batchSize: 1,
    steps: 4,
    inputs: Int32Array.of(0, 1, 2, 3),
    targets: Int32Array.of(1, 2, 3, 4),
  };

  it('learns, and is the same after saving and loading', async () => {
    const saved = model();
    expect(saved.path).toBe('reference');
    const random = Random.seeded(2);
    const first = await saved.lossAndGradients(batch, saved.initialState(1), { random });
    for (let i = 0; i < 50; i++) {
      await saved.lossAndGradients(batch, saved.initialState(1), { random });
      for (const { data, gradient } of saved.parameters) {
        for (let j = 0; j < data.length; j++) data[j] -= gradient[j];
      }
    }
    const after = await saved.evaluate(batch, saved.initialState(1));
    expect(after.loss).toBeLessThan(first.loss / 4);
    const files = Object.fromEntries(
      Object.entries(encodeModel(saved)).map(([name, pieces]) => [
        name,
        new Uint8Array(Buffer.concat(pieces)),
      ]),
    );
    const { model: loaded } = decodeModel(files);
    expect(await loaded.evaluate(batch, loaded.initialState(1))).toEqual(after);
    const config = new TextDecoder().decode(files['config.json']).replace('custom:leaky', 'custom:leaking');
    expect(() => decodeModel({ ...files, 'config.json': new TextEncoder().encode(config) })).toThrow(
      new DamagedModelFileError(
        'config.json',
        "model.cell: expected a cell that defineCell has defined before, got 'custom:leaking'",
      ).message,
    );
  });
});

import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { Engine } from '@throughtime/wasm-kernels';
import { beforeAll, describe, expect, it } from 'vitest';
import { batch, smallModel } from '../fixtures/small-recurrent-model.js';
import { generate } from '../generation/generate.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe.each(['rnn', 'gru', 'lstm', 'mingru', 'minlstm'] as const)('memory of %s', (cell) => {
  it('holds the same tensors over 1,000 training steps and 1,000 generated tokens', async () => {
    const lm = smallModel({ path: 'reference', cell, hiddenSize: 3, embedding: 2 });
    const chunk = batch(1, 2);
    let state = lm.initialState();
    const step = async () => {
      state = (await lm.lossAndGradients(chunk, state, { random: Random.seeded(1) })).state;
    };
    await step();
    const tensors = tf.memory().numTensors;
    for (let i = 0; i < 1000; i++) await step();
    expect(tf.memory().numTensors).toBe(tensors);
    let generated = 0;
    for await (const _ of generate(lm, { random: Random.seeded(2), length: 1000 })) generated++;
    expect(generated).toBe(1000);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe.each(['rnn', 'gru', 'lstm'] as const)('memory of %s in the engine', (cell) => {
  it('is the same over 10,000 training steps, evaluations of many shapes and 1,000 generated tokens', async () => {
    // Its own: from the default engine the memory of other tests' models may go at any time.
    const engine = new Engine({ threads: 1 });
    const lm = smallModel({ path: 'fused', cell, embedding: 2, engine });
    const chunk = batch(2, 3);
    let state = lm.initialState(2);
    const step = async () => {
      state = (await lm.lossAndGradients(chunk, state, { random: Random.seeded(1) })).state;
    };
    const shapes = async () => {
      for (let T = 1; T <= 12; T++) await lm.evaluate(batch(T, T), lm.initialState(T));
      await step();
    };
    const tokens = async () => {
      for await (const _ of generate(lm, { random: Random.seeded(2), length: 1000 }));
    };
    await shapes();
    await tokens();
    const { used } = engine.memoryUsage();
    for (let i = 0; i < 10_000; i++) await step();
    await shapes();
    await tokens();
    expect(engine.memoryUsage().used).toBe(used);
    engine.dispose();
  });
});

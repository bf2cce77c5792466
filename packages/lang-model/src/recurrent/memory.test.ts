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

/** Tensors and bytes are counted exactly: what a step leaves is seen after a few. The nightly run has more. */
const steps = process.env.THROUGHTIME_LONG
  ? { reference: 1000, engine: 10_000 }
  : { reference: 100, engine: 1000 };

describe.each(['rnn', 'gru', 'lstm', 'mingru', 'minlstm'] as const)('memory of %s', (cell) => {
  it(`holds the same tensors over ${steps.reference} training steps and as many generated tokens`, async () => {
    const lm = smallModel({ path: 'reference', cell, hiddenSize: 3, embedding: 2 });
    const chunk = batch(1, 2);
    let state = lm.initialState();
    const step = async () => {
      state = (await lm.lossAndGradients(chunk, state, { random: Random.seeded(1) })).state;
    };
    await step();
    const tensors = tf.memory().numTensors;
    for (let i = 0; i < steps.reference; i++) await step();
    expect(tf.memory().numTensors).toBe(tensors);
    let generated = 0;
    for await (const _ of generate(lm, { random: Random.seeded(2), length: steps.reference })) generated++;
    expect(generated).toBe(steps.reference);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe.each(['rnn', 'gru', 'lstm'] as const)('memory of %s in the engine', (cell) => {
  it(`is the same over ${steps.engine} training steps, evaluations of many shapes and 1,000 generated tokens`, async () => {
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
    for (let i = 0; i < steps.engine; i++) await step();
    await shapes();
    await tokens();
    expect(engine.memoryUsage().used).toBe(used);
    engine.dispose();
  });
});

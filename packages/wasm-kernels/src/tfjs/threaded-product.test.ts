import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultEngine } from '../engine/engine.js';
import { EngineMemoryError } from '../engine/errors.js';
import { digest } from '../recurrent/fixtures/closeness.js';
import { numbers } from './fixtures/backends.js';

const engine = defaultEngine();
const { threads } = engine;

beforeAll(async () => {
  await tf.setBackend('wasm');
});
afterAll(() => {
  engine.setThreads(threads);
});

describe('large products', () => {
  const cases = [
    { m: 300, k: 290, n: 310, transposeA: false, transposeB: false },
    { m: 300, k: 600, n: 310, transposeA: true, transposeB: false },
    { m: 301, k: 290, n: 307, transposeA: false, transposeB: true },
    { m: 301, k: 600, n: 307, transposeA: true, transposeB: true },
  ];
  it.each(cases)('are the same to the last bit on one thread and on two: %o', async (product) => {
    const { m, k, n, transposeA, transposeB } = product;
    const a = numbers(transposeA ? [k, m] : [m, k], 1) as tf.Tensor2D;
    const b = numbers(transposeB ? [n, k] : [k, n], 2) as tf.Tensor2D;
    const bias = numbers([n], 3);
    const multiply = () => {
      const plain = tf.matMul(a, b, transposeA, transposeB);
      const biased = tf.fused.matMul({ a, b, transposeA, transposeB, bias, activation: 'relu' });
      return [plain, biased].map((product) => digest(product.dataSync<'float32'>()));
    };
    engine.setThreads(1);
    const alone = tf.tidy(multiply);
    engine.setThreads(2);
    await engine.ready();
    const before = engine.memoryUsage().used;
    expect(tf.tidy(multiply)).toEqual(alone);
    const after = engine.memoryUsage().used;
    expect(tf.tidy(multiply)).toEqual(alone);
    // Its buffers stand; on a platform without threads it has none.
    expect(engine.memoryUsage().used).toBe(after);
    expect(after).toBeGreaterThanOrEqual(before);
    tf.dispose([a, b, bias]);
  });

  it('are made by one thread where the engine has no memory for them, and by all once it has', async () => {
    engine.setThreads(2);
    for (let given = 0; given < 5; given++) {
      const size = 620 + given * 16; // more than stands already
      const [a, b] = [numbers([size, size], 1), numbers([size, size], 2)] as [tf.Tensor2D, tf.Tensor2D];
      const multiply = () => tf.tidy(() => digest(tf.matMul(a, b).dataSync<'float32'>()));
      const { used } = engine.memoryUsage();
      let left = given;
      const allocate = engine.allocate.bind(engine);
      const refusing = vi.spyOn(engine, 'allocate').mockImplementation((length) => {
        if (left-- === 0) throw new EngineMemoryError('memory: no more to be had');
        return allocate(length);
      });
      const first = multiply();
      expect(refusing).toHaveBeenCalled();
      refusing.mockRestore();
      expect(multiply()).toEqual(first);
      engine.setThreads(1);
      expect(multiply()).toEqual(first);
      engine.setThreads(2);
      expect(engine.memoryUsage().used).toBeGreaterThan(used);
      tf.dispose([a, b]);
    }
  });

  it('leave small ones where they are', () => {
    const { used } = engine.memoryUsage();
    tf.dispose(tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])));
    expect(engine.memoryUsage().used).toBe(used);
  });
});

import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { defaultEngine, EngineMemoryError } from '@throughtime/wasm-kernels';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gru, lstm } from '../layers/recurrent-layers.js';
import { stack } from '../layers/stack.js';

const engineBytes = () => defaultEngine().memoryUsage().used;

describe('the memory of the fused path', () => {
  const random = Random.seeded(1);
  let before: { tensors: number; buffers: number; engine: number };
  const network = () =>
    stack([lstm({ inputSize: 3, hiddenSize: 5, random }), gru({ inputSize: 5, hiddenSize: 4, random })]);
  const counted = () => {
    const { numTensors, numDataBuffers } = tf.memory();
    return { tensors: numTensors, buffers: numDataBuffers, engine: engineBytes() };
  };
  let net: ReturnType<typeof network>;
  let inputs: tf.Tensor3D;

  beforeEach(async () => {
    await tf.setBackend('wasm');
    net = network();
    inputs = tf.ones([2, 6, 3]);
    before = counted();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    net.dispose();
    inputs.dispose();
  });
  const total = () => tf.sum(net.unroll(inputs, undefined, { path: 'fused' }).outputs) as tf.Scalar;

  it('is all given back once gradients are computed', () => {
    for (let i = 0; i < 100; i++) {
      const { value, grads } = tf.variableGrads(total, [...net.weights.values()]);
      expect(engineBytes()).toBe(before.engine);
      tf.dispose([value, grads]);
    }
    expect(counted()).toEqual(before);
  });

  it('is all given back whichever of its allocations is refused', () => {
    const { memory } = defaultEngine();
    let left = Number.POSITIVE_INFINITY;
    let asked = 0;
    const original = memory.allocateBytes.bind(memory);
    vi.spyOn(memory, 'allocateBytes').mockImplementation((bytes) => {
      asked++;
      if (left-- > 0) return original(bytes);
      throw new EngineMemoryError('memory: refused');
    });
    const masked = gru({ inputSize: 3, hiddenSize: 5, recurrentDropout: 0.5, random });
    const run = () =>
      tf.variableGrads(() => tf.sum(masked.unroll(inputs, undefined, { random, path: 'fused' }).outputs));
    const { value, grads } = run();
    const allocations = asked;
    tf.dispose([value, grads]);
    expect(allocations).toBeGreaterThan(20);
    for (let refused = 0; refused < allocations; refused++) {
      left = refused;
      expect(run).toThrow(EngineMemoryError);
      expect(engineBytes(), `allocation ${refused} of ${allocations}`).toBe(before.engine);
    }
    masked.dispose();
  });

  it('is all given back at once outside gradients, in a tidy or with what unroll returned', () => {
    for (let i = 0; i < 100; i++) {
      tf.tidy(() => void total());
      const { outputs, state } = net.unroll(inputs, undefined, { path: 'fused' });
      expect(engineBytes()).toBe(before.engine);
      tf.dispose([outputs, ...state.flatMap(({ h, c }) => (c ? [h, c] : [h]))]);
    }
    expect(counted()).toEqual(before);
  });

  it('is given back at the next call or turn when a tape records a pass that no gradient needs', async () => {
    const unneeded = () => {
      const x = tf.scalar(2);
      const slope = tf.grad((y) => {
        total();
        return tf.square(y);
      })(x);
      tf.dispose([x, slope]);
    };
    unneeded();
    const afterOne = engineBytes();
    expect(afterOne).toBeGreaterThan(before.engine);
    for (let i = 0; i < 100; i++) unneeded();
    expect(engineBytes()).toBe(afterOne); // that of the last call alone
    await Promise.resolve();
    expect(counted()).toEqual(before);
  });

  it('is kept while a tape may still need it, whatever else runs', async () => {
    const slope = tf.grad((x) => {
      const first = net.unroll(x as tf.Tensor3D, undefined, { path: 'fused' });
      tf.tidy(() => void net.unroll(inputs, undefined, { path: 'fused' }));
      return tf.sum(net.unroll(x as tf.Tensor3D, first.state, { path: 'fused' }).outputs);
    })(inputs);
    expect(slope.shape).toEqual([2, 6, 3]);
    slope.dispose();
    await Promise.resolve(); // for the pass in the tidy, which no gradient needed
    expect(counted()).toEqual(before);
  });
});

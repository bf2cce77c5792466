import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { beforeEach, describe, expect, it } from 'vitest';
import { FusedPathError } from '../errors.js';
import { minimalGatedUnit } from '../fixtures/minimal-gated-unit.js';
import { bidirectional } from '../layers/bidirectional.js';
import { customLayer, gru, lstm, minGru, rnn } from '../layers/recurrent-layers.js';
import { stack } from '../layers/stack.js';
import type { UnrollPath } from './network-call.js';

beforeEach(async () => {
  await tf.setBackend('wasm');
});

describe('path', () => {
  const random = Random.seeded(1);
  const sizes = { inputSize: 3, hiddenSize: 4, random };
  const inputs = () => tf.zeros<tf.Rank.R3>([2, 5, 3]);

  it('by default is fused where the engine computes a layer, and the result tells', async () => {
    expect(lstm(sizes).unroll(inputs()).paths).toEqual(['fused']);
    expect(lstm({ ...sizes, recurrentDropout: 0.5 }).unroll(inputs(), undefined, { random }).paths).toEqual([
      'fused',
    ]);
    expect(lstm(sizes).unroll(inputs(), undefined, { path: 'reference' }).paths).toEqual(['reference']);
    const both = bidirectional(gru(sizes), gru({ ...sizes, reverse: true }));
    const mixed = stack([both, minGru({ ...sizes, inputSize: 8 }), rnn({ ...sizes, inputSize: 4 })]);
    expect(mixed.unroll(inputs()).paths).toEqual(['fused', 'fused', 'fused', 'fused']);
    await tf.setBackend('cpu');
    expect(lstm(sizes).unroll(inputs()).paths).toEqual(['fused']);
  });

  it('by default leaves the tensors of other backends where they are; fused reads them', async () => {
    const cpu = tf.findBackend('cpu');
    tf.registerBackend('elsewhere', () => cpu);
    tf.copyRegisteredKernels('cpu', 'elsewhere');
    await tf.setBackend('elsewhere');
    expect(lstm(sizes).unroll(inputs()).paths).toEqual(['reference']);
    expect(lstm(sizes).unroll(inputs(), undefined, { path: 'fused' }).paths).toEqual(['fused']);
    await tf.setBackend('wasm');
    tf.removeBackend('elsewhere');
  });

  it('is fused with every option of a layer', () => {
    const training = { random: Random.seeded(2) };
    for (const layer of [
      gru({ ...sizes, layerNorm: true }),
      minGru({ ...sizes, layerNorm: true, zoneout: { hidden: 0.1 } }),
      rnn({ ...sizes, zoneout: { hidden: 0.1 } }),
      lstm({ ...sizes, zoneout: { cell: 0.1 }, peephole: true, projectionSize: 2, layerNorm: true }),
    ])
      expect(layer.unroll(inputs(), undefined, training).paths).toEqual(['fused']);
  });

  it('fused is refused for a cell of the user, by name', () => {
    const layer = customLayer({ ...sizes, cell: minimalGatedUnit });
    expect(layer.unroll(inputs()).paths).toEqual(['reference']);
    const fused = () => stack([layer]).unroll(inputs(), undefined, { path: 'fused' });
    expect(fused).toThrow(FusedPathError);
    expect(fused).toThrow(
      "path: expected 'reference' for this architecture (fused needs cell: rnn, gru, lstm, mingru, minlstm), got 'fused'",
    );
  });

  it('has no other values', () => {
    const wrong = 'fast' as UnrollPath;
    expect(() => lstm(sizes).unroll(inputs(), undefined, { path: wrong })).toThrow(
      "path: expected one of 'auto', 'fused', 'reference', got 'fast'",
    );
  });

  it('takes whole numbers as inputs on either path', () => {
    const layer = gru(sizes);
    const ids = tf.ones<tf.Rank.R3>([2, 5, 3], 'int32');
    const results = (['fused', 'reference'] as const).map((path) =>
      layer.unroll(ids, undefined, { path }).outputs.dataSync<'float32'>(),
    );
    results[0].forEach((value, i) => {
      expect(value).toBeCloseTo(results[1][i], 6);
    });
  });
});

import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { decodeHeader, decodeSafetensors, encodeSafetensors, type Tensor } from '@throughtime/safetensors';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelFiles } from '../files/file-contents.js';
import { decodeModel, encodeModel } from '../files/model-files.js';
import { DamagedModelFileError } from '../files/model-files-error.js';
import { batch, smallModel } from '../fixtures/small-recurrent-model.js';
import { quantizeModel } from './quantize-model.js';
import { RecurrentLanguageModel } from './recurrent-language-model.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

function filesOf(model: RecurrentLanguageModel, options: Parameters<typeof encodeModel>[1] = {}): ModelFiles {
  const pieces = Object.entries(encodeModel(model, options));
  return Object.fromEntries(pieces.map(([name, parts]) => [name, new Uint8Array(Buffer.concat(parts))]));
}

/** The files of an int8 model with a change to its tensors, whose checksum is gone. */
function changed(change: (tensors: Map<string, Tensor>) => void): ModelFiles {
  const files = filesOf(quantizeModel(smallModel()));
  const read = decodeSafetensors(files['model.safetensors']!);
  const tensors = new Map(read.tensors);
  change(tensors);
  const { 'throughtime.data': _, ...metadata } = read.metadata;
  return { ...files, 'model.safetensors': encodeSafetensors(tensors, metadata) };
}

const architectures = fc.record({
  cell: fc.constantFrom('rnn', 'gru', 'lstm', 'mingru', 'minlstm'),
  layers: fc.integer({ min: 1, max: 2 }),
  hiddenSize: fc.integer({ min: 1, max: 33 }),
  vocabularySize: fc.integer({ min: 1, max: 30 }),
  embedding: fc.oneof(fc.constant('one-hot' as const), fc.integer({ min: 1, max: 20 })),
});

describe('a model with int8 weights', () => {
  it.each([
    [false, 1e-4],
    [true, 0.03],
  ])('agrees with itself, token by token and in batches (layerNorm %s), to %f', async (layerNorm, most) => {
    const size = { cell: 'lstm', vocabularySize: 30, hiddenSize: 64, layers: 2, layerNorm } as const;
    const random = Random.seeded(9);
    for (let seed = 0; seed < 5; seed++) {
      const quantized = quantizeModel(new RecurrentLanguageModel({ ...size, random: Random.seeded(seed) }));
      const text = Int32Array.from({ length: 80 }, () => random.integer(0, 30));
      const scores = await quantized.score(text);
      let state = quantized.initialState();
      for (const [t, id] of text.entries()) {
        const alone = (await quantized.logProbabilities(state))[id];
        expect(Math.abs(alone - scores[t])).toBeLessThan(most);
        state = await quantized.advance(state, id);
      }
    }
  });

  it('predicts the same token by token, in batches, on the reference path and from its files', async () => {
    await fc.assert(
      fc.asyncProperty(architectures, fc.integer(), async (architecture, seed) => {
        const model = new RecurrentLanguageModel({ ...architecture, random: Random.seeded(seed) });
        const quantized = quantizeModel(model);
        expect([quantized.weights, quantized.path]).toEqual(['int8', 'fused']);
        for (const [i, { name, shape, data }] of quantized.parameters.entries()) {
          const before = model.parameters[i].data;
          if (shape.length === 1) expect(data, name).toEqual(before);
          const most = before.reduce((highest, value) => Math.max(highest, Math.abs(value)), 0);
          for (const [j, value] of data.entries())
            expect(Math.abs(value - before[j]), name).toBeLessThanOrEqual(most / 253);
        }
        const random = Random.seeded(seed);
        const text = Int32Array.from({ length: 12 }, () => random.integer(0, architecture.vocabularySize));
        const scores = await quantized.score(text);
        let state = quantized.initialState();
        for (const [t, id] of text.entries()) {
          expect((await quantized.logProbabilities(state))[id]).toBeCloseTo(scores[t], 2);
          state = await quantized.advance(state, id);
        }
        const reference = new RecurrentLanguageModel({
          ...{ ...architecture, random: Random.seeded(1), path: 'reference', weights: 'int8' },
        });
        for (const [i, { data }] of reference.parameters.entries()) data.set(quantized.parameters[i].data);
        for (const [t, score] of (await reference.score(text)).entries())
          expect(score).toBeCloseTo(scores[t], 3);
        const { model: loaded } = decodeModel(filesOf(quantized));
        expect(loaded.weights).toBe('int8');
        expect(await loaded.score(text)).toEqual(scores);
        expect(await loaded.advance(loaded.initialState(), text[0])).toEqual(
          await quantized.advance(quantized.initialState(), text[0]),
        );
        // Rounding what was rounded changes nothing, and neither does the way to the files.
        expect(filesOf(quantizeModel(quantized))).toEqual(filesOf(quantized));
        expect(filesOf(loaded)).toEqual(filesOf(quantized));
        expect(filesOf(model, { weights: 'int8' })).toEqual(filesOf(quantized));
      }),
      { numRuns: 30 },
    );
  });

  it('cannot be trained, on either path', () => {
    for (const path of ['fused', 'reference'] as const) {
      const model = quantizeModel(smallModel({ path }));
      expect(model.path).toBe(path);
      const train = () =>
        model.lossAndGradients(batch(2, 3), model.initialState(2), { random: Random.seeded(1) });
      expect(train).toThrow(
        'model: expected a model with float32 weights, for a byte is too coarse for what an update changes, got one with int8 weights',
      );
    }
  });

  it('takes a quarter of the bytes', () => {
    const model = smallModel({ cell: 'gru', hiddenSize: 200, embedding: 200, tied: true, layers: 2 });
    const [before, after] = [model, quantizeModel(model)].map(
      (each) => filesOf(each)['model.safetensors']!.length,
    );
    expect(after / before).toBeGreaterThan(0.25);
    expect(after / before).toBeLessThan(0.27);
  });

  it('says so in a config.json that only this and later releases read', () => {
    const configOf = (model: RecurrentLanguageModel) =>
      JSON.parse(new TextDecoder().decode(filesOf(model)['config.json']));
    expect(configOf(quantizeModel(smallModel()))).toMatchObject({ version: 3, weights: 'int8' });
    expect(configOf(smallModel())).toMatchObject({ version: 2 });
    expect(configOf(smallModel())).not.toHaveProperty('weights');
  });

  it('is refused where its files are no int8 weights', () => {
    const without = changed((tensors) => tensors.delete('rnn.weight_ih_l0.scales'));
    expect(() => decodeModel(without)).toThrow("expected a weight 'rnn.weight_ih_l0.scales', found none");
    const floats = changed((tensors) => {
      const { shape } = tensors.get('rnn.weight_hh_l0')!;
      tensors.set('rnn.weight_hh_l0', { dtype: 'F32', shape, data: new Float32Array(shape[0] * shape[1]) });
    });
    expect(() => decodeModel(floats)).toThrow("'rnn.weight_hh_l0': expected I8, got F32");
    const bad = changed((tensors) => {
      const { shape } = tensors.get('rnn.weight_hh_l0.scales')!;
      const data = new Float32Array(shape[0]).fill(Number.NaN);
      tensors.set('rnn.weight_hh_l0.scales', { dtype: 'F32', shape, data });
    });
    expect(() => decodeModel(bad)).toThrow(DamagedModelFileError);
    const files = filesOf(smallModel());
    const config = JSON.parse(new TextDecoder().decode(files['config.json']));
    const relabeled = (more: object) => ({
      ...files,
      'config.json': new TextEncoder().encode(JSON.stringify({ ...config, ...more })),
    });
    expect(() => decodeModel(relabeled({ version: 3, weights: 'int8' }))).toThrow('expected I8, got F32');
    expect(() => decodeModel(relabeled({ version: 3, weights: 'int4' }))).toThrow(
      "config.json: weights: expected one of 'float32', 'int8', got 'int4'",
    );
    expect(() => decodeModel(relabeled({ weights: 'int8' }))).toThrow(
      'config.json: weights: expected no field of that name before version 3',
    );
  });

  it('notices a changed byte by its checksum', () => {
    const files = filesOf(quantizeModel(smallModel()));
    const bytes = files['model.safetensors']!.slice();
    const { entries } = decodeHeader(bytes);
    const { end } = entries.get('rnn.weight_hh_l0')!;
    bytes[bytes.length - Math.max(...[...entries.values()].map((entry) => entry.end)) + end - 1] ^= 1;
    expect(() => decodeModel({ ...files, 'model.safetensors': bytes })).toThrow(DamagedModelFileError);
  });

  it('names what it cannot be made of', () => {
    expect(() => quantizeModel({} as never)).toThrow('model: expected a RecurrentLanguageModel');
    const broken = smallModel();
    broken.parameters[0].data[3] = Number.NaN;
    expect(() => quantizeModel(broken)).toThrow('values[3]: expected a finite number, got NaN');
    expect(() => smallModel({ weights: 'int4' as never })).toThrow(
      "weights: expected one of 'float32', 'int8', got 'int4'",
    );
  });
});

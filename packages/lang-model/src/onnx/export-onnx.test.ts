import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  RecurrentLanguageModel,
  type RecurrentLanguageModelOptions,
} from '../recurrent/recurrent-language-model.js';
import { exportOnnx, UnsupportedExportError } from './export-onnx.js';

const V = 11;

function model(options: Partial<RecurrentLanguageModelOptions>): RecurrentLanguageModel {
  const lm = new RecurrentLanguageModel({
    vocabularySize: V,
    hiddenSize: 6,
    random: Random.seeded(9),
    ...options,
  });
  // Larger than they start, so that gates open and close and a wrong order shows.
  for (const { data } of lm.parameters) for (let i = 0; i < data.length; i++) data[i] *= 3;
  return lm;
}

const architectures: [string, Partial<RecurrentLanguageModelOptions>][] = [
  ['rnn', { cell: 'rnn' }],
  ['relu rnn', { cell: 'rnn', nonlinearity: 'relu' }],
  ['gru', { cell: 'gru' }],
  ['gru, reset before', { cell: 'gru', resetAfter: false }],
  ['lstm', { cell: 'lstm' }],
  ['two layers of lstm with an embedding', { layers: 2, embedding: 4 }],
  ['two layers of gru', { cell: 'gru', layers: 2 }],
  ['tied layers of different sizes', { hiddenSize: [7, 5], embedding: 5, tied: true }],
];

/** Zeros for every state input of a session, N rows. */
function zeroStates(lm: RecurrentLanguageModel, N: number): Record<string, ort.Tensor> {
  const states: Record<string, ort.Tensor> = {};
  lm.initialState().layers.forEach(({ h, c }, i) => {
    states[`h_${i}`] = new ort.Tensor('float32', new Float32Array(N * h.length), [1, N, h.length]);
    if (c) states[`c_${i}`] = new ort.Tensor('float32', new Float32Array(N * c.length), [1, N, c.length]);
  });
  return states;
}

const tokenTensor = (ids: Int32Array, shape: number[]) =>
  new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), shape);

/** Natural log-probabilities of the last axis. */
function logSoftmax(logits: Float32Array): number[] {
  const rows = Array.from({ length: logits.length / V }, (_, r) => [...logits.subarray(r * V, (r + 1) * V)]);
  return rows.flatMap((row) => {
    const normalizer = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
    return row.map((value) => value - normalizer);
  });
}

beforeAll(async () => {
  await tf.setBackend('wasm');
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
});

describe.each(architectures)('%s in onnxruntime', (_, options) => {
  it('predicts whole sequences as the model does', async () => {
    const lm = model(options);
    const session = await ort.InferenceSession.create(exportOnnx(lm));
    const [N, T] = [3, 7];
    const random = Random.seeded(2);
    const ids = Int32Array.from({ length: N * T }, () => random.integer(0, V));
    const { logits } = await session.run({ tokens: tokenTensor(ids, [N, T]), ...zeroStates(lm, N) });
    expect(logits.dims).toEqual([N, T, V]);
    const theirs = logSoftmax(logits.data as Float32Array);
    for (let n = 0; n < N; n++) {
      let state = lm.initialState();
      for (let t = 0; t < T; t++) {
        state = await lm.advance(state, ids[n * T + t]);
        (await lm.logProbabilities(state)).forEach((value, v) => {
          expect(Math.abs(theirs[(n * T + t) * V + v] - value)).toBeLessThan(1e-5);
        });
      }
    }
  });

  it('goes step by step with its state passed on', async () => {
    const lm = model(options);
    const session = await ort.InferenceSession.create(exportOnnx(lm));
    let states = zeroStates(lm, 1);
    let state = lm.initialState();
    for (const id of [3, 1, 4, 1, 5, 9, 2, 6]) {
      const results = await session.run({ tokens: tokenTensor(Int32Array.of(id), [1, 1]), ...states });
      states = Object.fromEntries(Object.keys(states).map((name) => [name, results[`${name}_next`]]));
      state = await lm.advance(state, id);
      const theirs = logSoftmax(results.logits.data as Float32Array);
      (await lm.logProbabilities(state)).forEach((value, v) => {
        expect(Math.abs(theirs[v] - value)).toBeLessThan(1e-5);
      });
    }
    lm.initialState().layers.forEach((__, i) => {
      expect((states[`h_${i}`].data as Float32Array)[0]).toBeCloseTo(state.layers[i].h[0], 5);
    });
  });
});

describe('exportOnnx', () => {
  it.each<[string, Partial<RecurrentLanguageModelOptions>]>([
    ['cell', { cell: 'mingru' }],
    ['layerNorm', { layerNorm: true }],
    ['peephole', { peephole: true }],
    ['projectionSize', { projectionSize: 3 }],
    ['residual', { layers: 2, residual: true }],
    ['zoneout', { zoneout: { hidden: 0.1 } }],
  ])('refuses %s, which the operators do not have', (field, options) => {
    expect(() => exportOnnx(model(options))).toThrow(UnsupportedExportError);
    expect(() => exportOnnx(model(options))).toThrow(new RegExp(`export to ONNX: ${field}: expected`));
  });

  it('leaves dropout out', () => {
    expect(exportOnnx(model({ dropout: { output: 0.5 } }))).toEqual(exportOnnx(model({})));
  });
});

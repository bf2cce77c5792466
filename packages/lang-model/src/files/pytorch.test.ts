import '@tensorflow/tfjs-backend-wasm';
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { decodeSafetensors } from '@throughtime/safetensors';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RecurrentModelConfig } from '../recurrent/model-config.js';
import { decodeModel, encodeModel } from './model-files.js';

/** What scripts/pytorch_model.py wrote: a state dict, tokens [N, T], and PyTorch's log-probabilities [N, T, V] after each. */
interface Fixture {
  readonly model: RecurrentModelConfig;
  readonly tokens: readonly (readonly number[])[];
  readonly logProbabilities: readonly (readonly (readonly number[])[])[];
}

async function fixture(name: string) {
  const file = (extension: string) => new URL(`./fixtures/pytorch/${name}.${extension}`, import.meta.url);
  const weights = new Uint8Array(await readFile(file('safetensors')));
  const expected: Fixture = JSON.parse(await readFile(file('json'), 'utf8'));
  const config = {
    format: 'throughtime-language-model',
    version: 2,
    model: expected.model,
    vocabulary: false,
    tokenizer: null,
    notes: {},
  };
  const files = {
    'config.json': new TextEncoder().encode(JSON.stringify(config)),
    'model.safetensors': weights,
  };
  return { expected, weights, model: decodeModel(files).model };
}

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe.each(['rnn', 'relu', 'gru', 'lstm', 'gru-2-layers', 'lstm-2-layers', 'lstm-tied'])(
  'the state dict of %s in PyTorch',
  (name) => {
    it('loads here unchanged and predicts the same to 1e-5', async () => {
      const { expected, model } = await fixture(name);
      for (const [n, row] of expected.tokens.entries()) {
        let state = model.initialState();
        for (const [t, token] of row.entries()) {
          state = await model.advance(state, token);
          (await model.logProbabilities(state)).forEach((value, v) => {
            expect(Math.abs(value - expected.logProbabilities[n][t][v])).toBeLessThan(1e-5);
          });
        }
      }
    });

    it('is what is written again: names, shapes and values', async () => {
      const { weights, model } = await fixture(name);
      const pieces = encodeModel(model)['model.safetensors']!;
      const written = decodeSafetensors(Uint8Array.from(pieces.flatMap((piece) => [...piece])));
      const theirs = decodeSafetensors(weights);
      expect(new Map([...written.tensors].sort())).toEqual(new Map([...theirs.tensors].sort()));
    });
  },
);

// What int8 weights cost a trained model, on the command line and on the page.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reporter } from '@throughtime/command-line';
import { evaluate, evaluateStreams } from '@throughtime/lang-model';
import { saveModel } from '@throughtime/lang-model/node';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Workshop } from '../web/worker/workshop.js';
import { openModel } from './commands/open-model.js';
import { train } from './commands/train.js';
import { loadCorpus } from './core/corpus.js';
import { completeSettings, pageRecipe } from './core/settings.js';
import { TextForm } from './core/text-form.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'int8 weights '));
});

afterAll(() => rm(folder, { recursive: true }));

const silent: Reporter = { event() {}, print() {}, write() {}, note() {}, warn() {}, progress() {} };

it.each(['lstm', 'gru', 'mingru'] as const)(
  '%s: the perplexity of an embedded corpus stays within half a percent, in a quarter of the bytes',
  async (cell) => {
    const out = join(folder, cell);
    const given = { cell, maxTokens: 40_000, epochs: 3, hiddenSize: 96, batch: 16, steps: 32 };
    const request = { given, out, resume: false, overwrite: false };
    await train(request, silent, new AbortController().signal);
    const small = await openModel(out, { int8: true });
    const saved = join(folder, `${cell} int8`);
    await saveModel(saved, small.model, { tokenizer: small.tokenizer, notes: small.notes });
    const sizes = await Promise.all(
      [out, saved].map(async (directory) => (await stat(join(directory, 'model.safetensors'))).size),
    );
    expect(sizes[1] / sizes[0]).toBeLessThan(0.3);
    const [before, after] = [await openModel(out), await openModel(saved)];
    expect([before.model.weights, after.model.weights]).toEqual(['float32', 'int8']);
    const { text } = (await loadCorpus('alice'))!;
    const [tokens] = TextForm.of(before).texts(text, { maxTokens: 6000 });
    const known = tokens.filter((token) => before.vocabulary.has(token));
    const ids = before.vocabulary.encode(known);
    const streams = async ({ model }: typeof before) =>
      (await evaluateStreams(model, ids, { streams: 4 })).perplexity;
    const trained = await streams(before);
    expect(trained).toBeLessThan(16); // of some 60 characters: it has learned
    expect(Math.abs((await streams(after)) / trained - 1)).toBeLessThan(0.005);
    // Token by token, as generation reads: by sums of whole numbers.
    const oneByOne = async ({ model }: typeof before) => {
      let state = model.initialState();
      let loss = 0;
      for (const id of ids.subarray(0, 2000)) {
        loss -= (await model.logProbabilities(state))[id];
        state = await model.advance(state, id);
      }
      return Math.exp(loss / 2000);
    };
    expect(Math.abs((await oneByOne(after)) / (await oneByOne(before)) - 1)).toBeLessThan(0.005);
    expect((await evaluate(after.model, ids.subarray(0, 2000))).perplexity).toBeCloseTo(
      await oneByOne(after),
      2,
    );
  },
  120_000,
);

it('the page saves and opens a model of int8 weights, writes with it and does not train it', async () => {
  const settings = completeSettings(
    { maxTokens: 3000, epochs: 1, steps: 16, batch: 8, hiddenSize: 40 },
    pageRecipe,
  );
  const source = { kind: 'corpus', name: 'moby-dick' } as const;
  const workshop = new Workshop();
  await workshop.train({ source, settings }, () => {});
  const [whole, small] = [workshop.archive(), workshop.archive({ int8: true })];
  expect(small.length / whole.length).toBeLessThan(0.5);
  const files = workshop.files({ int8: true });
  expect(Object.keys(files).sort()).toEqual(['config.json', 'model.safetensors', 'vocabulary.json']);
  expect(files).toEqual(unzipSync(small));
  const other = new Workshop();
  expect(await other.open(files)).toMatchObject({ cell: 'gru', hiddenSize: '40' });
  let text = '';
  await other.generate(
    { prompt: 'the ', length: 20, temperature: 0, topP: 1, topK: undefined, seed: 1 },
    (piece) => {
      text += piece;
    },
  );
  expect(text.length).toBeGreaterThan(0);
  await expect(other.trainFurther({ source, settings }, () => {})).rejects.toThrow(
    'expected a model with float32 weights',
  );
});

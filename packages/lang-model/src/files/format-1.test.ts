import '@tensorflow/tfjs-backend-wasm';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import type { Tokenizer, Vocabulary } from '@throughtime/text-preprocess';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AwaitableLanguageModel,
  DamagedModelFileError,
  evaluateSentences,
  generateText,
  perplexity,
  tokenLogProbabilities,
} from '../index.js';
import { loadModel, loadNgramModel, saveModel, saveNgramModel } from '../node/index.js';

// Folders that were saved in format 1, and what their models answered then; fixtures/format-1/make-fixtures.mjs wrote them. They must
// load and answer the same in every later version. Never write them again: where names have changed since, this file changes.
const fixtures = fileURLToPath(new URL('./fixtures/format-1/', import.meta.url));

/** Of one model. A logarithm that is null is minus infinity. */
interface Answers {
  readonly ids: readonly number[];
  readonly perplexity: number | null;
  readonly logProbabilities: readonly (number | null)[];
  /** Of every id after those. */
  readonly next: readonly (number | null)[];
  readonly prompt: string;
  readonly length: number;
  readonly continued: string;
}

interface Expected {
  /** The text whose ids are scored. */
  readonly scored: string;
  readonly recurrent: Readonly<Record<string, Answers>>;
  readonly ngram: Readonly<Record<string, Answers & { readonly sentencePerplexity: number | null }>>;
  readonly withoutVocabulary: Pick<Answers, 'ids' | 'perplexity' | 'logProbabilities'>;
}

async function jsonIn(...path: string[]) {
  return JSON.parse(await readFile(join(fixtures, ...path), 'utf8'));
}

/** The `model` of a config.json of format 1 as a loaded model's `config` has it: `units` is `hiddenSize` since. */
function architectureOf({ units, ...model }: Record<string, unknown>): Record<string, unknown> {
  return { ...model, ...(units !== undefined && { hiddenSize: units }) };
}

const expected: Expected = await jsonIn('expected.json');
let out: string;

beforeAll(async () => {
  await tf.setBackend('wasm');
  out = await mkdtemp(join(tmpdir(), 'format-1 '));
});

afterAll(() => rm(out, { recursive: true }));

/** To 1e-5: what computes a model may round differently. */
function expectClose(values: Iterable<number>, wanted: readonly (number | null)[]): void {
  const got = [...values];
  expect(got.length).toBe(wanted.length);
  got.forEach((value, i) => {
    const logarithm = wanted[i] ?? Number.NEGATIVE_INFINITY;
    if (value !== logarithm) expect(Math.abs(value - logarithm)).toBeLessThan(1e-5);
  });
}

interface Loaded<S> {
  readonly model: AwaitableLanguageModel<S>;
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
}

async function expectAnswers<S>(loaded: Loaded<S>, answers: Answers): Promise<void> {
  const { model, tokenizer, vocabulary } = loaded;
  const ids = vocabulary.encode(tokenizer.tokenize(expected.scored));
  expect([...ids]).toEqual(answers.ids);
  expectClose(await tokenLogProbabilities(model, ids), answers.logProbabilities);
  const whole = answers.perplexity ?? Number.POSITIVE_INFINITY;
  expect(await perplexity(model, ids)).toBeCloseTo(whole, 3);

  let state = model.initialState();
  for (const id of ids) state = await model.advance(state, id);
  expectClose(await model.logProbabilities(state), answers.next);

  const { prompt, length } = answers;
  const options = { tokenizer, vocabulary, prompt, length, temperature: 0.8, random: Random.seeded(3) };
  let continued = '';
  for await (const piece of generateText(model, options)) continued += piece;
  expect(continued).toBe(answers.continued);
}

describe.each(Object.entries(expected.recurrent))('the recurrent model %s of format 1', (name, answers) => {
  const folder = join(fixtures, name);
  const load = async (directory: string) => {
    const { model, tokenizer, notes } = await loadModel(directory);
    return { model, tokenizer: tokenizer!, vocabulary: model.vocabulary!, notes };
  };

  it('answers as it did', async () => {
    await expectAnswers(await load(folder), answers);
  });

  it('has the architecture, tokenizer, tokens and notes that its files name', async () => {
    const config = await jsonIn(name, 'config.json');
    const { model, tokenizer, vocabulary, notes } = await load(folder);
    expect(model.config).toEqual(architectureOf(config.model));
    expect(tokenizer.toJSON()).toEqual(config.tokenizer);
    expect(vocabulary.toJSON()).toEqual(await jsonIn(name, 'vocabulary.json'));
    expect(notes).toEqual({ cleaning: 'none', corpus: name, nested: { list: [1, 2] } });
  });

  it('saved again is the same model', async () => {
    const { model, tokenizer, notes } = await load(folder);
    const again = join(out, name);
    await saveModel(again, model, { tokenizer, notes });
    const reloaded = await load(again);
    expect(reloaded.model.config).toEqual(model.config);
    expect(reloaded.notes).toEqual(notes);
    await expectAnswers(reloaded, answers);
  });
});

describe.each(Object.entries(expected.ngram))('the n-gram model %s of format 1', (name, answers) => {
  const load = async (directory: string) => {
    const { tokenizer, ...loaded } = await loadNgramModel(directory);
    return { ...loaded, tokenizer: tokenizer! };
  };

  it('answers as it did', async () => {
    const loaded = await load(join(fixtures, name));
    await expectAnswers<unknown>(loaded, answers);
    const sentence = Int32Array.from(answers.ids);
    const whole = answers.sentencePerplexity ?? Number.POSITIVE_INFINITY;
    expect(evaluateSentences(loaded.model, [sentence]).perplexity).toBeCloseTo(whole, 3);
  });

  it('has the settings, tokenizer, tokens and notes that its files name', async () => {
    const config = await jsonIn(name, 'config.json');
    const { model, tokenizer, vocabulary, notes } = await load(join(fixtures, name));
    const { order, vocabularySize, sentences, unknown } = config.model;
    expect([model.order, model.vocabularySize]).toEqual([order, vocabularySize]);
    expect([model.sentences ?? null, model.unknown ?? null]).toEqual([sentences, unknown]);
    expect('smoothing' in model ? model.smoothing : { kind: 'backoff' }).toEqual(config.model.smoothing);
    expect(tokenizer.toJSON()).toEqual(config.tokenizer);
    expect(vocabulary.toJSON()).toEqual(await jsonIn(name, 'vocabulary.json'));
    expect(notes).toEqual({ corpus: name });
  });

  it('saved again is the same model', async () => {
    const { model, ...rest } = await load(join(fixtures, name));
    const again = join(out, name);
    await saveNgramModel(again, model, rest);
    await expectAnswers<unknown>(await load(again), answers);
  });
});

describe('a model of format 1 without a vocabulary', () => {
  it('answers as it did', async () => {
    const { model, tokenizer, notes } = await loadModel(join(fixtures, 'lstm-without-vocabulary'));
    expect([model.vocabulary, tokenizer, notes]).toEqual([undefined, undefined, {}]);
    const { ids, logProbabilities, perplexity: whole } = expected.withoutVocabulary;
    expectClose(await model.score(Int32Array.from(ids)), logProbabilities);
    expect(await perplexity(model, Int32Array.from(ids))).toBeCloseTo(whole!, 3);
  });
});

describe('files of format 1 that were exchanged between two folders', () => {
  /** A copy of a folder with one of its files changed. */
  async function changed(name: string, file: string, change: (text: string) => string): Promise<string> {
    const folder = join(out, `${name} with another ${file}`);
    await cp(join(fixtures, name), folder, { recursive: true });
    const path = join(folder, file);
    const text = await readFile(path, 'utf8');
    expect(change(text)).not.toBe(text);
    await writeFile(path, change(text));
    return folder;
  }

  it.each([
    ['another vocabulary of the same size', 'rnn', 'vocabulary.json', '"C"', '"X"'],
    [
      'another architecture with the same shapes',
      'gru-reset-before',
      'config.json',
      '"resetAfter":false',
      '"resetAfter":true',
    ],
    ['another tokenizer', 'gru-tied-every-dropout', 'config.json', '"spaces":"drop"', '"spaces":"keep"'],
  ])('are noticed: %s', async (_, name, file, from, to) => {
    const folder = await changed(name, file, (text) => text.replace(from, to));
    await expect(loadModel(folder)).rejects.toThrow(DamagedModelFileError);
    await expect(loadModel(folder)).rejects.toThrow(`expected weights saved together with this ${file}`);
  });

  it('are noticed: another vocabulary of an n-gram model', async () => {
    const folder = await changed('ngram-laplace', 'vocabulary.json', (text) =>
      text.replace('"Call"', '"call"'),
    );
    await expect(loadNgramModel(folder)).rejects.toThrow(
      'expected weights saved together with this vocabulary.json',
    );
  });

  it('may differ in what weights do not depend on: dropout', async () => {
    const weaker = (text: string) => text.replace('"between":0.2', '"between":0.1');
    const { model } = await loadModel(await changed('gru-fused-dropout', 'config.json', weaker));
    expect(model.config.dropout).toEqual({ between: 0.1, output: 0.3, state: 0.1 });
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentError } from '@throughtime/errors';
import { decodeHeader, decodeSafetensors, encodeSafetensors } from '@throughtime/safetensors';
import { charTokenizer, Vocabulary } from '@throughtime/text-preprocess';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelFileName } from '../files/file-contents.js';
import {
  DamagedModelFileError,
  MissingModelFileError,
  NewerModelFileError,
} from '../files/model-files-error.js';
import { loadNgramModel, saveNgramModel } from '../node/model-directory.js';
import type { BackoffNgramModel } from './backoff-model.js';
import type { CountNgramModel } from './count-model.js';
import { addK, laplace, maximumLikelihood } from './count-smoothing.js';
import { countCorpus } from './counts.js';
import { kneserNey } from './kneser-ney.js';
import { isNgramConfig } from './ngram-config.js';
import { decodeNgramModel, encodeNgramModel } from './ngram-files.js';

const vocabulary = Vocabulary.fromList(['<unk>', '<s>', '</s>', 'a', 'b', 'c'], { unknown: '<unk>' });
const text = ['abcab', 'cab', 'bcabbac'].map((line) => vocabulary.encode([...line]));
const counts = countCorpus(text, {
  order: 3,
  vocabularySize: vocabulary.size,
  sentences: { begin: 1, end: 2 },
  unknown: 0,
});

const models = {
  'Kneser-Ney': kneserNey(counts).model,
  'maximum likelihood': maximumLikelihood(counts),
  'add-k': addK(counts, { k: 0.5 }),
  Laplace: laplace(counts, { epsilons: [1, 2, 3] }),
};

/** The files with each one's pieces joined, and changes to them. */
function files(
  model: BackoffNgramModel | CountNgramModel = models['Kneser-Ney'],
  changed: Partial<Record<ModelFileName, Uint8Array>> = {},
) {
  const encoded = Object.entries(encodeNgramModel(model, { vocabulary }));
  return {
    ...Object.fromEntries(encoded.map(([name, pieces]) => [name, Buffer.concat(pieces)])),
    ...changed,
  };
}

function withConfig(change: (config: Record<string, Record<string, unknown>>) => void) {
  const config = JSON.parse(Buffer.from(files()['config.json']!).toString());
  change(config);
  return files(undefined, { 'config.json': Buffer.from(JSON.stringify(config)) });
}

function withTensor(name: string, change: (data: Int32Array) => void) {
  const { tensors } = decodeSafetensors(Uint8Array.from(files()['model.safetensors']!));
  change(tensors.get(name)?.data as Int32Array);
  return files(undefined, { 'model.safetensors': encodeSafetensors(tensors) });
}

describe('the files of an n-gram model', () => {
  it('are refused where a bit of the data has flipped, unless that is accepted', () => {
    const weights = Uint8Array.from(files()['model.safetensors']!);
    // The lowest bit of the last back-off weight.
    const { dataStart, entries } = decodeHeader(weights);
    weights[dataStart + entries.get('backoff')!.end - 4] ^= 1;
    const damaged = files(undefined, { 'model.safetensors': weights });
    expect(() => decodeNgramModel(damaged)).toThrow(
      'model.safetensors: damaged: the data do not match their checksum',
    );
    const warnings: string[] = [];
    const onWarning = (warning: string) => warnings.push(warning);
    decodeNgramModel(damaged, { acceptDamage: true, onWarning });
    decodeNgramModel(
      withTensor('token', () => {}),
      { onWarning },
    );
    decodeNgramModel(files(), { onWarning });
    expect(warnings).toEqual([
      expect.stringContaining('damaged'),
      expect.stringContaining('has no checksum'),
    ]);
  });

  it.each(Object.entries(models))('hold all of it: %s', (_, model) => {
    const ids = vocabulary.encode([...'abcxcab']);
    const loaded = decodeNgramModel(files(model));
    expect(loaded.model.score(ids)).toEqual(model.score(ids));
    expect(loaded.model).toBeInstanceOf(model.constructor);
    expect(loaded.model.trie).toEqual(model.trie);
    expect(loaded.model).toMatchObject({ order: 3, unknown: 0, sentences: { begin: 1, end: 2 } });
    expect(loaded.vocabulary.tokens).toEqual(vocabulary.tokens);
  });

  it('keep the tokenizer and notes', () => {
    const encoded = encodeNgramModel(models.Laplace, {
      vocabulary,
      tokenizer: charTokenizer(),
      notes: { corpus: 'letters' },
    });
    const joined = Object.fromEntries(
      Object.entries(encoded).map(([name, parts]) => [name, Buffer.concat(parts)]),
    );
    const { tokenizer, notes } = decodeNgramModel(joined);
    expect(tokenizer?.toJSON()).toEqual(charTokenizer().toJSON());
    expect(notes).toEqual({ corpus: 'letters' });
    expect(isNgramConfig(joined['config.json'].toString())).toBe(true);
    expect(isNgramConfig('{"format":"throughtime-language-model"}')).toBe(false);
    expect(isNgramConfig('{')).toBe(false);
  });

  it('need the vocabulary that they were saved with, though another has the same size', () => {
    const other = Vocabulary.fromList(vocabulary.tokens.map((token) => `${token}'`));
    const mixed = { 'vocabulary.json': Buffer.from(JSON.stringify(other.toJSON())) };
    expect(() => decodeNgramModel(files(undefined, mixed))).toThrow(
      'model.safetensors: expected weights saved together with this vocabulary.json',
    );
  });

  it('are refused by name where a newer release wrote them', () => {
    const newer = withConfig((config) => Object.assign(config, { version: 2 }));
    expect(() => decodeNgramModel(newer)).toThrow(NewerModelFileError);
    expect(() => decodeNgramModel(newer)).toThrow('config.json: version: expected at most 1, got 2');
  });

  it('need the right vocabulary', () => {
    const other = Vocabulary.fromList(['a']);
    expect(() => encodeNgramModel(models.Laplace, { vocabulary: other })).toThrow(ArgumentError);
    const small = { 'vocabulary.json': Buffer.from(JSON.stringify(other.toJSON())) };
    expect(() => decodeNgramModel(files(undefined, small))).toThrow('vocabulary.json: expected 6 tokens');
  });

  it.each<[string, () => Parameters<typeof decodeNgramModel>[0], string]>([
    [
      'another kind',
      () => withConfig((c) => Object.assign(c, { kind: 'x' })),
      "kind: expected 'ngram', got 'x'",
    ],
    [
      'a version that is none',
      () => withConfig((c) => Object.assign(c, { version: 'two' })),
      "version: expected a whole number from 1 to 1, got 'two'",
    ],
    [
      'an unknown id',
      () => withConfig((c) => Object.assign(c.model, { unknown: 9 })),
      'model.unknown: expected an id',
    ],
    [
      'a field that is not known',
      () => withConfig((c) => Object.assign(c.model, { discounts: 3 })),
      'config.json: model.discounts: expected the name of an option',
    ],
    ['an order in words', () => withConfig((c) => Object.assign(c.model, { order: 'three' })), 'model.order'],
    [
      'half of its sentence marks',
      () => withConfig((c) => Object.assign(c.model, { sentences: { begin: 1 } })),
      'model.sentences.end: expected a whole number',
    ],
    [
      'an odd smoothing',
      () => withConfig((c) => Object.assign(c.model, { smoothing: 1 })),
      'model.smoothing',
    ],
    [
      'a changed order',
      () => withConfig((c) => Object.assign(c.model, { order: 2 })),
      "'level_start': expected I32 [4]",
    ],
    ['no JSON', () => files(undefined, { 'config.json': Buffer.from('{') }), 'config.json: expected JSON'],
    ['half a file', () => files(undefined, { 'model.safetensors': Buffer.from([9]) }), 'model.safetensors'],
    ['a token too high', () => withTensor('token', (d) => d.fill(99, 8, 9)), 'token: expected rising ids'],
    [
      'a suffix on its own level',
      () => withTensor('suffix', (d) => d.fill(8, 8, 9)),
      'suffix: expected a node of order 1',
    ],
    [
      'children out of order',
      () => withTensor('child_start', (d) => d.fill(0, 3, 4)),
      'child_start: expected no fall',
    ],
    [
      'children far beyond its end',
      () => withTensor('child_start', (d) => d.fill(2 ** 31 - 1, 3, 4)),
      'child_start: expected at most',
    ],
    [
      'a level that falls',
      () => withTensor('level_start', (d) => d.fill(3, 3, 4)),
      'level_start: expected no fall',
    ],
    [
      'a probability above 1',
      () => withTensor('log_probability', (d) => d.fill(1)),
      'logarithms up to 0, got 1',
    ],
    [
      'a weight that is none',
      () => withTensor('backoff', (d) => d.fill(Number.NaN)),
      'expected logarithms, got NaN',
    ],
  ])('are refused with %s', (_, damaged, problem) => {
    expect(() => decodeNgramModel(damaged())).toThrow(DamagedModelFileError);
    expect(() => decodeNgramModel(damaged())).toThrow(problem);
  });
});

describe('a directory with an n-gram model', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ngram-model-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('is made, written and read back', async () => {
    const home = join(directory, 'new', 'model');
    await saveNgramModel(home, models['Kneser-Ney'], { vocabulary });
    const { model } = await loadNgramModel(home);
    expect(model.trie).toEqual(models['Kneser-Ney'].trie);
  });

  it('names the file that is missing or damaged, with its path', async () => {
    await expect(loadNgramModel(directory)).rejects.toThrow(MissingModelFileError);
    await saveNgramModel(directory, models.Laplace, { vocabulary });
    await writeFile(join(directory, 'vocabulary.json'), 'x');
    await expect(loadNgramModel(directory)).rejects.toThrow(join(directory, 'vocabulary.json'));
  });
});

// Every format of JSON that we save, in every version of it: whatever is missing or wrong in the fields, a reader gives what was
// saved or its named error. The files are the fixtures of each version, and what this version writes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint, InvalidCheckpointError } from '@throughtime/bptt-trainer';
import { decodeForecaster, encodeForecaster, InvalidModelError } from '@throughtime/forecasting';
import { decodeModel, decodeNgramModel, encodeModel, ModelFileError } from '@throughtime/lang-model';
import { InvalidTaskModelError } from '@throughtime/sequence-tasks';
import { decodeTask } from '@throughtime/sequence-tasks/tfjs';
import {
  byteTokenizer,
  charTokenizer,
  InvalidFormatError,
  regexTokenizer,
  sentenceTokenizer,
  tokenizerFromJSON,
  trainBpe,
  treebankTokenizer,
  unicodeWordTokenizer,
  Vocabulary,
  wordTokenizer,
} from '@throughtime/text-preprocess';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
// @ts-expect-error: Vite reads sources by their own names alone where a .mjs file asks.
import { decodeRecord, encodeRecord, RunRecordError } from '../apps/char-generator/src/core/run-record.ts';
// @ts-expect-error: as above
import { completeSettings } from '../apps/char-generator/src/core/settings.ts';
import { root } from './workspace.mjs';

/** @typedef {Record<string, Uint8Array>} Files by name */

/** @param {string} folder @returns {Files[]} */
function fixtures(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const names = readdirSync(join(root, folder, name));
      return Object.fromEntries(names.map((file) => [file, readFileSync(join(root, folder, name, file))]));
    });
}

/** @param {Uint8Array} file */
const parsed = (file) => JSON.parse(Buffer.from(file).toString());
/** @param {unknown} value */
const bytes = (value) => Buffer.from(JSON.stringify(value));
/** @param {Record<string, readonly Uint8Array[]>} files @returns {Files} */
const joined = (files) =>
  Object.fromEntries(Object.entries(files).map(([name, parts]) => [name, Buffer.concat(parts)]));

const models = fixtures('packages/lang-model/src/files/fixtures/format-1').filter(
  (files) => files['model.safetensors'],
);
const isNgram = (/** @type {Files} */ files) => parsed(files['config.json']).kind === 'ngram';
const recurrent = models.filter((files) => !isNgram(files));
const ngrams = models.filter(isNgram);
const withVocabulary = models.filter((files) => files['vocabulary.json']);
const forecasters = fixtures('packages/forecasting/src/files/fixtures/format-1');
const tasks = fixtures('packages/sequence-tasks/src/files/fixtures/format-1');
const checkpoints = fixtures('packages/bptt-trainer/src/snapshot/fixtures/format-1').map((files) =>
  decodeCheckpoint(Object.values(files)[0]),
);
const settings = completeSettings({});
const { hiddenSize: hidden, ...otherSettings } = settings;
const options = { acceptDamage: true };

/**
 * @typedef {object} Format
 * @property {any[]} saved
 * @property {(json: any, index: number) => unknown} read
 * @property {new (...args: any[]) => Error} error
 */

/** Files in which only the config is another one. @param {Files[]} saved */
const configOf = (saved) => (/** @type {any} */ config, /** @type {number} */ i) => ({
  ...saved[i],
  'config.json': bytes(config),
});
/** @param {Files[]} saved @param {(files: any) => Files} again @returns {Files[]} */
const inNewestVersion = (saved, again) => saved.map((files) => ({ ...files, ...again(files) }));

const recurrentNow = inNewestVersion(recurrent, (files) => {
  const { model, tokenizer } = decodeModel(files, options);
  return joined(encodeModel(model, tokenizer && { tokenizer }));
});
const forecastersNow = inNewestVersion(forecasters, (files) =>
  joined(encodeForecaster(decodeForecaster(files, options).forecaster)),
);
const tokenizers = [
  charTokenizer(),
  wordTokenizer(),
  byteTokenizer(),
  treebankTokenizer(),
  sentenceTokenizer(),
  unicodeWordTokenizer(),
  regexTokenizer({ pattern: /\w+/gu }),
  trainBpe(['a few words, a few more'], { vocabularySize: 262 }),
];

/** @type {Record<string, Format>} */
const formats = {
  'config.json of a recurrent model, version 1': {
    saved: recurrent.map((files) => parsed(files['config.json'])),
    read: (config, i) => decodeModel(configOf(recurrent)(config, i), options),
    error: ModelFileError,
  },
  'config.json of a recurrent model, version 2': {
    saved: recurrentNow.map((files) => parsed(files['config.json'])),
    read: (config, i) => decodeModel(configOf(recurrentNow)(config, i), options),
    error: ModelFileError,
  },
  'config.json of an n-gram model': {
    saved: ngrams.map((files) => parsed(files['config.json'])),
    read: (config, i) => decodeNgramModel(configOf(ngrams)(config, i), options),
    error: ModelFileError,
  },
  'vocabulary.json': {
    saved: withVocabulary.map((files) => parsed(files['vocabulary.json'])),
    read: (vocabulary) => Vocabulary.fromJSON(vocabulary),
    error: InvalidFormatError,
  },
  'a tokenizer': {
    saved: tokenizers.map((tokenizer) => JSON.parse(JSON.stringify(tokenizer))),
    read: (tokenizer) => tokenizerFromJSON(tokenizer),
    error: InvalidFormatError,
  },
  'config.json of a forecaster, version 1': {
    saved: forecasters.map((files) => parsed(files['config.json'])),
    read: (config, i) => decodeForecaster(configOf(forecasters)(config, i), options),
    error: InvalidModelError,
  },
  'config.json of a forecaster, version 2': {
    saved: forecastersNow.map((files) => parsed(files['config.json'])),
    read: (config, i) => decodeForecaster(configOf(forecastersNow)(config, i), options),
    error: InvalidModelError,
  },
  'config.json of a sequence task': {
    saved: tasks.map((files) => parsed(files['config.json'])),
    read: (config, i) => decodeTask(configOf(tasks)(config, i), options),
    error: InvalidTaskModelError,
  },
  'the memory of a checkpoint': {
    saved: checkpoints.map(({ memory }) => memory),
    read: (memory, i) =>
      decodeCheckpoint(Buffer.concat(encodeCheckpoint({ memory, tensors: checkpoints[i].tensors }))),
    error: InvalidCheckpointError,
  },
  'the record of a run, version 1': {
    saved: ['throughtime-training', 'throughtime-page-run'].map((format) => ({
      ...{ format, version: 1, settings: { ...otherSettings, hidden }, corpusHash: 'ab', epochs: 3 },
    })),
    read: (record) => decodeRecord(JSON.stringify(record), 'training.json'),
    error: RunRecordError,
  },
  'the record of a run, version 2': {
    saved: [JSON.parse(encodeRecord({ settings, corpusHash: 'ab', run: 'cd', epochs: 3 }))],
    read: (record) => decodeRecord(JSON.stringify(record), 'training.json'),
    error: RunRecordError,
  },
};

describe.each(Object.entries(formats))('%s', (_, { saved, read, error }) => {
  it('is read', () => {
    expect(saved.length).toBeGreaterThan(0);
    saved.forEach((json, i) => {
      read(json, i);
    });
  });

  it('with fields that are missing or wrong is read, or refused by name', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: saved.length - 1 }),
        fc.array(fc.record({ place: fc.nat(), value: replacement }), { minLength: 1, maxLength: 3 }),
        (i, changes) => {
          const changed = changes.reduce((json, change) => withChange(json, change), saved[i]);
          try {
            read(changed, i);
          } catch (thrown) {
            if (thrown instanceof error) return;
            throw new Error(
              `expected ${error.name}, got ${thrown} for ${JSON.stringify(changed).slice(0, 3000)}`,
              { cause: thrown },
            );
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

/** In the place of a field; undefined: the field is dropped. */
const replacement = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(
    0,
    -1,
    0.5,
    2 ** 31,
    2 ** 53,
    1e308,
    '',
    '__proto__',
    'constructor',
    '9999-12-31',
    null,
    [],
    {},
  ),
  fc.jsonValue(),
);

/**
 * Any JSON with another value in one of its places, counted from the root.
 * @param {any} json @param {{ place: number, value: unknown }} change
 */
function withChange(json, { place, value }) {
  const places = allPlaces(json);
  if (places.length === 0) return value ?? null;
  const path = places[place % places.length];
  const copy = structuredClone(json);
  const inside = path.slice(0, -1).reduce((part, name) => part[name], copy);
  const name = path[path.length - 1];
  if (value !== undefined) inside[name] = value;
  else if (Array.isArray(inside)) inside.splice(Number(name), 1);
  else delete inside[name];
  return copy;
}

/** Of fields, and of the first items of lists. @param {any} json @returns {string[][]} */
function allPlaces(json) {
  if (typeof json !== 'object' || json === null) return [];
  return Object.keys(json)
    .slice(0, 40)
    .flatMap((name) => [[name], ...allPlaces(json[name]).map((path) => [name, ...path])]);
}

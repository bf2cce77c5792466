import '@tensorflow/tfjs-backend-wasm';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { labeledBatches, pairBatches } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import { Vocabulary } from '@throughtime/text-preprocess';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InvalidTaskModelError } from '../errors.js';
import { EncoderDecoder } from '../models/encoder-decoder.js';
import { SequenceLabeler } from '../models/sequence-labeler.js';
import { loadTask, saveTask } from '../node/index.js';
import { decodeTask, encodeTask, type TaskModel } from './task-files.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const random = Random.seeded(1);
const small = { embeddingSize: 3, hiddenSize: 4, random };
const labeler = () =>
  new SequenceLabeler({ task: 'classification', vocabularySize: 3, classes: 2, ...small });
const translator = () => new EncoderDecoder({ sourceVocabularySize: 3, targetVocabularySize: 4, ...small });
const [labeled] = labeledBatches([{ tokens: [0, 1, 2], label: 1 }], { batchSize: 1 });
const [pair] = pairBatches([{ source: [0, 1, 2], target: [0, 1, 3] }], { batchSize: 1 });
const lossOf = async (model: TaskModel) =>
  (await (model instanceof SequenceLabeler ? model.evaluate(labeled) : model.evaluate(pair))).loss;
const bytesOf = (model: TaskModel, options = {}) =>
  Object.fromEntries(
    Object.entries(encodeTask(model, options)).map(([name, pieces]) => [
      name,
      new Uint8Array(Buffer.concat(pieces)),
    ]),
  );
const words = Vocabulary.fromTokens(['a', 'b', 'c'], { unknown: null });

describe('a saved model', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'throughtime-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is the same when it is loaded, with its vocabularies and notes', async () => {
    for (const model of [labeler(), translator()]) {
      await saveTask(directory, model, { vocabularies: { input: words }, notes: { epochs: 3 } });
      const { model: loaded, vocabularies, notes } = await loadTask(directory);
      expect(loaded.config).toEqual(model.config);
      expect(await lossOf(loaded)).toBe(await lossOf(model));
      expect(vocabularies.input?.tokens).toEqual(words.tokens);
      expect(vocabularies.output).toBeUndefined();
      expect(notes).toEqual({ epochs: 3 });
    }
    expect((await readdir(directory)).sort()).toEqual(['config.json', 'model.safetensors']);
  });

  it('of every version of the format is read', async () => {
    const fixtures = fileURLToPath(new URL('fixtures/format-1', import.meta.url));
    const names = await readdir(fixtures);
    expect(names.length).toBe(4);
    for (const name of names) {
      const { model, vocabularies, notes } = await loadTask(join(fixtures, name));
      await saveTask(directory, model, { vocabularies, notes });
      for (const file of await readdir(directory)) {
        expect(await readFile(join(directory, file))).toEqual(await readFile(join(fixtures, name, file)));
      }
    }
  });

  it('is refused where files are missing, damaged, exchanged or of another kind', async () => {
    await expect(loadTask(directory)).rejects.toThrow(InvalidTaskModelError);
    await saveTask(directory, labeler());
    const weights = join(directory, 'model.safetensors');
    const damaged = await readFile(weights);
    damaged[damaged.length - 3] ^= 1;
    await writeFile(weights, damaged);
    await expect(loadTask(directory)).rejects.toThrow(
      'model.safetensors: expected the data that its checksum',
    );
    const warnings: string[] = [];
    await loadTask(directory, { acceptDamage: true, onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([`${weights}: damaged: it does not match its checksum`]);
    await writeFile(join(directory, 'config.json'), '{"format":"throughtime-forecaster","version":1}');
    await expect(loadTask(directory)).rejects.toThrow("expected 'throughtime-task'");

    const files = bytesOf(labeler());
    const withConfig = (change: (config: Record<string, unknown>) => void) => {
      const config = JSON.parse(new TextDecoder().decode(files['config.json']));
      change(config);
      return { ...files, 'config.json': new TextEncoder().encode(JSON.stringify(config)) };
    };
    const read = (changed: typeof files) => () => decodeTask(changed, { acceptDamage: true });
    expect(read({ ...files, 'config.json': bytesOf(translator())['config.json'] })).toThrow(
      'model.safetensors: expected as many weights as config.json has',
    );
    expect(read(withConfig((config) => Object.assign(config, { version: 2 })))).toThrow('a newer release');
    expect(read(withConfig((config) => Object.assign(config.model as object, { hiddenSize: 1e9 })))).toThrow(
      InvalidTaskModelError,
    );
    expect(read(withConfig((config) => Object.assign(config.model as object, { hiddenSize: 3 })))).toThrow(
      "'rnn.weight_ih_l0': expected shape [9, 3], got",
    );
    expect(read(withConfig((config) => Object.assign(config.model as object, { hidden: 3 })))).toThrow(
      'hidden',
    );
    expect(() =>
      decodeTask({
        ...files,
        'config.json': bytesOf(labeler(), { vocabularies: { input: words } })['config.json'],
      }),
    ).toThrow('config.json: expected the data that its checksum was made of');
  });

  it('is not written with weights or vocabularies that are none', () => {
    const model = labeler();
    expect(() => encodeTask(model, { vocabularies: { output: words } })).toThrow(
      'vocabularies.output: expected 2 tokens, as the model has, got 3',
    );
    model.parameters[1].data[0] = Number.NaN;
    expect(() => encodeTask(model)).toThrow("model: expected finite weights, got NaN in 'rnn.weight_ih_l0'");
  });
});

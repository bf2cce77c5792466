import { copyFile, mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@throughtime/random';
import { Vocabulary } from '@throughtime/text-preprocess';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DamagedModelFileError, MissingModelFileError } from '../files/model-files-error.js';
import { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import { loadModel, saveModel } from './model-directory.js';

describe('a model directory', () => {
  const vocabulary = Vocabulary.fromList(['a', 'b', 'c']);
  const model = () => new RecurrentLanguageModel({ vocabulary, hiddenSize: 4, random: Random.seeded(1) });
  let parent: string;
  let directory: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'model directory '));
    directory = join(parent, 'new', 'model');
  });

  afterEach(() => rm(parent, { recursive: true }));

  it('is made, written and read back', async () => {
    const saved = model();
    await saveModel(directory, saved, { notes: { epochs: 3 } });
    const { model: loaded, notes } = await loadModel(directory);
    expect(loaded.parameters.map(({ data }) => [...data])).toEqual(
      saved.parameters.map(({ data }) => [...data]),
    );
    expect(notes).toEqual({ epochs: 3 });
    expect((await readdir(directory)).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'vocabulary.json',
    ]);
  });

  it('has its weights alone replaced when the model is saved again', async () => {
    const saved = model();
    await saveModel(directory, saved);
    const before = await stat(join(directory, 'config.json'), { bigint: true });
    saved.parameters[0].data[0] = 7;
    await saveModel(directory, saved);
    const after = await stat(join(directory, 'config.json'), { bigint: true });
    expect(after.ino).toBe(before.ino);
    expect(after.mtimeNs).toBe(before.mtimeNs);
    expect((await loadModel(directory)).model.parameters[0].data[0]).toBe(7);
  });

  it('that a kill left between two files is refused by path', async () => {
    await saveModel(directory, model());
    const other = join(parent, 'other');
    const xyz = Vocabulary.fromList(['x', 'y', 'z']);
    await saveModel(
      other,
      new RecurrentLanguageModel({ vocabulary: xyz, hiddenSize: 4, random: Random.seeded(2) }),
    );
    await copyFile(join(other, 'vocabulary.json'), join(directory, 'vocabulary.json'));
    await expect(loadModel(directory)).rejects.toThrow(DamagedModelFileError);
    await expect(loadModel(directory)).rejects.toThrow(
      `${join(directory, 'model.safetensors')}: expected weights saved together with this vocabulary.json`,
    );
  });

  it('whose weights do not fit is refused by their header, before they are read', async () => {
    await saveModel(directory, model());
    const path = join(directory, 'model.safetensors');
    // 3 GiB that are not there (a hole in the file): beyond what Node reads at once, and more than a refusal may cost.
    const elements = 3 * 2 ** 28;
    const header = { 'decoder.bias': { dtype: 'F32', shape: [elements], data_offsets: [0, 4 * elements] } };
    const json = new TextEncoder().encode(JSON.stringify(header));
    await writeFile(path, [new Uint8Array(BigUint64Array.of(BigInt(json.length)).buffer), json]);
    await truncate(path, 8 + json.length + 4 * elements);
    const before = process.memoryUsage().arrayBuffers;
    await expect(loadModel(directory)).rejects.toThrow(
      `${path}: expected a weight 'rnn.weight_ih_l0', found none`,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });

  it('with a file missing, cut short or in its place a file is refused by path', async () => {
    await saveModel(directory, model());
    const path = join(directory, 'model.safetensors');
    await truncate(path, 100);
    await expect(loadModel(directory)).rejects.toThrow(DamagedModelFileError);
    await expect(loadModel(directory)).rejects.toThrow(path);
    await rm(path);
    await expect(loadModel(directory)).rejects.toThrow(MissingModelFileError);
    await expect(loadModel(join(parent, 'nothing'))).rejects.toThrow(MissingModelFileError);
    await writeFile(join(parent, 'file'), '');
    await expect(loadModel(join(parent, 'file'))).rejects.toThrow(MissingModelFileError);
  });
});

import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
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
  const model = () => new RecurrentLanguageModel({ vocabulary, units: 4, random: Random.seeded(1) });
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

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { archive, archiveEntry } from '../texts/fixtures/archive.js';
import { entryFiles, textFiles } from './text-files.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughtime-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('extracts the parts of an archive in a mirror into the cache', async () => {
  const [mirror, cache] = [join(folder, 'mirror'), join(folder, 'cache')];
  await mkdir(mirror);
  await writeFile(join(mirror, 'corpus.zip'), archive);
  const files = await entryFiles('corpus', archiveEntry('http://127.0.0.1:9'), { mirror, cache });
  expect(files).toEqual([
    { part: 'train', path: join(cache, 'corpus/corpus/train.txt') },
    { part: 'validation', path: join(cache, 'corpus/corpus/valid.txt') },
    { part: 'test', path: join(cache, 'corpus/corpus/test.txt') },
  ]);
  expect(await readFile(files[0].path, 'utf8')).toBe('train — one\n');
  expect(await readdir(mirror)).toEqual(['corpus.zip']);

  // The extracted files are made again: they are as right as the archive.
  await writeFile(files[2].path, 'damaged');
  await entryFiles('corpus', archiveEntry('http://127.0.0.1:9'), { mirror, cache });
  expect(await readFile(files[2].path, 'utf8')).toBe('test\n');
});

it('has no file for an embedded text', async () => {
  await expect(textFiles('alice')).rejects.toThrow('this one is embedded: use loadText');
  await expect(textFiles('nothing')).rejects.toThrow("got 'nothing'");
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readWholeFile } from './read-whole-file.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whole-file-'));
});

afterEach(() => rm(folder, { recursive: true }));

it('reads a file in pieces, whatever they leave for the last one', async () => {
  const path = join(folder, 'file');
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251);
  for (const length of [0, 1, 99, 100, 101, 1000]) {
    await writeFile(path, bytes.subarray(0, length));
    for (const piece of [1, 100, 5000])
      expect(await readWholeFile(path, piece)).toEqual(bytes.slice(0, length));
  }
  await expect(readWholeFile(join(folder, 'none'))).rejects.toThrow('ENOENT');
});

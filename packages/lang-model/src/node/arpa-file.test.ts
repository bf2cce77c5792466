import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArpaFormatError, ArpaTokenError } from '../ngram/arpa-format.js';
import { readArpaFile, writeArpaFile } from './arpa-file.js';

const fixture = fileURLToPath(new URL('../ngram/fixtures/words.o2.arpa.gz', import.meta.url));

describe('an ARPA file', () => {
  let directory: string;
  let path: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'arpa file '));
    path = join(directory, 'model.arpa');
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('is read, packed or not, and written', async () => {
    const { model, tokens } = await readArpaFile(fixture);
    await writeArpaFile(path, model, tokens);
    const again = await readArpaFile(path);
    expect(again.tokens).toEqual(tokens);
    expect(again.model.tables).toEqual(model.tables);
  });

  it('is packed where its name says so', async () => {
    const { model, tokens } = await readArpaFile(fixture);
    await writeArpaFile(path, model, tokens);
    await writeArpaFile(`${path}.gz`, model, tokens);
    expect(gunzipSync(await readFile(`${path}.gz`))).toEqual(await readFile(path));
    const again = await readArpaFile(`${path}.gz`);
    expect(again.model.tables).toEqual(model.tables);
    await expect(writeArpaFile(`${path}.gz`, model, tokens.with(9, 'a b'))).rejects.toThrow(ArpaTokenError);
    expect((await readArpaFile(`${path}.gz`)).tokens).toEqual(tokens);
    expect((await readdir(directory)).sort()).toEqual(['model.arpa', 'model.arpa.gz']);
  });

  it('is not touched by a model that cannot be written', async () => {
    const { model, tokens } = await readArpaFile(fixture);
    await writeFile(path, 'before');
    await expect(writeArpaFile(path, model, tokens.with(9, 'a b'))).rejects.toThrow(ArpaTokenError);
    expect(await readdir(directory)).toEqual(['model.arpa']);
    await expect(readArpaFile(path)).rejects.toThrow(ArpaFormatError);
  });

  it('is named where it is wrong, missing or cut short', async () => {
    await writeFile(path, '\\data\\\nngram 1=x\n');
    await expect(readArpaFile(path)).rejects.toThrow(`${path}: ARPA file, line 2`);
    await expect(readArpaFile(join(directory, 'none.arpa'))).rejects.toThrow('ENOENT');
    await expect(readArpaFile(join(directory, 'none.arpa.gz'))).rejects.toThrow('ENOENT');
    await writeFile(`${path}.gz`, gzipSync('\\data\\\n'.repeat(1000)).subarray(0, 30));
    await expect(readArpaFile(`${path}.gz`)).rejects.toThrow(
      `${path}.gz: ARPA file: not unpacked: unexpected end of file`,
    );
  });
});

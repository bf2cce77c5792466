import {
  chmod,
  type FileHandle,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../encode.js';
import { InvalidTensorError, TruncatedSafetensorsError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { readAt, readWholeFile, writeWhole } from './large-files.js';
import { replaceFile } from './replace-file.js';
import { readSafetensorsFile, readSafetensorsHeader, writeSafetensorsFile } from './safetensors-file.js';

const weight: Tensor = { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});

afterEach(async () => {
  await chmod(folder, 0o755);
  await rm(folder, { recursive: true });
});

describe('writeSafetensorsFile and readSafetensorsFile', () => {
  it('write and read a file, and leave nothing beside it', async () => {
    const path = join(folder, 'model.safetensors');
    await writeSafetensorsFile(path, { weight }, { format: 'pt' });
    expect(new Uint8Array(await readFile(path))).toEqual(encodeSafetensors({ weight }, { format: 'pt' }));
    expect((await readSafetensorsFile(path)).tensors.get('weight')).toEqual(weight);
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });

  it('keep the old file when the new tensors are refused', async () => {
    const path = join(folder, 'model.safetensors');
    await writeSafetensorsFile(path, { weight });
    const bad: Tensor = { ...weight, shape: [3] } as Tensor;
    await expect(writeSafetensorsFile(path, { bad })).rejects.toThrow(InvalidTensorError);
    expect([...(await readSafetensorsFile(path)).tensors.keys()]).toEqual(['weight']);
  });

  it('name the file that is cut short', async () => {
    const path = join(folder, 'short.safetensors');
    const bytes = encodeSafetensors({ weight });
    for (const length of [0, 5, 20, bytes.byteLength - 1]) {
      await writeFile(path, bytes.subarray(0, length));
      await expect(readSafetensorsFile(path)).rejects.toThrow(TruncatedSafetensorsError);
      await expect(readSafetensorsFile(path)).rejects.toThrow(`${path}: cut short`);
    }
  });
});

describe('readSafetensorsHeader', () => {
  it('gives what the file has without its data, checked as the whole is', async () => {
    const path = join(folder, 'model.safetensors');
    await writeSafetensorsFile(path, { weight }, { format: 'pt' });
    const { entries, metadata, totalBytes } = await readSafetensorsHeader(path);
    expect(entries.get('weight')).toMatchObject({ dtype: 'F32', shape: [2] });
    expect(metadata).toEqual({ format: 'pt' });
    expect(totalBytes).toBe((await stat(path)).size);
    await truncate(path, totalBytes - 1);
    await expect(readSafetensorsHeader(path)).rejects.toThrow(TruncatedSafetensorsError);
    await expect(readSafetensorsHeader(path)).rejects.toThrow(path);
  });
});

describe('files beyond what one call of Node reads or writes', () => {
  it('are read and written in parts', async () => {
    const asked: number[] = [];
    const counted = (length: number) => {
      asked.push(length);
      return length;
    };
    // Stands for a file of 2.5 GiB, which no test has room for.
    const file = {
      read: async (_: Uint8Array, __: number, length: number) => ({ bytesRead: counted(length) }),
      write: async (_: Uint8Array, __: number, length: number) => ({ bytesWritten: counted(length) }),
    } as unknown as FileHandle;
    expect((await readAt(file, 0, 2.5 * 2 ** 30)).byteLength).toBe(2.5 * 2 ** 30);
    await writeWhole(file, { byteLength: 2.5 * 2 ** 30 } as Uint8Array);
    expect(asked).toEqual([2 ** 30, 2 ** 30, 2 ** 29, 2 ** 30, 2 ** 30, 2 ** 29]);
  });

  it('are read whole', async () => {
    const path = join(folder, 'x');
    await writeFile(path, 'content');
    expect(new TextDecoder().decode(await readWholeFile(path))).toBe('content');
    await expect(readWholeFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('replaceFile', () => {
  it('joins the pieces and replaces what was there', async () => {
    const path = join(folder, 'x');
    await writeFile(path, 'old and longer');
    await replaceFile(path, [Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)]);
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
  });

  it('removes what it wrote beside when the rename fails', async () => {
    // A folder that is not empty cannot be replaced by a file.
    await mkdir(join(folder, 'taken', 'inside'), { recursive: true });
    await expect(replaceFile(join(folder, 'taken'), [Uint8Array.of(1)])).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
    expect((await stat(join(folder, 'taken'))).isDirectory()).toBe(true);
  });

  it('passes on that the folder is missing', async () => {
    await expect(replaceFile(join(folder, 'none', 'x'), [])).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

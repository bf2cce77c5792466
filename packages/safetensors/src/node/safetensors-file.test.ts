import { chmod, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TruncatedFileError } from '@throughtime/platform/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeSafetensors } from '../encode.js';
import { InvalidTensorError, TruncatedSafetensorsError } from '../errors.js';
import type { Tensor } from '../tensor.js';
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

  it('name the file that someone cuts while it is read', async () => {
    const path = join(folder, 'model.safetensors');
    await writeSafetensorsFile(path, { weight });
    const file = await open(path);
    const reads = vi.spyOn(Object.getPrototypeOf(file), 'read').mockResolvedValue({ bytesRead: 0 });
    try {
      const failure = await readSafetensorsFile(path).catch((error) => error);
      expect(failure).toBeInstanceOf(TruncatedSafetensorsError);
      expect(failure.message).toContain(`${path}: cut short`);
      expect(failure.cause).toBeInstanceOf(TruncatedFileError);
    } finally {
      reads.mockRestore();
      await file.close();
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

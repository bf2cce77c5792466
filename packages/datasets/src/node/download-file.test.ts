import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadFile } from './download-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughtime-node-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('downloadFile', () => {
  it('finds a file of the caller in the mirror', async () => {
    const bytes = Buffer.from('hello');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await writeFile(join(folder, 'mine.txt'), bytes);
    const file = { file: 'mine.txt', url: 'http://127.0.0.1:9/mine.txt', bytes: 5, sha256 };
    expect(await downloadFile(file, { mirror: folder })).toBe(join(folder, 'mine.txt'));
    await expect(downloadFile({ ...file, file: '../mine.txt' })).rejects.toThrow(
      'file.file: expected a file name',
    );
    await expect(downloadFile({ ...file, sha256: 'x' })).rejects.toThrow('file.sha256: expected 64');
    await expect(downloadFile({ ...file, bytes: -1 })).rejects.toThrow('file.bytes: expected');
    // @ts-expect-error: a typing error
    await expect(downloadFile(file, { miror: folder })).rejects.toThrow("did you mean 'mirror'?");
  });
});

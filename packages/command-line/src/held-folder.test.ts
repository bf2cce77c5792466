import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderLockedError } from '@throughtime/platform/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from './errors.js';
import { HeldFolder } from './held-folder.js';

let base: string;
let out: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'held-'));
  out = join(base, 'out');
});

afterEach(() => rm(base, { recursive: true, force: true }));

describe('HeldFolder', () => {
  it('is made and held when the run begins to write, and free afterwards', async () => {
    await HeldFolder.during(out, async (folder) => {
      expect(folder.isHeld).toBe(false);
      expect(await readdir(base)).toEqual([]);
      await folder.begin();
      expect(folder.isHeld).toBe(true);
      await expect(HeldFolder.at(out)).rejects.toThrow(FolderLockedError);
      // Again does no harm.
      await folder.begin();
    });
    expect(await readdir(out)).toEqual([]);
  });

  it('is held from the start where it is there', async () => {
    await mkdir(out);
    await HeldFolder.during(out, async () => {
      await expect(HeldFolder.during(out, async () => {})).rejects.toThrow(FolderLockedError);
    });
    await HeldFolder.during(out, async () => {});
  });

  it('is free after work that failed', async () => {
    await mkdir(out);
    await expect(HeldFolder.during(out, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    await (await HeldFolder.at(out)).free();
  });

  it('is rid of what killed runs left, in the parts that are written to', async () => {
    const leftOver = '.model.safetensors.01234567-89ab-cdef-0123-456789abcdef.tmp';
    for (const part of ['', 'mine', 'other']) {
      await mkdir(join(out, part), { recursive: true });
      await writeFile(join(out, part, leftOver), 'half');
      await writeFile(join(out, part, 'kept'), 'whole');
    }
    await HeldFolder.during(out, (folder) => folder.begin(['mine', 'not there yet']));
    expect((await readdir(out)).sort()).toEqual(['kept', 'mine', 'other']);
    expect(await readdir(join(out, 'mine'))).toEqual(['kept']);
    expect(await readdir(join(out, 'other'))).toContain(leftOver);
  });

  it.runIf(process.platform === 'linux')('names the option where a folder takes no other', async () => {
    await expect(HeldFolder.during('/proc/x', (folder) => folder.begin())).rejects.toThrow(
      "--out: expected a folder that can be written to, got '/proc/x' (ENOENT)",
    );
  });

  it('names the option where it cannot be written to', async () => {
    await writeFile(out, 'a file');
    const refused = HeldFolder.during(join(out, 'x'), (folder) => folder.begin());
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(
      /--out: expected a folder that can be written to, got '.*' \(ENOTDIR\)/,
    );
  });

  it('may be removed while it is held', async () => {
    await HeldFolder.during(out, async (folder) => {
      await folder.begin();
      await rm(out, { recursive: true });
    });
  });
});

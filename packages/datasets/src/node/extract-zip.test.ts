import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZipError } from '../download/zip-member.js';
import { extractZip } from './extract-zip.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughtime-node-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('extractZip', () => {
  const archive = zipSync({ 'a.txt': strToU8('one'), 'b/c.txt': strToU8('two'), 'b/d/': new Uint8Array(0) });

  it('writes the members, or those asked for, over what was there', async () => {
    const target = join(folder, 'target');
    await mkdir(target);
    await writeFile(join(target, 'a.txt'), 'old and longer');
    const paths = await extractZip(archive, target);
    expect(paths).toEqual([join(target, 'a.txt'), join(target, 'b/c.txt')]);
    expect(await readFile(paths[0], 'utf8')).toBe('one');
    expect(await readFile(paths[1], 'utf8')).toBe('two');
    expect((await readdir(target)).sort()).toEqual(['a.txt', 'b']);
    const path = join(folder, 'archive.zip');
    await writeFile(path, archive);
    expect(await extractZip(path, join(folder, 'other'), { members: ['b/c.txt'] })).toHaveLength(1);
    expect(existsSync(join(folder, 'other/a.txt'))).toBe(false);
  });

  it.each([
    '../evil.txt',
    'a/../../evil.txt',
    '/evil.txt',
    'C:evil.txt',
    '..\\evil.txt',
    'a//b',
    './a',
    'a\0b',
  ])('refuses a whole archive that has a member %j, before anything is written', async (name) => {
    const evil = zipSync({ 'good.txt': strToU8('good'), [name]: strToU8('evil') });
    const target = join(folder, 'target');
    await expect(extractZip(evil, target)).rejects.toThrow(ZipError);
    await expect(extractZip(evil, target, { members: ['good.txt'] })).rejects.toThrow('inside the folder');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([0, 6] as const)('notices each flipped bit of a member, compressed at level %i', async (level) => {
    const content = strToU8('hello world, hello again');
    const whole = zipSync({ 'a.txt': content, 'b.txt': strToU8('other') }, { level });
    // The first member's data, after its header of 30 bytes and its name.
    const size = new DataView(whole.buffer).getUint32(18, true);
    for (let bit = 0; bit < 8 * size; bit++) {
      const damaged = whole.slice();
      damaged[35 + (bit >> 3)] ^= 1 << (bit & 7);
      await expect(extractZip(damaged, folder)).rejects.toThrow(ZipError);
    }
    expect(await readdir(folder)).toEqual([]);
    // Members that nobody asked for are not looked at.
    const damaged = whole.slice();
    damaged[35] ^= 1;
    expect(await extractZip(damaged, folder, { members: ['b.txt'] })).toHaveLength(1);
  });

  it('notices a directory that lies about a length', async () => {
    const lying = zipSync({ 'a.txt': strToU8('x'.repeat(100_000)) });
    // The uncompressed length, in the directory's only entry.
    const view = new DataView(lying.buffer);
    view.setUint32(view.getUint32(lying.length - 6, true) + 24, 10, true);
    await expect(extractZip(lying, folder)).rejects.toThrow('member "a.txt" is damaged');
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses more bytes than it may write, a lacking member, and what is no archive', async () => {
    await expect(extractZip(archive, folder, { maximumBytes: 5 })).rejects.toThrow(
      'expected at most 5 bytes',
    );
    await expect(extractZip(archive, folder, { members: ['z'] })).rejects.toThrow("expected a member 'z'");
    await expect(extractZip(strToU8('<html>'), folder)).rejects.toThrow('not a zip file, or a damaged one');
    await expect(extractZip(archive.subarray(0, 60), folder)).rejects.toThrow(ZipError);
    expect(await readdir(folder)).toEqual([]);
  });
});

import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'folders-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const isFolder = async (path: string) => (await stat(path)).isDirectory();

describe('makeFolder', () => {
  it('makes whatever is missing, and leaves what is there', async () => {
    await makeFolder(join(folder, 'a', 'b', 'c'));
    await writeFile(join(folder, 'a', 'b', 'file'), 'x');
    await makeFolder(join(folder, 'a', 'b'));
    await makeFolder(`${join(folder, 'a', 'b', 'd', 'e')}/`);
    await makeFolder(relative(process.cwd(), join(folder, 'f', 'g')));
    await makeFolder(`${folder}/h/../i`);
    await symlink(join(folder, 'a'), join(folder, 'link'));
    await makeFolder(join(folder, 'link', 'j'));
    await makeFolder('.');
    for (const made of ['a/b/c', 'a/b/d/e', 'f/g', 'i', 'a/j'])
      expect(await isFolder(join(folder, made))).toBe(true);
    expect((await readdir(join(folder, 'a', 'b'))).sort()).toEqual(['c', 'd', 'file']);
  });

  it('takes many calls at once, for folders that share some of their levels', async () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(names, { minLength: 1, maxLength: 8 }), async (paths) => {
        const root = await mkdtemp(join(folder, 'x-'));
        await Promise.all(paths.map((path) => makeFolder(join(root, ...path))));
        for (const path of paths) expect(await isFolder(join(root, ...path))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('throws the system error, about the path that was asked for, where a file stands in the way', async () => {
    const file = join(folder, 'file');
    await writeFile(file, 'x');
    await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST', path: file });
    const below = join(file, 'a', 'b');
    await expect(makeFolder(below)).rejects.toMatchObject({ path: below, syscall: 'mkdir' });
    await expect(makeFolder('')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.runIf(platform() === 'linux')('ends where a folder is there that takes no other', async () => {
    // Node's recursive mkdir never answers here.
    const path = '/proc/throughtime/out';
    await expect(makeFolder(path)).rejects.toMatchObject({ code: 'ENOENT', path });
  });

  it.runIf(platform() !== 'win32' && process.getuid?.() !== 0)('says that it may not', async () => {
    await chmod(folder, 0o500);
    const path = join(folder, 'a', 'b');
    await expect(makeFolder(path)).rejects.toMatchObject({ code: 'EACCES', path });
    await chmod(folder, 0o700);
  });
});

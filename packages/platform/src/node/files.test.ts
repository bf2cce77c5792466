import { execFileSync, spawn } from 'node:child_process';
import { renameSync, statSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  aboutFile,
  FolderLockedError,
  isLeftOver,
  isSystemError,
  lockFolder,
  NotAFileError,
  readAt,
  readInput,
  readWholeFile,
  replaceFile,
  replaceFiles,
  TruncatedFileError,
  writeWhole,
} from './index.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
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

  it('are told when they end early', async () => {
    const file = { read: async () => ({ bytesRead: 0 }) } as unknown as FileHandle;
    await expect(readAt(file, 10, 5)).rejects.toMatchObject({ expectedBytes: 15, actualBytes: 10 });
    await expect(readAt(file, 10, 5)).rejects.toThrow(TruncatedFileError);
  });
});

// Windows has neither devices nor named pipes in its folders.
const onlyUnix = it.skipIf(process.platform === 'win32');

describe('what is no file', () => {
  it('is refused by name', async () => {
    await expect(readWholeFile(folder)).rejects.toThrow(NotAFileError);
    await expect(readWholeFile(folder)).rejects.toThrow(`${folder}: expected a file, got a folder`);
  });

  onlyUnix('is refused where a read would wait without end', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(readWholeFile(pipe)).rejects.toThrow(`${pipe}: expected a file, got a device or a pipe`);
    await expect(readWholeFile('/dev/zero')).rejects.toThrow(NotAFileError);
  });

  onlyUnix('is input where it is a pipe, and refused where it is a device without end', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [bytes] = await Promise.all([readInput(pipe), writeFile(pipe, 'through a pipe')]);
    expect(new TextDecoder().decode(bytes)).toBe('through a pipe');
    for (const device of ['/dev/zero', '/dev/full', '/dev/random']) {
      await expect(readInput(device)).rejects.toThrow(`${device}: expected a file or a pipe, got a device`);
    }
    await expect(readInput(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe("the operating system's errors", () => {
  it('are told from others', async () => {
    const refused = await readFile(join(folder, 'none')).catch((error: unknown) => error);
    expect(isSystemError(refused)).toBe(true);
    expect(isSystemError(new RangeError('Invalid array length'))).toBe(false);
    expect(isSystemError(Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }))).toBe(false);
    expect(isSystemError('ENOENT')).toBe(false);
  });

  it('are about the file that was asked for, also where Node names another or none', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    expect(aboutFile('/model', full)).toMatchObject({
      message: "ENOSPC: no space left on device, write '/model'",
      path: '/model',
    });
    const defect = new RangeError('Invalid array length');
    expect(aboutFile('/model', defect)).toBe(defect);
    expect(defect.message).toBe('Invalid array length');
  });
});

describe('replaceFile', () => {
  onlyUnix(
    'leaves symbolic links and replaces the file that they lead to, be it there or not yet',
    async () => {
      await mkdir(join(folder, 'elsewhere'));
      await symlink(join('elsewhere', 'target'), join(folder, 'link'));
      for (const content of ['first', 'second']) {
        await replaceFile(join(folder, 'link'), content);
        expect(await readFile(join(folder, 'elsewhere', 'target'), 'utf8')).toBe(content);
        expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
      }
      expect(await readdir(join(folder, 'elsewhere'))).toEqual(['target']);
      await symlink('round', join(folder, 'round'));
      await expect(replaceFile(join(folder, 'round'), 'x')).rejects.toMatchObject({ code: 'ELOOP' });
    },
  );

  onlyUnix('writes to devices and pipes, which cannot be replaced', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [read] = await Promise.all([readFile(pipe, 'utf8'), replaceFile(pipe, 'through it')]);
    expect(read).toBe('through it');
    expect((await lstat(pipe)).isFIFO()).toBe(true);
    await replaceFile('/dev/null', 'gone');
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
    expect(await readdir(folder)).toEqual(['pipe']);
  });

  it.skipIf(process.platform !== 'linux')('says which file did not fit on the disk', async () => {
    await expect(replaceFile('/dev/full', 'x')).rejects.toMatchObject({ code: 'ENOSPC', path: '/dev/full' });
  });

  it('takes names as long as the file system does', async () => {
    for (const name of ['x'.repeat(255), 'é'.repeat(127)]) {
      await replaceFile(join(folder, name), 'content');
      expect(await readFile(join(folder, name), 'utf8')).toBe('content');
    }
    const long = join(folder, 'x'.repeat(256));
    await expect(replaceFile(long, 'content')).rejects.toMatchObject({ code: 'ENAMETOOLONG', path: long });
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('takes bytes as they are, and refuses by name what is none', async () => {
    const path = join(folder, 'x');
    for (const content of [Buffer.from('abc'), new TextEncoder().encode('abc')]) {
      await writeFile(path, 'old and longer');
      await replaceFile(path, content);
      expect(await readFile(path, 'utf8')).toBe('abc');
    }
    await replaceFile(path, new Uint8Array(0));
    expect(await readFile(path, 'utf8')).toBe('');
    await writeFile(path, 'old');
    for (const [content, argument] of [
      [['abc'], 'content[0]'],
      [[Uint8Array.of(1), 5], 'content[1]'],
      [Float32Array.of(1), 'content'],
      [undefined, 'content'],
      [{}, 'content'],
    ] as const) {
      await expect(replaceFile(path, content as never)).rejects.toMatchObject({
        name: 'ArgumentError',
        argument,
      });
    }
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['x']);
  });

  onlyUnix('keeps the permissions of the file that it replaces', async () => {
    const path = join(folder, 'x');
    for (const mode of [0o600, 0o666, 0o640, 0o755, 0o400]) {
      await writeFile(path, 'old');
      await chmod(path, mode);
      let whileWritten = 0;
      async function* pieces() {
        const [beside] = (await readdir(folder)).filter((name) => isLeftOver(name));
        whileWritten = (await stat(join(folder, beside))).mode & 0o777;
        yield Uint8Array.of(1);
      }
      await replaceFile(path, pieces());
      expect((await stat(path)).mode & 0o777).toBe(mode);
      // Nobody can read meanwhile who could not before.
      expect(whileWritten & ~mode).toBe(0);
      await rm(path);
    }
  });

  onlyUnix('follows links through links, each from where it stands', async () => {
    await mkdir(join(folder, 'a'));
    await mkdir(join(folder, 'b'));
    await symlink(join('a', 'second'), join(folder, 'first'));
    await symlink(join('..', 'b', 'third'), join(folder, 'a', 'second'));
    await symlink('target', join(folder, 'b', 'third'));
    for (const content of ['first', 'second']) {
      await replaceFile(join(folder, 'first'), content);
      expect(await readFile(join(folder, 'b', 'target'), 'utf8')).toBe(content);
    }
    for (const link of ['first', join('a', 'second'), join('b', 'third')])
      expect((await lstat(join(folder, link))).isSymbolicLink()).toBe(true);
  });

  it('knows what a kill leaves behind of a long name', async () => {
    for (const name of ['x'.repeat(240), 'é'.repeat(120)]) {
      let seen: string[] = [];
      async function* pieces() {
        seen = await readdir(folder);
        yield Uint8Array.of(1);
      }
      await replaceFile(join(folder, name), pieces());
      expect(isLeftOver(seen[0], name)).toBe(true);
      expect(isLeftOver(seen[0], 'x')).toBe(false);
      await rm(join(folder, name));
    }
  });

  it('joins the pieces and replaces what was there', async () => {
    const path = join(folder, 'x');
    await writeFile(path, 'old and longer');
    await replaceFile(path, [Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)]);
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    await replaceFile(path, 'é');
    expect(await readFile(path, 'utf8')).toBe('é');
  });

  it('takes pieces that are made as they are asked for, and keeps the old file when making them fails', async () => {
    const path = join(folder, 'x');
    async function* pieces(fails: boolean) {
      yield Uint8Array.of(1);
      if (fails) throw new Error('no more');
      yield Uint8Array.of(2);
    }
    await replaceFile(path, pieces(false));
    expect([...(await readFile(path))]).toEqual([1, 2]);
    await expect(replaceFile(path, pieces(true))).rejects.toThrow('no more');
    expect([...(await readFile(path))]).toEqual([1, 2]);
    expect(await readdir(folder)).toEqual(['x']);
  });

  it('removes what it wrote beside when the rename fails', async () => {
    // A folder that is not empty cannot be replaced by a file.
    await mkdir(join(folder, 'taken', 'inside'), { recursive: true });
    await expect(replaceFile(join(folder, 'taken'), [Uint8Array.of(1)])).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
    expect((await stat(join(folder, 'taken'))).isDirectory()).toBe(true);
  });

  it('passes on that the folder is missing', async () => {
    const path = join(folder, 'none', 'x');
    await expect(replaceFile(path, [])).rejects.toMatchObject({ code: 'ENOENT', path });
  });

  it('names what a kill leaves behind so that it is known', async () => {
    let seen: string[] = [];
    async function* pieces() {
      seen = await readdir(folder);
      yield Uint8Array.of(1);
    }
    await replaceFile(join(folder, 'model.safetensors'), pieces());
    expect(seen).toHaveLength(1);
    expect(isLeftOver(seen[0])).toBe(true);
    expect(isLeftOver(seen[0], 'model.safetensors')).toBe(true);
    expect(isLeftOver(seen[0], 'config.json')).toBe(false);
    expect(isLeftOver('.model.safetensors.tmp')).toBe(false);
    expect(isLeftOver('model.safetensors')).toBe(false);
  });
});

describe('replaceFiles', () => {
  const names = ['a', 'b', 'c'];
  const paths = () => names.map((name) => join(folder, name));
  const contents = () => Promise.all(paths().map((path) => readFile(path, 'utf8').catch(() => 'none')));

  beforeEach(() => Promise.all(paths().map((path) => writeFile(path, 'old'))));

  it.each([0, 1, 2])('leaves all as they were when writing number %i fails', async (failing) => {
    const full = () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
        code: 'ENOSPC',
        syscall: 'write',
      });
    };
    function* pieces(i: number) {
      yield Uint8Array.of(1);
      if (i === failing) full();
    }
    const replacing = replaceFiles(paths().map((path, i) => [path, pieces(i)]));
    await expect(replacing).rejects.toMatchObject({ code: 'ENOSPC', path: paths()[failing] });
    expect(await contents()).toEqual(['old', 'old', 'old']);
    expect((await readdir(folder)).sort()).toEqual(names);
  });

  it('does what comes between when all are written and none has its place', async () => {
    let seen: string[] = [];
    await replaceFiles(
      paths().map((path) => [path, 'new']),
      async () => {
        seen = await contents();
        expect(await readdir(folder)).toHaveLength(6);
      },
    );
    expect(seen).toEqual(['old', 'old', 'old']);
    expect(await contents()).toEqual(['new', 'new', 'new']);
    const failing = replaceFiles([[paths()[0], 'newer']], () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await contents()).toEqual(['new', 'new', 'new']);
    expect((await readdir(folder)).sort()).toEqual(names);
  });
});

describe('lockFolder', () => {
  const file = () => join(folder, '.lock');
  const owner = (fields: object) =>
    JSON.stringify({
      host: hostname(),
      since: '2026-01-01T00:00:00.000Z',
      id: 'a',
      processStart: null,
      ...fields,
    });

  /** The number of a process that has ended. */
  async function endedProcess(): Promise<number> {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.on('exit', resolve));
    return child.pid!;
  }

  it('holds a folder until it is released', async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(FolderLockedError);
    await expect(lockFolder(folder)).rejects.toThrow(`process ${process.pid} on ${hostname()}`);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  it('takes over a lock whose process has ended', async () => {
    await writeFile(file(), owner({ pid: await endedProcess() }));
    const lock = await lockFolder(folder);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual(lock.owner);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'takes over a lock whose process number another process has now',
    async () => {
      await writeFile(file(), owner({ pid: process.pid, processStart: '1' }));
      await (await lockFolder(folder)).release();
    },
  );

  it('respects locks of other hosts and locks that it cannot read', async () => {
    await writeFile(file(), owner({ pid: 1, host: 'elsewhere.invalid' }));
    await expect(lockFolder(folder)).rejects.toThrow('elsewhere.invalid');
    await writeFile(file(), '{');
    await expect(lockFolder(folder)).rejects.toThrow(FolderLockedError);
  });

  it('does not release a lock that someone else took', async () => {
    const lock = await lockFolder(folder);
    await rm(file());
    await writeFile(file(), owner({ pid: process.pid, id: 'other' }));
    await lock.release();
    expect(await readdir(folder)).toEqual(['.lock']);
  });

  it('takes over a lock whose takeover was cut off by a kill', async () => {
    const pid = await endedProcess();
    await writeFile(file(), owner({ pid, id: 'stale' }));
    await writeFile(`${file()}.stale`, owner({ pid, id: 'killed' }));
    await (await lockFolder(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'never touches the lock that another process has put in place of a stale one',
    async () => {
      const pid = await endedProcess();
      await writeFile(file(), owner({ pid, id: 'stale' }));
      // Between the look at the stale lock and its removal, another process takes it over.
      let taken: bigint | undefined;
      vi.spyOn(process, 'kill').mockImplementation((asked) => {
        if (asked !== pid) return true;
        writeFileSync(`${file()}.new`, owner({ pid: process.pid, id: 'quicker' }));
        renameSync(`${file()}.new`, file());
        taken = statSync(file(), { bigint: true }).ctimeNs;
        throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
      });
      await expect(lockFolder(folder)).rejects.toMatchObject({ owner: { id: 'quicker' } });
      // Renaming or linking it, if only for a moment, would show here.
      expect(statSync(file(), { bigint: true }).ctimeNs).toBe(taken);
      expect(await readdir(folder)).toEqual(['.lock']);
    },
  );

  it('counts a lock with an id that no process of ours writes as held', async () => {
    await writeFile(file(), owner({ pid: await endedProcess(), id: '../elsewhere' }));
    await expect(lockFolder(folder)).rejects.toThrow(FolderLockedError);
  });

  it('gives the folder to one of many who ask at once, also where a stale lock lies', async () => {
    const pid = await endedProcess();
    for (let round = 0; round < 25; round++) {
      if (round % 2 === 1) await writeFile(file(), owner({ pid }));
      const asked = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
      const held = asked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(held).toHaveLength(1);
      await held[0].release();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('removes what processes left that were killed before they had a lock', async () => {
    const [ended, running] = [await endedProcess(), process.pid].map((pid) => owner({ pid }));
    const names = ['0', '1'].map((digit) => `.lock.${digit.repeat(8)}-0000-0000-0000-000000000000.tmp`);
    await writeFile(join(folder, names[0]), ended);
    await writeFile(join(folder, names[1]), running);
    const lock = await lockFolder(folder);
    expect((await readdir(folder)).sort()).toEqual(['.lock', names[1]]);
    await lock.release();
  });

  it('passes on what the file system refuses', async () => {
    await expect(lockFolder(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '@throughtime/platform/node';
import type { RemoteFile } from '../catalog/entry.js';
import { TransferFailure } from './errors.js';
import type { PartialFile } from './file-store.js';

// A partial download lies beside the file that it becomes, as FILE.OWNER.partial. Each download writes to a name of its own, so
// any number of processes can fetch one file at the same time. The first to finish renames its own into place. A new download
// takes over, by renaming it, a partial one without a writer: it was released (`free`), its process has ended, or nobody wrote
// to it for an hour.

const free = 'free';
const abandonedAfter = 3_600_000;
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

const nameOf = (file: RemoteFile, owner: string) => `${file.file}.${owner}.partial`;

/**
 * Continues an interrupted download of `file` into `folder`, or starts one.
 * @throws TransferFailure when the folder cannot be written
 */
export async function beginPartialFile(folder: string, file: RemoteFile): Promise<PartialFile> {
  const own = join(folder, nameOf(file, `${host}-${process.pid}-${randomBytes(4).toString('hex')}`));
  let handle: FileHandle;
  try {
    await makeFolder(folder);
    await takeOver(folder, file, own);
    handle = await open(own, 'a');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = `the cache folder ${folder} cannot be written (${code}); THROUGHTIME_CACHE may name another`;
    throw new TransferFailure(reason, { temporary: false, cause: error });
  }
  return new NodePartialFile(folder, file, own, handle, (await handle.stat()).size);
}

class NodePartialFile implements PartialFile {
  readonly #folder: string;
  readonly #file: RemoteFile;
  readonly #own: string;
  readonly #handle: FileHandle;
  #size: number;

  constructor(folder: string, file: RemoteFile, own: string, handle: FileHandle, size: number) {
    this.#folder = folder;
    this.#file = file;
    this.#own = own;
    this.#handle = handle;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  async append(chunk: Uint8Array): Promise<void> {
    await this.#handle.appendFile(chunk);
    this.#size += chunk.byteLength;
  }

  async clear(): Promise<void> {
    await this.#handle.truncate(0);
    this.#size = 0;
  }

  async commit(): Promise<boolean> {
    await this.#handle.sync();
    if (this.#size !== this.#file.bytes || (await hashOf(this.#own)) !== this.#file.sha256) {
      await this.clear();
      return false;
    }
    await this.#handle.close();
    await rename(this.#own, join(this.#folder, this.#file.file));
    for (const path of await ownerless(this.#folder, this.#file)) await rm(path, { force: true });
    return true;
  }

  async release(): Promise<void> {
    await this.#handle.close();
    if (this.#size === 0) await rm(this.#own, { force: true });
    // After a commit there is no file of this name any more.
    else await rename(this.#own, join(this.#folder, nameOf(this.#file, free))).catch(ignoreAbsent);
  }
}

/** Renames the longest partial download that nobody is writing to `own`, if there is one. */
async function takeOver(folder: string, file: RemoteFile, own: string): Promise<void> {
  const sized = await Promise.all(
    (await ownerless(folder, file)).map(async (path) => ({ path, size: (await stat(path)).size })),
  ).catch(() => []);
  for (const { path } of sized.sort((a, b) => b.size - a.size)) {
    try {
      return await rename(path, own);
    } catch (error) {
      // Another process was faster.
      ignoreAbsent(error);
    }
  }
}

async function ownerless(folder: string, file: RemoteFile): Promise<string[]> {
  const paths: string[] = [];
  for (const name of await readdir(folder)) {
    const owner = ownerOf(name, file);
    const path = join(folder, name);
    if (owner && (owner === free || isGone(owner) || (await isAbandoned(path)))) paths.push(path);
  }
  return paths;
}

/** The owner of a partial download of `file`, or undefined if it is another file. */
function ownerOf(name: string, file: RemoteFile): string | undefined {
  if (!name.startsWith(`${file.file}.`)) return undefined;
  // No dots: `a.txt.free.partial` is of `a.txt`, not of `a`.
  return /^([^.]+)\.partial$/.exec(name.slice(file.file.length + 1))?.[1];
}

/** Whether the process that owns a partial download ran on this machine and has ended. */
function isGone(owner: string): boolean {
  const [ownerHost, pid] = owner.split('-');
  if (ownerHost !== host || !/^\d+$/.test(pid ?? '')) return false;
  try {
    // Signal 0 only tests whether the process exists.
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  return age > abandonedAfter;
}

async function hashOf(path: string): Promise<string> {
  const handle = await open(path);
  const hash = createHash('sha256');
  for await (const chunk of handle.createReadStream()) hash.update(chunk);
  return hash.digest('hex');
}

function ignoreAbsent(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

import { access, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FolderLock,
  isLeftOver,
  isSystemError,
  lockFolder,
  makeFolder,
} from '@throughtime/platform/node';
import { UsageError } from './errors.js';

/**
 * The folder of --out, which one run holds at a time, so that two cannot mix their files. A folder that is not there yet is made
 * only when the run begins to write.
 */
export class HeldFolder {
  readonly path: string;
  #lock: FolderLock | undefined;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Runs work that writes into a folder. The folder is held from here on where it is there, and given free at the end.
   * @throws FolderLockedError when another run holds it; UsageError when it cannot be written to; what the work throws
   */
  static async during<T>(path: string, work: (folder: HeldFolder) => Promise<T>): Promise<T> {
    const folder = await HeldFolder.at(path);
    try {
      return await work(folder);
    } finally {
      await folder.free();
    }
  }

  /** The same for work that ends elsewhere: whoever asks calls {@link free}. */
  static async at(path: string): Promise<HeldFolder> {
    const folder = new HeldFolder(path);
    if (await exists(path)) await folder.#hold();
    return folder;
  }

  /** Whether it was there, and nobody else has written into it since. */
  get isHeld(): boolean {
    return this.#lock !== undefined;
  }

  /**
   * Makes it where it is missing, holds it, and removes what runs that were killed while they wrote left in it. Call it before the
   * first file is written.
   * @param parts folders within it that the run writes into, too
   */
  async begin(parts: readonly string[] = []): Promise<void> {
    await this.#attempt(() => makeFolder(this.path));
    if (!this.#lock) await this.#hold();
    await this.#attempt(async () => {
      for (const part of ['', ...parts]) await removeLeftOvers(join(this.path, part));
    });
  }

  async free(): Promise<void> {
    const lock = this.#lock;
    this.#lock = undefined;
    // A folder that somebody removed meanwhile is free already.
    await lock?.release().catch(() => {});
  }

  async #hold(): Promise<void> {
    this.#lock = await this.#attempt(() => lockFolder(this.path));
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new UsageError(
        `--out: expected a folder that can be written to, got '${this.path}' (${error.code})`,
        { cause: error },
      );
    }
  }
}

async function removeLeftOvers(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    // Not those of a lock: a run that asks for the folder at this moment makes one for an instant.
    if (isLeftOver(name) && !isLeftOver(name, 'lock')) await rm(join(folder, name), { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

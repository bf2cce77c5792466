import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ThroughtimeError } from '@throughtime/errors';
import { isLeftOver } from './replace-file.js';

/** Who holds a folder. */
export interface LockOwner {
  /** The machine's name. Whether a process still runs can be seen on its own machine only. */
  readonly host: string;
  /** The number of the process that holds the lock. */
  readonly pid: number;
  /** When it took the lock, ISO 8601. */
  readonly since: string;
  /** Of this very lock: tells two locks of one process apart. */
  readonly id: string;
  /**
   * When the process started, as the system counts it; null where the system does not say. A process number may be given
   * to another process after its first one has ended; the two together are not.
   */
  readonly processStart: string | null;
}

/** Another run holds the folder. */
export class FolderLockedError extends ThroughtimeError {
  override name = 'FolderLockedError';
  readonly folder: string;
  readonly owner: LockOwner | undefined;

  constructor(folder: string, file: string, owner: LockOwner | undefined) {
    const holder = owner
      ? `process ${owner.pid} on ${owner.host} since ${owner.since}`
      : 'a process that cannot be read';
    super(
      `folder '${folder}': expected one that no other run uses, got one held by ${holder}; ` +
        `wait for it to end, use another folder, or delete ${file} if it has ended`,
    );
    this.folder = folder;
    this.owner = owner;
  }
}

/** A folder that this process holds until it says otherwise. */
export interface FolderLock {
  /** Who holds the lock: this process, as others see it. */
  readonly owner: LockOwner;
  /** Releases the folder. Does nothing the second time, or after someone else took the lock over. */
  release(): Promise<void>;
}

const fileName = '.lock';
/** How often we try again when a lock vanishes between two looks. */
const attempts = 20;

/**
 * Holds a folder for one run, so that two runs cannot mix their files. A lock is taken over when its process has ended. One of
 * another host is respected: whether its process lives cannot be seen from here.
 * @param folder must exist
 * @throws FolderLockedError; the file system's error (EACCES, EROFS, ...)
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = join(folder, fileName);
  const owner: LockOwner = {
    host: hostname(),
    pid: process.pid,
    since: new Date().toISOString(),
    id: randomUUID(),
    processStart: await processStart(process.pid),
  };
  await acquire(file, owner, folder);
  await removeLeftOvers(folder);
  return { owner, release: () => release(file, owner) };
}

/**
 * Makes the lock file ours.
 *
 * A stale lock is removed only by the process that holds the right to remove this very lock: a lock file of its own, named after
 * the stale lock's id. Without it, a process that saw the stale lock could remove the new lock that another process has made
 * meanwhile, and both would hold the folder. The right is taken over in the same way, should its process have ended.
 */
async function acquire(file: string, owner: LockOwner, folder: string): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (await create(file, owner)) return;
    const holder = await readOwner(file);
    if (holder === undefined) continue;
    if (await isHeld(holder)) throw new FolderLockedError(folder, file, holder);
    const right = `${file}.${holder.id}`;
    await acquire(right, owner, folder);
    try {
      // Read again, for it may be gone. If it is there, nobody else may remove it, and its own process has ended.
      if ((await readOwner(file))?.id === holder.id) await rm(file, { force: true });
    } finally {
      await release(right, owner);
    }
  }
  throw new FolderLockedError(folder, file, undefined);
}

/**
 * Makes the lock's file with its content in one step: a link to a file that is written already. Someone who opens it never
 * sees half of it.
 * @returns false when there is one
 */
async function create(file: string, owner: LockOwner): Promise<boolean> {
  const beside = `${file}.${owner.id}.tmp`;
  try {
    await writeFile(beside, `${JSON.stringify(owner)}\n`, { flag: 'wx' });
    await link(beside, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // Some file systems have no links (FAT, some network shares): made in place, which is nearly as good.
    if (!/^(ENOTSUP|EOPNOTSUPP|EPERM|ENOSYS)$/.test(code ?? '')) throw error;
    return await createInPlace(file, owner);
  } finally {
    await rm(beside, { force: true });
  }
}

/** The files of {@link create} whose processes were killed before they had a lock. */
async function removeLeftOvers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!isLeftOver(name, fileName.slice(1))) continue;
    const holder = await readOwner(join(folder, name));
    if (holder && !(await isHeld(holder))) await rm(join(folder, name), { force: true });
  }
}

async function createInPlace(file: string, owner: LockOwner): Promise<boolean> {
  try {
    await writeFile(file, `${JSON.stringify(owner)}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when there is no lock any more. One that cannot be understood counts as held by nobody known. */
async function readOwner(file: string): Promise<LockOwner | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const owner = JSON.parse(text) as LockOwner;
    // The id becomes part of a file's name.
    const hasId = typeof owner.id === 'string' && /^[\w-]{1,64}$/.test(owner.id);
    if (typeof owner.host === 'string' && Number.isInteger(owner.pid) && hasId) return owner;
  } catch {
    // Not JSON: a damaged file, which no process of ours writes.
  }
  return { host: 'an unknown host', pid: -1, since: 'an unknown time', id: '', processStart: null };
}

async function isHeld(owner: LockOwner): Promise<boolean> {
  if (owner.host !== hostname()) return true;
  try {
    // Signal 0 does nothing; it fails where there is no such process.
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    // EPERM: it runs, under another user.
  }
  const started = await processStart(owner.pid);
  return started === null || owner.processStart === null || started === owner.processStart;
}

async function release(file: string, { id }: LockOwner): Promise<void> {
  const holder = await readOwner(file);
  if (holder?.id === id) await rm(file, { force: true });
}

/** Linux tells when a process started, in ticks since the machine did; elsewhere null. */
async function processStart(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // Field 22; the name, in brackets, may hold blanks.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

// Run before a program (`node --import`): what lies under SOAK_READ_ONLY is on a file system that was mounted read-only. Reading works;
// whatever would change something there is refused with EROFS, as Linux refuses it.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, resolve, sep } from 'node:path';

const folder = resolve(process.env.SOAK_READ_ONLY ?? '');

/** @param {unknown} path */
const isUnder = (path) => `${resolve(String(path))}${sep}`.startsWith(`${folder}${sep}`);

/** @param {unknown} path */
const exists = (path) =>
  fs.lstat(String(path)).then(
    () => true,
    () => false,
  );

/** @param {string} syscall @param {unknown} path */
function refused(syscall, path) {
  return Object.assign(new Error(`EROFS: read-only file system, ${syscall} '${path}'`), {
    code: 'EROFS',
    errno: -30,
    syscall,
    path: String(path),
  });
}

/**
 * @param {'link' | 'mkdir' | 'mkdtemp' | 'open' | 'rename' | 'rm' | 'truncate' | 'unlink' | 'writeFile' | 'appendFile' | 'copyFile' | 'cp'} name
 * @param {(path: unknown, other: any) => boolean | Promise<boolean>} changes whether the call would change something
 */
function guard(name, changes) {
  const call = /** @type {(...args: any[]) => Promise<unknown>} */ (fs[name]);
  Object.assign(fs, {
    /** @param {any[]} args */
    [name]: async (...args) => {
      // What is copied or linked changes where it goes.
      const path = ['link', 'copyFile', 'cp'].includes(name) ? args[1] : args[0];
      if (isUnder(path) && (await changes(path, args[1]))) throw refused(name, path);
      return call(...args);
    },
  });
}

const always = () => true;
guard('open', (_, flags = 'r') =>
  typeof flags === 'number' ? (flags & 3) !== 0 || (flags & 0o100) !== 0 : /[wa+]/.test(flags),
);
// A folder that is there is none to be made; one in a folder that is not there is refused for that.
guard(
  'mkdir',
  async (path, options) =>
    !(options?.recursive ? await exists(path) : !(await exists(dirname(String(path))))),
);
// Nothing to remove is no change.
guard('rm', exists);
guard('unlink', exists);
for (const name of /** @type {const} */ ([
  'link',
  'mkdtemp',
  'rename',
  'truncate',
  'writeFile',
  'appendFile',
  'copyFile',
  'cp',
]))
  guard(name, always);
syncBuiltinESMExports();

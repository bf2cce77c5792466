// Run before a program (`node --import`): a disk that takes SOAK_BYTES bytes and no more. What is removed makes no room. Without a
// number, counts: the last line on stderr says how many bytes the program wrote into files.
import { writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

const { SOAK_BYTES } = process.env;
let left = SOAK_BYTES === undefined ? Number.POSITIVE_INFINITY : Number(SOAK_BYTES);
let written = 0;

/** @param {string} syscall */
function diskFull(syscall) {
  return Object.assign(new Error(`ENOSPC: no space left on device, ${syscall}`), {
    code: 'ENOSPC',
    errno: -28,
    syscall,
  });
}

const probe = await fs.open(fileURLToPath(import.meta.url));
const handle = Object.getPrototypeOf(probe);
await probe.close();

const { write } = handle;
/** @this {import('node:fs/promises').FileHandle} @param {Uint8Array} bytes @param {number} [offset] @param {number} [length] @param {number | null} [position] */
handle.write = async function (bytes, offset = 0, length = bytes.byteLength - offset, position = null) {
  const room = Math.min(length, left);
  if (room === 0 && length > 0) throw diskFull('write');
  left -= room;
  written += room;
  // As the system does: what fits is written, and the next call fails.
  return write.call(this, bytes, offset, room, position);
};

const { writeFile } = fs;
/** @type {typeof writeFile} */
const limitedWriteFile = async (file, content, options) => {
  const bytes = Buffer.byteLength(/** @type {string} */ (content));
  if (bytes > left) {
    left = 0;
    await writeFile(file, '', options);
    throw diskFull('write');
  }
  left -= bytes;
  written += bytes;
  return writeFile(file, content, options);
};
Object.assign(fs, { writeFile: limitedWriteFile });
syncBuiltinESMExports();

if (SOAK_BYTES === undefined) process.on('exit', () => writeSync(2, `written: ${written}\n`));

// The files of src/generated/: how codegen writes them, and how the build takes along those that tsc leaves.
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';

const generated = new URL('../src/generated/', import.meta.url);
/** Bytes of one variant before the other's turn: two blocks and a shift fit into deflate's 32 KiB, and few matches are cut. */
const BLOCK = 12000;

const built = new URL('../dist/generated/', import.meta.url);

/** Replaces a file at once, so that nothing reads half of it. @param {string} name @param {string | Uint8Array} content */
export async function writeGenerated(name, content) {
  await mkdir(generated, { recursive: true });
  const temporary = new URL(`${name}.${process.pid}`, generated);
  await writeFile(temporary, content);
  await rename(temporary, new URL(name, generated));
}

/**
 * Writes the variants of a WebAssembly program twice: each as a file, of which Node reads one, and both in one module, which browsers import.
 *
 * There they stand deflated, as base64, in blocks by turns. Nine tenths of them are the same, but deflate finds repetitions within
 * 32 KiB only, and the program is longer. By turns, each block of one variant lies near its like in the other: both take a quarter more
 * than one alone, and half of what they take apart. The types are spelled out, or the declarations would repeat the bytes.
 * @param {string} name @param {{ plain: Uint8Array, relaxed: Uint8Array }} variants
 */
export async function writeBinaries(name, { plain, relaxed }) {
  await writeGenerated(`${name}-plain.wasm`, plain);
  await writeGenerated(`${name}-relaxed.wasm`, relaxed);
  const blocks = [];
  for (let at = 0; at < Math.max(plain.length, relaxed.length); at += BLOCK)
    blocks.push(plain.subarray(at, at + BLOCK), relaxed.subarray(at, at + BLOCK));
  const base64 = deflateRawSync(Buffer.concat(blocks), { level: 9 }).toString('base64');
  await writeGenerated(
    `${name}-binaries.ts`,
    `// Made by codegen from assembly/. Do not edit.
import type { Binaries } from '../engine/binary.js';

export const BINARIES: Binaries = {
  block: ${BLOCK},
  lengths: { plain: ${plain.length}, relaxed: ${relaxed.length} },
  deflated:
    '${base64}',
};
`,
  );
}

/** Removes what an earlier codegen wrote under other names. @param {string[]} names those that are still written */
export async function keepGenerated(names) {
  for (const name of await readdir(generated))
    if (!names.includes(name)) await rm(new URL(name, generated), { force: true });
}

// node scripts/generated.mjs: the last step of the build.
if (pathToFileURL(process.argv[1]).href === import.meta.url) {
  await mkdir(built, { recursive: true });
  for (const name of await readdir(generated))
    if (name.endsWith('.wasm')) await copyFile(new URL(name, generated), new URL(name, built));
}

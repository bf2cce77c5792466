// The files of src/generated/: how codegen writes them, and how the build takes along those that tsc leaves.
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';

const generated = new URL('../src/generated/', import.meta.url);
const built = new URL('../dist/generated/', import.meta.url);

/** Replaces a file at once, so that nothing reads half of it. @param {string} name @param {string | Uint8Array} content */
export async function writeGenerated(name, content) {
  await mkdir(generated, { recursive: true });
  const temporary = new URL(`${name}.${process.pid}`, generated);
  await writeFile(temporary, content);
  await rename(temporary, new URL(name, generated));
}

/**
 * Writes a WebAssembly module twice: as a file, which Node reads, and, deflated, as base64 in a module of its own, which browsers import. The
 * type is spelled out, or the declarations would repeat the bytes.
 * @param {string} name @param {Uint8Array} bytes
 */
export async function writeBinary(name, bytes) {
  await writeGenerated(`${name}.wasm`, bytes);
  const base64 = deflateRawSync(bytes, { level: 9 }).toString('base64');
  await writeGenerated(
    `${name}.ts`,
    `// Made by codegen from assembly/. Do not edit.\nexport const DEFLATED: string = '${base64}';\n`,
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

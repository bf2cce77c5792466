// Compiles assembly/ twice, for plain and for relaxed SIMD, and writes what TypeScript needs to use the result:
//   src/generated/binaries.ts  both modules, as base64
//   src/generated/commands.ts  numbers and layouts that assembly/ declares
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { hostDeclarations } from './assembly-declarations.mjs';
import { compileAssembly } from './compile-assembly.mjs';

const root = new URL('..', import.meta.url);
const assembly = new URL('assembly/', root);
const generated = new URL('src/generated/', root);

/** @param {string[]} options */
const compile = (options) => compileAssembly('assembly/index.ts', ['--initialMemory', '2', ...options]);

/** @param {string} name @param {string} text */
async function write(name, text) {
  const temporary = new URL(`${name}.${process.pid}`, generated);
  await writeFile(temporary, text);
  await rename(temporary, new URL(name, generated));
}

await mkdir(generated, { recursive: true });
const [plain, relaxed] = [await compile([]), await compile(['--enable', 'relaxed-simd'])];
await write(
  'binaries.ts',
  [
    '// Made by scripts/codegen.mjs from assembly/. Do not edit.',
    `export const PLAIN = '${plain.toString('base64')}';`,
    `export const RELAXED = '${relaxed.toString('base64')}';`,
    '',
  ].join('\n'),
);
await write('commands.ts', await hostDeclarations(assembly));
console.log(`wasm-kernels: plain ${plain.length} bytes, relaxed ${relaxed.length} bytes`);

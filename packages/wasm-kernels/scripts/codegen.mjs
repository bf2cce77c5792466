// Compiles assembly/ twice, for plain and for relaxed SIMD, and writes what TypeScript needs to use the result:
//   src/generated/binaries.ts  both modules, as base64
//   src/generated/commands.ts  the memory layout of every command, read from the classes in assembly/
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { compileAssembly } from './compile-assembly.mjs';

const root = new URL('..', import.meta.url);
const assembly = new URL('assembly/', root);
const generated = new URL('src/generated/', root);

/** @param {string[]} options */
const compile = (options) => compileAssembly('assembly/index.ts', ['--initialMemory', '2', ...options]);

/** The fields of every class that extends Command, and the operations that take it. */
async function commandLayouts() {
  const names = (await readdir(assembly)).filter((name) => name.endsWith('.ts')).sort();
  const sources = await Promise.all(names.map((name) => readFile(new URL(name, assembly), 'utf8')));
  const classes = new Map();
  for (const source of sources) {
    for (const [, name, base, body] of source.matchAll(
      /@unmanaged\nexport class (\w+)(?: extends (\w+))? \{\n([^}]*)\}/g,
    )) {
      const fields = [...body.matchAll(/^ {2}(\w+): (\w+);$/gm)].map(([, field, type]) => ({ field, type }));
      if (fields.some(({ type }) => !['i32', 'f32', 'usize'].includes(type))) {
        throw new Error(`${name}: a command's fields must be 32-bit words`);
      }
      classes.set(name, { base, fields });
    }
  }
  const dispatch = sources[names.indexOf('dispatch.ts')];
  const numbers = new Map(
    [...dispatch.matchAll(/export const (\w+): i32 = (\d+);/g)].map(([, name, value]) => [name, value]),
  );
  const uses = [...dispatch.matchAll(/case Operation\.(\w+):\n\s+\w+\(changetype<(\w+)>\(address\)\);/g)];
  if (uses.length !== numbers.size) throw new Error('dispatch.ts: every operation needs one case');
  const header = classes.get('Command').fields.length;
  const parts = uses.map(([, operation, name]) => {
    const { base, fields } = classes.get(name);
    if (base !== 'Command') throw new Error(`${name}: must extend Command`);
    const words = fields.map(
      ({ field, type }, i) => `    ${field}: { word: ${header + i}, float: ${type === 'f32'} },`,
    );
    const union = fields.map(({ field }) => `'${field}'`).join(' | ');
    return [
      `export const ${operation}: CommandLayout<${union}> = {`,
      `  operation: ${numbers.get(operation)},`,
      `  words: ${header + fields.length},`,
      '  fields: {',
      ...words,
      '  },',
      '};',
    ].join('\n');
  });
  const words = (name) => classes.get(name).fields.map(({ field }, i) => `  ${field}: ${i},`);
  return [
    '// Made by scripts/codegen.mjs from assembly/. Do not edit.',
    "import type { CommandLayout } from '../engine/command-layout.js';",
    '',
    `export const HEADER = {\n${words('Command').join('\n')}\n} as const;`,
    '',
    `export const CONTROL = {\n${words('Control').join('\n')}\n} as const;`,
    '',
    ...parts.flatMap((part) => [part, '']),
  ].join('\n');
}

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
await write('commands.ts', await commandLayouts());
console.log(`wasm-kernels: plain ${plain.length} bytes, relaxed ${relaxed.length} bytes`);

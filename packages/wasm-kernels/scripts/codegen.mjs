// Compiles assembly/ twice, for plain and for relaxed SIMD, and writes what TypeScript needs to use the result:
//   src/generated/engine-*     each variant as a file (for Node), and both deflated in one module (for browsers)
//   src/generated/commands.ts  numbers and layouts that assembly/ declares
import { hostDeclarations } from './assembly-declarations.mjs';
import { compileAssembly } from './compile-assembly.mjs';
import { writeBinaries, writeGenerated } from './generated.mjs';

const assembly = new URL('../assembly/', import.meta.url);

/** @param {string[]} options */
const compile = (options) => compileAssembly('assembly/index.ts', ['--initialMemory', '2', ...options]);

const [plain, relaxed] = [await compile([]), await compile(['--enable', 'relaxed-simd'])];
await writeBinaries('engine', { plain, relaxed });
await writeGenerated('commands.ts', await hostDeclarations(assembly));
console.log(`wasm-kernels: plain ${plain.length} bytes, relaxed ${relaxed.length} bytes`);

// Compiles assembly/tfjs/ for plain and for relaxed SIMD into src/generated/tfjs-*: each module as a file and as base64.
//
// The module shares tfjs's heap, so its static data cannot lie where the compiler puts it. Each module is compiled for
// two data addresses; where the two binaries differ stands an address. These places (src/generated/tfjs-layouts.ts) go
// along with the binary, so that it can be relocated when it is loaded (src/tfjs/relocate.ts).
import { compileAssembly } from './compile-assembly.mjs';
import { keepGenerated, writeBinaries, writeGenerated } from './generated.mjs';

/** So high that an address takes five bytes in the binary, as many as any can; only the last differs between the two. */
const BASE = 0x1000_0000;
const OTHER = 0x2000_0000;
const I32_CONST = 0x41;
const PAGE = 65536;

/** @param {string[]} features @param {number} base */
function compile(features, base) {
  return compileAssembly('assembly/tfjs/index.ts', [
    ...['--memoryBase', String(base), '--initialMemory', String(base / PAGE + 1)],
    ...features.flatMap((feature) => ['--enable', feature]),
  ]);
}

/** The number in the five bytes (signed LEB128) at `at`. */
function readAddress(bytes, at) {
  let value = 0;
  for (let i = 0; i < 5; i++) value |= (bytes[at + i] & 127) << (7 * i);
  return value;
}

/** Where the limits of the imported memory stand: one byte of flags, then the least size. */
function memoryLimits(bytes) {
  const entry = Buffer.from('\x03env\x06memory\x02\x03', 'latin1');
  const at = bytes.indexOf(entry);
  if (at < 0) throw new Error('the module does not import a shared memory env.memory');
  return at + entry.length - 1;
}

/** @param {string[]} features */
async function relocatable(features) {
  const [bytes, other] = [await compile(features, BASE), await compile(features, OTHER)];
  if (bytes.length !== other.length) throw new Error('the data address changes more than itself');
  const limits = memoryLimits(bytes);
  const code = limits + 3;
  const addresses = [];
  for (let at = code; at < bytes.length; at++) {
    if (bytes[at] === other[at]) continue;
    const start = at - 4;
    const moved = readAddress(other, start) - readAddress(bytes, start);
    if (bytes[start - 1] !== I32_CONST || moved !== OTHER - BASE) {
      throw new Error(`byte ${at} differs, and is no part of an address`);
    }
    addresses.push(start);
  }
  // The least size, which follows from the address, becomes one page, in as many bytes.
  bytes.set([0x81, 0x00], limits + 1);
  return { bytes, limits, addresses };
}

/** Bytes from the data's address to the end of all that the module uses. */
function blockSize({ bytes }) {
  const memory = new WebAssembly.Memory({ initial: OTHER / PAGE, maximum: 65536, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return instance.exports.END.value - BASE;
}

function layout(name, { limits, addresses }, size) {
  const steps = addresses.map((at, i) => at - (addresses[i - 1] ?? 0));
  return [
    `  ${name}: {`,
    `    base: ${BASE},`,
    `    size: ${size},`,
    `    memoryFlags: ${limits},`,
    `    addressSteps: [${steps.join(', ')}],`,
    '  },',
  ].join('\n');
}

const [plain, relaxed] = [await relocatable([]), await relocatable(['relaxed-simd'])];
const size = blockSize(plain);
if (!relaxed.addresses.some((at) => readAddress(relaxed.bytes, at) === BASE + size)) {
  throw new Error('the relaxed module has another layout than the plain one');
}
await writeBinaries('tfjs', { plain: plain.bytes, relaxed: relaxed.bytes });
await writeGenerated(
  'tfjs-layouts.ts',
  [
    '// Made by scripts/codegen-tfjs.mjs from assembly/tfjs/. Do not edit.',
    "import type { Layout } from '../tfjs/relocate.js';",
    '',
    "export const LAYOUTS: Readonly<Record<'plain' | 'relaxed', Layout>> = {",
    layout('plain', plain, size),
    layout('relaxed', relaxed, size),
    '};',
    '',
  ].join('\n'),
);
const binaries = ['engine', 'tfjs'].flatMap((program) => [
  `${program}-binaries.ts`,
  `${program}-plain.wasm`,
  `${program}-relaxed.wasm`,
]);
await keepGenerated(['commands.ts', 'tfjs-layouts.ts', ...binaries]);
console.log(
  `wasm-kernels for tfjs: plain ${plain.bytes.length} bytes, relaxed ${relaxed.bytes.length} bytes, block ${size}`,
);

import { defaultEngine, type Engine } from '../engine/engine.js';
import { EngineMemoryError } from '../engine/errors.js';
import { canUseThreads } from '../engine/platform.js';
import { addProduct, packedLength, packFields, transposed } from '../engine/products.js';
import { PACK } from '../generated/commands.js';
import type { WasmBackend } from './wasm-backend.js';

/** A product of matrices in tfjs's heap, which no other thread sees. */
export interface Product {
  /** Addresses. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** [n], or 0 */
  readonly bias: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * Copying a number to the engine's memory or back costs as much as this many multiplications and additions by one thread:
 * about 1 ns against 35 GFLOP/s.
 */
const COPY_COST = 16;
/** A smaller product is done before a sleeping thread has woken. */
const SMALLEST = 16_000_000;

/** In the default engine's memory, as large as the largest product so far. */
const standing: (Float32Array | undefined)[] = [];

/**
 * Multiplies on all threads of the default engine, in its shared memory, where that is faster than one thread without the
 * copies. The result is the same to the last bit.
 * @returns false, having done nothing, when one thread is faster or the memory has no room
 */
export function multiplyThreaded(backend: WasmBackend, product: Product): boolean {
  // Check this first: without threads, an engine would reserve its memory for nothing.
  if (product.m * product.n * product.k < SMALLEST || !canUseThreads()) return false;
  try {
    return multiplyOn(defaultEngine(), backend, product);
  } catch (error) {
    if (error instanceof EngineMemoryError) return false;
    throw error;
  }
}

function multiplyOn(engine: Engine, backend: WasmBackend, product: Product): boolean {
  const { m, n, k } = product;
  const work = m * n * k;
  const saved = work * (1 - 1 / engine.threads);
  if (saved < 2 * COPY_COST * (m * k + k * n + m * n)) return false;

  const { a, b, c, bias, panels } = reserve(engine, [m * k, k * n, m * n, n, packedLength(k, n)]);
  const heap = backend.wasm.HEAPU8.buffer as ArrayBuffer;
  const view = (address: number, length: number) => new Float32Array(heap, address, length);
  a.set(view(product.a, m * k));
  b.set(view(product.b, k * n));
  if (product.bias) bias.set(view(product.bias, n));
  runProduct(engine, product, { a, b, c, bias, panels });
  view(product.c, m * n).set(c);
  return true;
}

/** The same tiles in the same order as `multiply` of assembly/tfjs/, cut into tasks. */
function runProduct(engine: Engine, product: Product, buffers: Buffers): void {
  const { m, n, k, transposeA, transposeB } = product;
  const { a, b, c, bias, panels } = buffers;
  const program = engine.program();
  try {
    const [kSide, nSide] = [
      { stride: transposeB ? 1 : n, size: k },
      { stride: transposeB ? k : 1, size: n },
    ];
    program.prepare(PACK, packFields(b.byteOffset, panels.byteOffset, kSide, nSide));
    addProduct(program, {
      a: transposeA
        ? transposed({ address: a.byteOffset, rows: k, columns: m })
        : { address: a.byteOffset, rows: m, columns: k },
      b: panels.byteOffset,
      c: { address: c.byteOffset, rows: m, columns: n },
      ...(product.bias && { bias: bias.byteOffset }),
    });
    program.run();
  } finally {
    program.free();
  }
}

interface Buffers {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly c: Float32Array;
  readonly bias: Float32Array;
  readonly panels: Float32Array;
}

/** Views of the standing buffers with just these lengths. */
function reserve(engine: Engine, lengths: readonly number[]): Buffers {
  const [a, b, c, bias, panels] = lengths.map((length, i) => {
    let buffer = standing[i];
    if (!buffer || buffer.length < length) {
      standing[i] = undefined; // the next allocation may be refused
      if (buffer) engine.free(buffer);
      buffer = engine.allocate(length);
      standing[i] = buffer;
    }
    return buffer.subarray(0, length);
  });
  return { a, b, c, bias, panels };
}

import { Binary, bestSimd, hasSimd } from '../engine/binary.js';
import { loadEngine } from '../engine/module.js';
import { LAYOUTS } from '../generated/tfjs-layouts.js';
import { relocate } from './relocate.js';
import { heapMemory, type WasmBackend } from './wasm-backend.js';

/**
 * Kernels on tfjs's heap, by address; assembly/tfjs/ documents each. None allocates, so addresses stay valid within a call. The
 * heap may grow between two calls.
 */
export interface HeapKernels {
  multiply(
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bStep: number,
    bColumn: number,
    bias: number,
    c: number,
    m: number,
    n: number,
    k: number,
  ): void;
  unary(operation: number, source: number, target: number, count: number, parameter: number): void;
  binary(
    operation: number,
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bRow: number,
    bStep: number,
    target: number,
    rows: number,
    columns: number,
  ): void;
  /** Strides as for `binary`; the result is bytes. */
  compare(
    comparison: number,
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bRow: number,
    bStep: number,
    target: number,
    rows: number,
    columns: number,
  ): void;
  logicalAnd(a: number, b: number, target: number, count: number): void;
  select(condition: number, a: number, b: number, target: number, count: number): void;
  clip(x: number, target: number, count: number, low: number, high: number): void;
  clipGradient(x: number, dy: number, target: number, count: number, low: number, high: number): void;
  copyElements(
    source: number,
    rowStride: number,
    columnStride: number,
    target: number,
    rows: number,
    columns: number,
    bytes: number,
  ): void;
  copyRows(
    source: number,
    sourceStride: number,
    target: number,
    targetStride: number,
    rows: number,
    bytes: number,
  ): void;
  gatherRows(
    table: number,
    rows: number,
    ids: number,
    target: number,
    outer: number,
    count: number,
    bytes: number,
  ): void;
  scatterAddRows(
    table: number,
    rows: number,
    ids: number,
    source: number,
    count: number,
    width: number,
  ): void;
  sumRows(source: number, target: number, rows: number, columns: number): void;
  sumColumns(source: number, target: number, rows: number, columns: number): void;
  maxRows(source: number, target: number, rows: number, columns: number): void;
  transpose(source: number, target: number, rows: number, columns: number): void;
}

/** Blocks that the module lives in start on cache lines; malloc gives less. */
const ALIGNMENT = 64;

/** The backend of the last call. It is checked first: there is hardly ever another. */
let current: WasmBackend | undefined;
let currentKernels: HeapKernels | undefined;
const known = new WeakMap<WasmBackend, HeapKernels | undefined>();

/** The kernels' binary, which stands in tfjs's heap. */
const binary = new Binary('tfjs', () => import('../generated/tfjs-binaries.js'));

/** Whether {@link heapKernels} can give kernels now. In Node it can from the start. */
export function heapKernelsLoaded(): boolean {
  return !hasSimd('plain') || binary.holds(bestSimd());
}

/** Loads what {@link heapKernels} needs, and the engine, on which large products run. */
export async function loadHeapKernels(): Promise<void> {
  if (!hasSimd('plain')) return;
  await loadEngine();
  await binary.load(bestSimd());
}

/**
 * The kernels for a backend's heap, made at the first call. Undefined where they cannot run: without SIMD, or where the backend
 * does not give access to its memory or has none left. The console says so once. Undefined also before they are loaded.
 */
export function heapKernels(backend: WasmBackend): HeapKernels | undefined {
  if (backend === current) return currentKernels;
  if (!known.has(backend)) {
    if (!heapKernelsLoaded()) return undefined;
    known.set(backend, makeKernels(backend));
  }
  current = backend;
  currentKernels = known.get(backend);
  return currentKernels;
}

function makeKernels(backend: WasmBackend): HeapKernels | undefined {
  const memory = heapMemory(backend.wasm);
  if (!memory) return refuse("the backend's memory cannot be reached");
  const bytes = hasSimd('plain') && binary.bytes(bestSimd());
  if (!bytes) return refuse('this platform has no SIMD');
  const layout = LAYOUTS[bestSimd()];
  const block = backend.wasm._malloc(layout.size + ALIGNMENT) >>> 0;
  if (block === 0) return refuse("the backend's memory is full");
  const address = Math.ceil(block / ALIGNMENT) * ALIGNMENT;
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const module = new WebAssembly.Module(relocate(bytes, layout, { address, shared }));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = exports as unknown as HeapKernels & { start(): void };
  kernels.start();
  return kernels;
}

function refuse(reason: string): undefined {
  console.warn(`@throughtime/wasm-kernels: ${reason}; tfjs's own kernels stay in use`);
}

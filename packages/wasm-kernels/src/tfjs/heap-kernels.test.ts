import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Binary } from '../engine/binary.js';
import { LAYOUTS } from '../generated/tfjs-layouts.js';
import { heapKernels } from './heap-kernels.js';
import { relocate } from './relocate.js';
import type { WasmBackend } from './wasm-backend.js';

afterEach(() => {
  vi.restoreAllMocks();
});

async function wasmBackend(): Promise<WasmBackend> {
  await tf.setBackend('wasm');
  return tf.backend() as unknown as WasmBackend;
}

describe('the kernels in tfjs’s heap', () => {
  it('take one block of it, whatever is called, and leave tfjs’s data alone', async () => {
    const backend = await wasmBackend();
    const malloc = vi.spyOn(backend.wasm, '_malloc');
    const before = backend.wasm.HEAPU8.slice(0, 1 << 20);
    expect(heapKernels(backend)).toBeDefined();
    expect(heapKernels(backend)).toBe(heapKernels(backend));
    expect(malloc).toHaveBeenCalledTimes(1);
    // tfjs's static data and stack, below its heap: only the allocator's own words may have changed.
    const block = malloc.mock.results[0].value as number;
    const low = Math.min(before.length, block - 64);
    const changed = before
      .subarray(0, low)
      .reduce((n, byte, i) => n + Number(byte !== backend.wasm.HEAPU8[i]), 0);
    expect(changed).toBeLessThan(64);
  });

  it('go on working when the heap has grown', async () => {
    const backend = await wasmBackend();
    const kernels = heapKernels(backend);
    const { buffer } = backend.wasm.HEAPU8;
    const large = tf.zeros([20_000_000]);
    expect(backend.wasm.HEAPU8.buffer).not.toBe(buffer);
    const address = backend.wasm._malloc(16);
    kernels?.unary(8, address, address, 4, 0);
    const view = new Float32Array(backend.wasm.HEAPU8.buffer, address, 4).fill(3);
    kernels?.unary(8, address, address, 4, 0);
    expect([...view]).toEqual([9, 9, 9, 9]);
    large.dispose();
  });

  it('say once that they cannot run where the backend keeps its memory to itself', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const closed = { wasm: { _malloc: () => 0, HEAPU8: new Uint8Array(1) } } as unknown as WasmBackend;
    expect(heapKernels(closed)).toBeUndefined();
    expect(heapKernels(closed)).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0][0]).toMatch(/memory cannot be reached/);
  });

  it('say once that they cannot run where the heap has no room for them', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const memory = new WebAssembly.Memory({ initial: 1 });
    const full = { wasm: { _malloc: () => 0, asm: { memory } } } as unknown as WasmBackend;
    expect(heapKernels(full)).toBeUndefined();
    expect(heapKernels(full)).toBeUndefined();
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/memory is full/)]]);
    expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
  });
});

describe('relocate', () => {
  const binary = new Binary('tfjs', () => import('../generated/tfjs-binaries.js'));
  const moved = (address: number, shared: boolean) =>
    relocate(binary.bytes('plain')!, LAYOUTS.plain, { address, shared });

  it('moves data and everything that points at it, above 2 GiB too', () => {
    const addresses = [1 << 20, 0x4000_0040, 0x9000_0000, 0xfff0_0000];
    for (const address of addresses) {
      for (const shared of [false, true]) {
        const bytes = moved(address, shared);
        expect(WebAssembly.validate(bytes)).toBe(true);
        expect(bytes.length).toBe(moved(0, shared).length);
      }
    }
  });

  it('gives a module that computes the same wherever it lies', () => {
    const run = (address: number) => {
      const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536 });
      const module = new WebAssembly.Module(moved(address, false));
      const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as {
        start(): void;
        unary(operation: number, source: number, target: number, count: number, parameter: number): void;
      };
      exports.start();
      new Float32Array(memory.buffer, 64, 5).set([-2, -0.5, 0, 1, 30]);
      exports.unary(2, 64, 64, 5, 0); // tanh, whose constants are static data
      return [...new Float32Array(memory.buffer, 64, 5)];
    };
    const expected = run(4096);
    expect(expected[3]).toBeCloseTo(Math.tanh(1), 6);
    expect(run(65536 * 30 + 192)).toEqual(expected);
  });
});

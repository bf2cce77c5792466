import { readBinaryFile } from '#binary-file';
import type { Bytes } from './bytes.js';

/** `relaxed`: multiply and add in one instruction (Node 22 and later, current browsers). */
export type Simd = 'relaxed' | 'plain';

/** A module with one function, `() => v128`. @param body its instructions */
function probe(body: readonly number[]): Bytes {
  const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const types = [1, 5, 1, 0x60, 0, 1, 0x7b];
  const functions = [3, 2, 1, 0];
  const code = [10, body.length + 4, 1, body.length + 2, 0, ...body, 0x0b];
  return Uint8Array.from([...magic, ...types, ...functions, ...code]);
}

const ZEROS = [0x41, 0, 0xfd, 0x0f]; // i32.const 0, i8x16.splat
const PROBES: Readonly<Record<Simd, Bytes>> = {
  plain: probe(ZEROS),
  relaxed: probe([...ZEROS, ...ZEROS, ...ZEROS, 0xfd, 0x85, 2]), // f32x4.relaxed_madd
};

/** Whether this platform has the instructions of a variant. */
export function hasSimd(simd: Simd): boolean {
  return typeof WebAssembly !== 'undefined' && WebAssembly.validate(PROBES[simd]);
}

/** The variant that this platform runs best. */
export function bestSimd(): Simd {
  return hasSimd('relaxed') ? 'relaxed' : 'plain';
}

/** Both variants of a program as a generated module has them; scripts/generated.mjs says why by turns. */
export interface Binaries {
  /** Bytes of a block. */
  readonly block: number;
  /** Bytes of each variant. */
  readonly lengths: Readonly<Record<Simd, number>>;
  /** Base64 of deflated bytes: a block of the plain variant, one of the relaxed, and so on; each ends with a part of a block. */
  readonly deflated: string;
}

/**
 * One of our WebAssembly programs in its two variants, of which only those that are used are kept. Node reads a file when the bytes
 * are asked for. Elsewhere they come with a module of base64, imported by `load`: all bundlers follow an import, also in workers,
 * while `new URL('x.wasm', import.meta.url)` is nothing to esbuild, and breaks where Vite's server bundles dependencies.
 */
export class Binary {
  readonly #name: string;
  readonly #import: () => Promise<{ readonly BINARIES: Binaries }>;
  readonly #held = new Map<Simd, Bytes>();

  /** @param name of its files, before `-plain.wasm` and `-relaxed.wasm` */
  constructor(name: string, importBinaries: () => Promise<{ readonly BINARIES: Binaries }>) {
    this.#name = name;
    this.#import = importBinaries;
  }

  /** Whether `bytes` has them. */
  holds(simd: Simd): boolean {
    return this.#find(simd) !== undefined;
  }

  /** A copy of the bytes; undefined until they are loaded, where no file can be read. */
  bytes(simd: Simd): Bytes | undefined {
    return this.#find(simd)?.slice();
  }

  /** Resolves when the bytes are there; at once in Node. */
  async load(simd: Simd): Promise<void> {
    if (this.#find(simd)) return;
    const { BINARIES } = await this.#import();
    this.#held.set(simd, variantOf(BINARIES, await inflate(BINARIES.deflated), simd));
  }

  #find(simd: Simd): Bytes | undefined {
    const found = this.#held.get(simd) ?? readBinaryFile(`${this.#name}-${simd}`);
    if (found) this.#held.set(simd, found);
    return found;
  }
}

/** One variant's blocks, joined. */
function variantOf({ block, lengths }: Binaries, blocks: Uint8Array, simd: Simd): Bytes {
  const bytes = new Uint8Array(lengths[simd]);
  let at = 0;
  for (let start = 0; at < blocks.length; start += block)
    for (const variant of ['plain', 'relaxed'] as const) {
      const end = at + Math.min(block, Math.max(0, lengths[variant] - start));
      if (variant === simd && end > at) bytes.set(blocks.subarray(at, end), start);
      at = end;
    }
  return bytes;
}

/** @param base64 of deflated bytes: base64 hides from a server's compression what repeats, so it comes first */
async function inflate(base64: string): Promise<Bytes> {
  const deflated = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const inflated = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(inflated).arrayBuffer());
}

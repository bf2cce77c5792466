import { PLAIN, RELAXED } from '../generated/binaries.js';
import { EngineError } from './errors.js';

/** `relaxed`: multiply and add in one instruction (Node 22 and later, current browsers). */
export type Simd = 'relaxed' | 'plain';

export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Whether this platform runs the relaxed variant. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(decodeBase64(RELAXED));
}

/**
 * Compiles the engine's module.
 * @param shared whether its memory is shared. The binaries declare it in one byte, which we change for other memory
 * @throws EngineError where WebAssembly has no SIMD
 */
export function compileModule(options: {
  readonly simd: Simd;
  readonly shared: boolean;
}): WebAssembly.Module {
  const bytes = decodeBase64(options.simd === 'relaxed' ? RELAXED : PLAIN);
  if (!options.shared) unshareMemory(bytes);
  if (!WebAssembly.validate(bytes)) {
    throw new EngineError(`simd: this platform does not run WebAssembly with ${options.simd} SIMD`);
  }
  return new WebAssembly.Module(bytes);
}

/** Clears the `shared` flag of the imported memory, env.memory, in a WebAssembly binary. */
function unshareMemory(bytes: Uint8Array): void {
  // Import entry: the two names, length first; kind 2 (memory); limits with flags 3 (a maximum, shared).
  const entry = [3, ...encode('env'), 6, ...encode('memory'), 2, 3];
  const at = bytes.findIndex((_, start) => entry.every((byte, i) => bytes[start + i] === byte));
  if (at < 0) throw new EngineError('the module does not import a shared memory env.memory');
  bytes[at + entry.length - 1] = 1;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

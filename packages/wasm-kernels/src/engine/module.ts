import { checkOptions, messageOf, oneOf } from '@throughtime/errors';
import { Binary, bestSimd, hasSimd, type Simd } from './binary.js';
import type { Bytes } from './bytes.js';
import { EngineError, EngineNotLoadedError } from './errors.js';

const binary = new Binary('engine', () => import('../generated/engine-binaries.js'));

/** Which variant {@link loadEngine} loads. */
export interface LoadEngineOptions {
  /** The variant to load. Default: the one that engines use by default. */
  readonly simd?: Simd;
}

/**
 * Loads the engine's WebAssembly. Browsers need it before the first engine, model or forecaster is made; you may call it any number of
 * times. In Node it resolves at once: the engine reads its own file there. Where the platform has no SIMD there is nothing to load,
 * and making an engine is an EngineError.
 * @throws EngineNotLoadedError when the download fails
 */
export async function loadEngine(options: LoadEngineOptions = {}): Promise<void> {
  checkOptions<LoadEngineOptions>(options, { simd: oneOf(['relaxed', 'plain']) });
  const simd = options.simd ?? bestSimd();
  if (!hasSimd(simd)) return;
  try {
    await binary.load(simd);
  } catch (cause) {
    throw new EngineNotLoadedError(`the engine's WebAssembly could not be loaded: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/**
 * The engine's binary, for shared memory.
 * @throws EngineError where WebAssembly has no SIMD; EngineNotLoadedError where {@link loadEngine} must be awaited before
 */
export function engineBinary(simd: Simd): Bytes {
  if (!hasSimd(simd)) throw refused(simd);
  const bytes = binary.bytes(simd);
  if (bytes) return bytes;
  const call = simd === bestSimd() ? 'loadEngine()' : `loadEngine({ simd: '${simd}' })`;
  throw new EngineNotLoadedError(
    `the engine's WebAssembly is not loaded: await ${call} of @throughtime/wasm-kernels before making an engine or a model`,
  );
}

let compiled = false;
let wide = false;

/** Says that V8 makes wide vectors of pairs from now on: engines take the kernels that gain by it. */
export function expectWideVectors(): void {
  wide = true;
}

/** Whether {@link expectWideVectors} was called. */
export function hasWideVectors(): boolean {
  return wide;
}

/** Whether an engine was made in this thread before: V8's flags no longer change its code. */
export function hasCompiled(): boolean {
  return compiled;
}

/**
 * Compiles the engine's module.
 * @param options.shared whether its memory is shared. The binaries declare it in one byte, which we change for other memory
 * @throws EngineError where the platform does not accept it
 */
export function compileModule(
  bytes: Bytes,
  options: { readonly simd: Simd; readonly shared: boolean },
): WebAssembly.Module {
  if (!options.shared) unshareMemory(bytes);
  if (!WebAssembly.validate(bytes)) throw refused(options.simd);
  compiled = true;
  return new WebAssembly.Module(bytes);
}

function refused(simd: Simd): EngineError {
  return new EngineError(`simd: this platform does not run WebAssembly with ${simd} SIMD`);
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

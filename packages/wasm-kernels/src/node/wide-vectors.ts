// V8's 256-bit vectors, on request: V8 can fuse pairs of WebAssembly's 128-bit operations, but holds that for an experiment.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { arch } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { checkOptions, messageOf, type OptionChecks, ThroughtimeError, text } from '@throughtime/errors';
import { cacheFolder, makeFolder, replaceFile } from '@throughtime/platform/node';
import { bestSimd } from '../engine/binary.js';
import { engineBinary, expectWideVectors, hasCompiled } from '../engine/module.js';

/** Wide vectors cannot be used here; the message says why. */
export class WideVectorsError extends ThroughtimeError {
  override name = 'WideVectorsError';
}

/** Where {@link useWideVectors} keeps what it found. */
export interface WideVectorsOptions {
  /** The folder that keeps the answer of the self-check. Default: THROUGHTIME_CACHE, or the platform's cache folder. */
  readonly cache?: string;
}

const wideVectorsChecks: OptionChecks<WideVectorsOptions> = { cache: text };

/** Before it (V8 13.6) the flag is unknown to V8, or was not tried here. */
const firstNode = 24;
const flag = '--experimental-wasm-revectorize';

/**
 * Lets V8 run the engine with vectors of 256 bits, where it can: on x86 with AVX2, half as many updates per second again. Every sum keeps its
 * order, so results keep their bits. The first call on a version of Node makes sure of that, in processes of their own (some seconds), and
 * remembers the answer. Await it before the first engine, model or forecaster is made.
 * @throws WideVectorsError where this Node or processor has none, where the engine is in use already, or where a kernel would compute
 * other bits
 * @example
 * ```js
 * import { defaultEngine } from '@throughtime/wasm-kernels';
 * import { useWideVectors } from '@throughtime/wasm-kernels/node';
 *
 * await useWideVectors().catch((error) => console.warn(error.message)); // slower without, and the same numbers
 * console.log(defaultEngine().threads);
 * ```
 */
export async function useWideVectors(options: WideVectorsOptions = {}): Promise<void> {
  checkOptions<WideVectorsOptions>(options, wideVectorsChecks);
  const { node } = process.versions;
  if (Number.parseInt(node, 10) < firstNode)
    throw new WideVectorsError(`wide vectors: expected Node ${firstNode} or newer, got ${node}`);
  if (arch() !== 'x64')
    throw new WideVectorsError(`wide vectors: expected a processor of type x64, got ${arch()}`);
  if (hasCompiled())
    throw new WideVectorsError(
      'wide vectors: expected to be asked for before the first engine, model or forecaster is made, got an engine in use',
    );
  const different = await differingKernels(options.cache ?? cacheFolder());
  if (different.length > 0)
    throw new WideVectorsError(
      `wide vectors: expected the same bits with and without them, got others on Node ${node} from ${different.join('; ')}`,
    );
  setFlagsFromString(flag);
  expectWideVectors();
}

/** The kernels that compute other bits with wide vectors on this Node, by name: as remembered, or found now. */
async function differingKernels(cache: string): Promise<readonly string[]> {
  const path = join(cache, 'wide-vectors.json');
  const known = await answers(path);
  const key = `${process.version} V8 ${process.versions.v8} ${arch()} engine ${engineHash()}`;
  if (known[key]) return known[key];
  const [narrow, wide] = await Promise.all([digestsOf(false), digestsOf(true)]);
  const different = Object.keys(narrow).filter((name) => narrow[name] !== wide[name]);
  try {
    await makeFolder(cache);
    await replaceFile(path, JSON.stringify({ ...known, [key]: different }));
  } catch {
    // A folder that cannot be written costs the next run some seconds, nothing else.
  }
  return different;
}

/** What was found before, by Node, V8 and engine; nothing where there is no file, or one that cannot be read. */
async function answers(path: string): Promise<Record<string, readonly string[]>> {
  try {
    const saved: unknown = JSON.parse(await readFile(path, 'utf8'));
    const entries = Object.entries(saved ?? {}).filter(([, names]) => Array.isArray(names));
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}

function engineHash(): string {
  return createHash('sha256').update(engineBinary(bestSimd())).digest('hex').slice(0, 16);
}

/** The digests of another process. The optimizing compiler alone runs there: only its code has wide vectors. */
async function digestsOf(wideVectors: boolean): Promise<Record<string, string>> {
  const module = new URL('./kernel-digests.js', import.meta.url);
  const program = `import { kernelDigests } from '${module}'; console.log(JSON.stringify(kernelDigests({ wideVectors: ${wideVectors} })));`;
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...(wideVectors ? [flag] : []), '--no-liftoff', '--input-type=module', '--eval', program],
      { env: { ...process.env, NODE_OPTIONS: '' } },
    );
    return JSON.parse(stdout);
  } catch (cause) {
    throw new WideVectorsError(`wide vectors: the self-check did not run: ${messageOf(cause)}`, { cause });
  }
}

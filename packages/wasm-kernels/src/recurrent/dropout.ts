import { ArgumentError, boolean, dropRate, type OptionChecks } from '@throughtime/errors';
import type { CommandHandle, Program } from '../engine/program.js';
import { DROP, DROPOUT, MASK } from '../generated/commands.js';
import { type Cell, isRecurrent } from './cell.js';

/** Probabilities p of dropping a value, 0 <= p < 1, each 0 by default. Values that are kept are scaled by 1 / (1 - p). */
export interface Dropout {
  /** Whole tokens: a language model's inputs are zero wherever a dropped token occurs in a chunk (AWD-LSTM). */
  readonly embedding?: number;
  /** Inputs of the first layer: embeddings, or the one that is not 0 of one-hot inputs. */
  readonly input?: number;
  /** Outputs of each layer but the last. */
  readonly between?: number;
  /** Outputs of the last layer. */
  readonly output?: number;
  /** States where they enter the recurrent product: one mask for all steps (Gal and Ghahramani 2016). */
  readonly state?: number;
  /** Recurrent weights: one mask for all steps and rows of a chunk (weight-drop: Merity, Keskar and Socher 2018). */
  readonly recurrentWeights?: number;
  /**
   * Whether `input`, `between` and `output` drop the same elements at every step of a row (variational dropout). Default false:
   * every step has its own mask, as in PyTorch.
   */
  readonly locked?: boolean;
}

export const dropoutChecks: OptionChecks<Dropout> = {
  embedding: dropRate,
  input: dropRate,
  between: dropRate,
  output: dropRate,
  state: dropRate,
  recurrentWeights: dropRate,
  locked: boolean,
};

/** @throws ArgumentError for dropout of states, or of weights, where there is no product of them */
export function checkStateDropout(cell: Cell, { state = 0, recurrentWeights = 0 }: Dropout): void {
  if (isRecurrent(cell)) return;
  for (const [name, rate] of Object.entries({ state, recurrentWeights })) {
    if (rate === 0) continue;
    throw new ArgumentError(`dropout.${name}`, `0 for cell '${cell}', which has no recurrent product`, rate);
  }
}

/** Which mask of a seed: a number of its own for each. */
export interface MaskStream {
  readonly rate: number;
  readonly stream: number;
}

/**
 * Element `index` of the mask that the kernel draws from a seed (assembly/moves/dropout.ts), 0 or 1 / (1 - rate): for masks of which
 * few elements are needed.
 */
export function maskElement(seed: number, { rate, stream }: MaskStream, index: number): number {
  const start = mix(seed);
  const word = mix(mix((index + start) | 0) ^ mix((start + stream + 1) | 0)) >>> 0;
  const single = Math.fround(rate);
  const dropped = word < Math.floor(Math.min(single * 2 ** 32, 2 ** 32 - 1));
  return dropped ? 0 : Math.fround(1 / Math.fround(1 - single));
}

/** The kernel's bijection of 32-bit words. */
function mix(word: number): number {
  let x = word;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

/** The masks of a compiled stack, drawn before every training pass from one seed. */
export class DropoutMasks {
  readonly #handles: (
    | CommandHandle<keyof typeof DROPOUT.fields>
    | CommandHandle<keyof typeof DROP.fields>
  )[] = [];

  /** A mask that the program's preparations draw. */
  draw(program: Program, length: number, rate: number): Float32Array {
    const mask = program.float32(length);
    const stream = this.count;
    this.#handles.push(
      program.prepare(DROPOUT, { mask: mask.byteOffset, count: length, rate, key: 0, stream }),
    );
    return mask;
  }

  /**
   * target = mask * weights, among the program's preparations; the mask itself is not kept.
   * @returns what `dropAgain` needs for the same mask
   */
  dropWeights(
    program: Program,
    weights: { readonly source: number; readonly target: number; readonly count: number },
    rate: number,
  ): MaskStream {
    const mask = { rate, stream: this.count };
    this.#handles.push(program.prepare(DROP, { ...weights, ...mask, key: 0 }));
    return mask;
  }

  /** Appends gradient = mask * gradient. */
  dropAgain(program: Program, gradient: Float32Array, mask: MaskStream): void {
    const { byteOffset, length } = gradient;
    const fields = { source: byteOffset, target: byteOffset, count: length, ...mask, key: 0 };
    this.#handles.push(program.add(DROP, fields));
  }

  /** @param seed a 32-bit word: the same seed gives the same masks */
  seed(seed: number): void {
    for (const handle of this.#handles) handle.set({ key: seed | 0 });
  }

  /** How many masks are drawn. Masks of programs that could not be completed do not count: those programs are freed. */
  get count(): number {
    return this.#handles.filter(({ live }) => live).length;
  }
}

/** A mask over rows of a sequence: [N, stride], the same at every step, or [T, N, stride]. */
export interface RowMask {
  readonly mask: Float32Array;
  readonly locked: boolean;
}

/** Appends target = mask * source, both addresses of [T, N, stride]. */
export function addMask(
  program: Program,
  rowMask: RowMask,
  rows: { readonly source: number; readonly target: number; readonly stride: number },
  size: { readonly batchSize: number; readonly steps: number },
): void {
  program.add(MASK, {
    source: rows.source,
    target: rows.target,
    mask: rowMask.mask.byteOffset,
    maskStride: rowMask.locked ? 0 : size.batchSize * rows.stride,
    row: rows.stride,
    batch: size.batchSize,
    steps: size.steps,
  });
  program.join();
}

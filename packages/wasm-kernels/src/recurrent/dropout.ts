import { ArgumentError, boolean, dropRate, type OptionChecks } from '@throughtime/errors';
import type { CommandHandle, Program } from '../engine/program.js';
import { DROPOUT, MASK } from '../generated/commands.js';
import { type Cell, isRecurrent } from './cell.js';

/** Probabilities p of dropping a value, 0 <= p < 1, each 0 by default. Values that are kept are scaled by 1 / (1 - p). */
export interface Dropout {
  /** Inputs of the first layer (embeddings; not one-hot inputs). */
  readonly input?: number;
  /** Outputs of each layer but the last. */
  readonly between?: number;
  /** Outputs of the last layer. */
  readonly output?: number;
  /** States where they enter the recurrent product: one mask for all steps (Gal and Ghahramani 2016). */
  readonly state?: number;
  /**
   * Whether `input`, `between` and `output` drop the same elements at every step of a row (variational dropout). Default false:
   * every step has its own mask, as in PyTorch.
   */
  readonly locked?: boolean;
}

export const dropoutChecks: OptionChecks<Dropout> = {
  input: dropRate,
  between: dropRate,
  output: dropRate,
  state: dropRate,
  locked: boolean,
};

/** @throws ArgumentError for dropout of states that enter no product */
export function checkStateDropout(cell: Cell, { state = 0 }: Dropout): void {
  if (state === 0 || isRecurrent(cell)) return;
  throw new ArgumentError('dropout.state', `0 for cell '${cell}', which has no recurrent product`, state);
}

/** The masks of a compiled stack, drawn before every training pass from one seed. */
export class DropoutMasks {
  readonly #handles: CommandHandle<keyof typeof DROPOUT.fields>[] = [];

  /** A mask that the program's preparations draw. */
  draw(program: Program, length: number, rate: number): Float32Array {
    const mask = program.float32(length);
    const stream = this.count;
    this.#handles.push(
      program.prepare(DROPOUT, { mask: mask.byteOffset, count: length, rate, key: 0, stream }),
    );
    return mask;
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

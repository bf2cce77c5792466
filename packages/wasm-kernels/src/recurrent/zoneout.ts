import { ArgumentError, dropRate, type OptionChecks } from '@throughtime/errors';
import type { Workspace } from '../engine/workspace.js';
import { ZONEOUT } from '../generated/commands.js';
import type { Cell } from './cell.js';

/** Probabilities that a unit keeps its old value in a step (Krueger et al. 2017), each 0 by default. Evaluation takes the mean. */
export interface Zoneout {
  /** For h. */
  readonly hidden?: number;
  /** For an LSTM. */
  readonly cell?: number;
}

export const zoneoutChecks: OptionChecks<Zoneout> = { hidden: dropRate, cell: dropRate };

/** @throws ArgumentError for a cell without c */
export function checkZoneout(cell: Cell, { cell: ofCell = 0 }: Zoneout): void {
  if (ofCell > 0 && cell !== 'lstm') throw new ArgumentError('zoneout.cell', `0 for cell '${cell}'`, ofCell);
}

/** What the kernels of one layer find in the engine's memory about its zoneout. */
export class ZoneoutRecord {
  readonly #words: Int32Array;

  /** @param buffers addresses, each 0 by default */
  constructor(
    workspace: Workspace,
    { hidden = 0, cell = 0 }: Zoneout,
    buffers: { readonly [name in Exclude<keyof typeof ZONEOUT, 'hidden' | 'cell'>]?: number } = {},
  ) {
    this.#words = workspace.int32(Object.keys(ZONEOUT).length);
    const floats = new Float32Array(this.#words.buffer, this.#words.byteOffset, this.#words.length);
    floats[ZONEOUT.hidden] = hidden;
    floats[ZONEOUT.cell] = cell;
    this.set(buffers);
  }

  get address(): number {
    return this.#words.byteOffset;
  }

  set(buffers: { readonly [name in Exclude<keyof typeof ZONEOUT, 'hidden' | 'cell'>]?: number }): void {
    for (const [name, address] of Object.entries(buffers))
      this.#words[ZONEOUT[name as keyof typeof ZONEOUT]] = address;
  }
}

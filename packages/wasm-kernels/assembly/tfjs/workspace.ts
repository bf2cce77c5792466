// The block that the module lives in: static data, then what is laid out here.

import { Control, initialize } from '../program/command';
import { PackCommand } from '../products/pack';
import { SCRATCH_BYTES } from '../program/scratch';

/** Bytes of packed panels of the right-hand side at a time: with a packed block of the left one they fill the cache. */
export const PANEL_BYTES: usize = 256 * 1024;

const CONTROL: usize = (__heap_base + 63) & ~63;
const PACK: usize = CONTROL + 64;
const SCRATCH: usize = PACK + 128;
/** Packed panels, and the transposed result of a product. */
export const PANELS: usize = SCRATCH + SCRATCH_BYTES;
/** Where the block ends. */
export const END: usize = PANELS + PANEL_BYTES;

export const packCommand: PackCommand = changetype<PackCommand>(PACK);

/** To be called once, before all else. */
export function start(): void {
  memory.fill(CONTROL, 0, SCRATCH - CONTROL);
  changetype<Control>(CONTROL).participants = 1;
  initialize(CONTROL, SCRATCH, 0);
}

// The PTB code's large model, two layers of 1,500 units: fifty updates.
import { someUpdates } from './ptb-some-updates.mjs';

export const description = 'Penn Treebank, large model: fifty updates on drawn ids, speed and memory';
export const duration = 'about three minutes';

/** @param {{ report(line: string): void, quick?: boolean }} context */
export const run = (context) => someUpdates('ptb-large', 50, context);

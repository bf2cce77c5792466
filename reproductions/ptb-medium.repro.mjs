// The PTB code's medium model, two layers of 650 units: fifty updates.
import { someUpdates } from './ptb-some-updates.mjs';

export const description = 'Penn Treebank, medium model: fifty updates on drawn ids, speed and memory';
export const duration = 'about a minute';

/** @param {{ report(line: string): void, quick?: boolean }} context */
export const run = (context) => someUpdates('ptb-medium', 50, context);

// AWD-LSTM with all that it drops and penalizes, at its full size: ten updates. Its 500 epochs would take weeks here.
import { someUpdates } from './ptb-some-updates.mjs';

export const description = "AWD-LSTM: ten updates on drawn ids of Penn Treebank's sizes, speed and memory";
export const duration = 'about a minute';

/** @param {{ report(line: string): void, quick?: boolean }} context */
export const run = (context) => someUpdates('awd-lstm', 10, context);

import { plainWindow, type Truncation } from './truncation.js';

/** Gradients flow through the whole of each batch, however long; one update a batch. */
export function full(): Truncation {
  return { name: 'full', windows: (steps) => [plainWindow(0, steps)] };
}

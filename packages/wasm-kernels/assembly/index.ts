// What the host sees of the engine. Everything else is done by programs.

export { initialize } from './program/command';
export { execute, participate } from './program/dispatch';
export { SCRATCH_BYTES } from './program/scratch';
// Nobody calls them: what is exported is not inlined (products/tile.ts).
export * from './generated/tile';
export * from './generated/tile-pair';

/** Where memory that the host may use begins. */
export const HEAP_BASE: usize = __heap_base;

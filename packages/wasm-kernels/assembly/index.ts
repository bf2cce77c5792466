// What the host sees of the engine. Everything else is done by programs.

export { initialize } from './program/command';
export { execute, participate } from './program/dispatch';
export { SCRATCH_BYTES } from './program/scratch';
// Nobody calls them: what is exported is not inlined (tile.ts).
export { packed1, packed2, packed3, packed4, packed5, packed6 } from './products/tile';
export { tile1, tile2, tile3, tile4, tile5, tile6 } from './products/tile';

/** Where memory that the host may use begins. */
export const HEAP_BASE: usize = __heap_base;

// What the host sees of the engine. Everything else is done by programs.

export { initialize } from './command';
export { execute, participate } from './dispatch';
export { SCRATCH_BYTES } from './scratch';
// Nobody calls them: what is exported is not inlined (tile.ts).
export { packed1, packed2, packed3, packed4, packed5, packed6 } from './tile';
export { tile1, tile2, tile3, tile4, tile5, tile6 } from './tile';

/** Where memory that the host may use begins. */
export const HEAP_BASE: usize = __heap_base;

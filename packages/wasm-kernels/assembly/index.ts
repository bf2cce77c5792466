// What the host sees of the engine. Everything else is done by programs.

export { initialize } from './command';
export { execute, participate } from './dispatch';
export { SCRATCH_BYTES } from './scratch';

/** Where memory that the host may use begins. */
export const HEAP_BASE: usize = __heap_base;

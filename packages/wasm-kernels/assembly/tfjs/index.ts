// The kernels that work on tfjs's own heap. A module of its own, for it must keep clear of what tfjs has there: it runs
// nothing at start, its static data is relocated when it is loaded (scripts/codegen-tfjs.mjs), and all else it needs
// lies behind that data in one block that the host took from tfjs's allocator.

export { binary } from './binary';
export { clip, clipGradient, compare, logicalAnd, select } from './compare';
export { copyElements, copyRows, gatherRows, scatterAddRows } from './copy';
export { multiply } from './matmul';
export { sumColumns, sumRows, maxRows } from './reduce';
// Nobody calls them: what is exported is not inlined (tile.ts).
export { packed1, packed2, packed3, packed4, packed5, packed6 } from '../products/tile';
export { tile1, tile2, tile3, tile4, tile5, tile6 } from '../products/tile';
export { transpose } from './transpose';
export { unary } from './unary';
export { start, END } from './workspace';

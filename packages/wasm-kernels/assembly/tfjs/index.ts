// The kernels that work on tfjs's own heap. A module of its own, for it must keep clear of what tfjs has there: it runs
// nothing at start, and its static data is relocated when it is loaded (scripts/codegen-tfjs.mjs). All else it needs
// lies behind that data in one block that the host took from tfjs's allocator.

export { binary } from '../generated/choose-binary';
export { unary } from '../generated/choose-unary';
export { clip, clipGradient, compare, logicalAnd, select } from './compare';
export { copyElements, copyRows, gatherRows, scatterAddRows } from './copy';
export { multiply } from './matmul';
export { sumColumns, sumRows, maxRows } from './reduce';
// Nobody calls them: what is exported is not inlined (products/tile.ts).
export * from '../generated/tile';
export { transpose } from './transpose';
export { start, END } from './workspace';

import type { Plugin } from 'vite';

/** Packages that only models on the reference path use. */
const referencePath = new Set(['@tensorflow/tfjs-core', '@throughtime/tfjs-gradients']);

const empty = '\0throughtime-no-tfjs';

/**
 * Leaves tfjs out of a page, which computes in the WebAssembly engine alone: it would be most of what visitors download. A
 * page must refuse a model whose `path` is 'reference', for it could not run it.
 */
export function engineOnly(): Plugin {
  return {
    name: 'throughtime:engine-only',
    enforce: 'pre',
    resolveId: (id) => (referencePath.has(id) ? empty : undefined),
    load: (id) => (id === empty ? 'export {};' : undefined),
    // Its exports are missing on purpose.
    onLog: (_level, log) => (log.code === 'IMPORT_IS_UNDEFINED' ? false : undefined),
  };
}

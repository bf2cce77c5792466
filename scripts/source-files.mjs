// The source files of a package and what they import: what the structural checks read.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that hold no source of ours. */
const skipped = ['node_modules', 'dist', 'generated', 'build'];

/**
 * Every TypeScript and JavaScript file below a folder.
 * @param {string} folder
 * @returns {string[]}
 */
export function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped.includes(entry.name) ? [] : sourceFiles(path);
    return /\.(ts|tsx|mts|mjs|js)$/.test(entry.name) ? [path] : [];
  });
}

/**
 * The relative specifiers that a source imports or exports from, static or dynamic, types included.
 * @param {string} source
 */
export function relativeImports(source) {
  const pattern = /(?:\bfrom\s*|\bimport\s*(?:\(\s*)?)(['"])(\.[^'"]*)\1/g;
  return [...source.matchAll(pattern)].map((match) => match[2]);
}

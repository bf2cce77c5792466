// Circles of imports between the files of a package, types included. The linter's noImportCycles skips imports of types; but two
// files that need each other's types cannot be read, moved or tested apart either.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { relativeImports, sourceFiles } from './source-files.mjs';
import { members, root } from './workspace.mjs';

/**
 * @param {string} base the workspace's root
 * @returns {string[]} one line for each circle
 */
export function importCircles(base = root) {
  return members(base).flatMap(({ folder }) => {
    const files = sourceFiles(join(base, folder));
    const known = new Set(files);
    const imports = new Map(
      files.map((file) => [
        file,
        relativeImports(readFileSync(file, 'utf8'))
          .map((specifier) => resolved(dirname(file), specifier))
          .filter((target) => target !== undefined && known.has(target)),
      ]),
    );
    return circles(imports).map(
      (circle) =>
        `a circle of imports: ${[...circle, circle[0]]
          .map((file) => relative(base, file).split(sep).join('/'))
          .join(' -> ')}`,
    );
  });
}

/** The file that a specifier means: sources say `.js` and are `.ts`. @param {string} folder @param {string} specifier */
function resolved(folder, specifier) {
  const path = resolve(folder, specifier.split('?', 1)[0]);
  return [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx'), path].find((file) => existsSync(file));
}

/**
 * One circle for each group of files that reach one another: a shortest one through the group's first file.
 * @param {ReadonlyMap<string, readonly (string | undefined)[]>} imports
 */
function circles(imports) {
  /** @type {string[][]} */
  const found = [];
  const covered = new Set();
  for (const file of [...imports.keys()].sort()) {
    if (covered.has(file)) continue;
    const circle = circleThrough(file, imports);
    if (!circle) continue;
    found.push(circle);
    for (const member of circle) covered.add(member);
  }
  return found;
}

/** Breadth first, so that the circle is a shortest one. @param {string} start @param {ReadonlyMap<string, readonly (string | undefined)[]>} imports */
function circleThrough(start, imports) {
  /** @type {Map<string, string>} each file reached, and the one it was reached from */
  const reachedFrom = new Map();
  const queue = [start];
  for (const file of queue) {
    for (const target of imports.get(file) ?? []) {
      if (target === start) {
        const path = [file];
        while (path[0] !== start) path.unshift(/** @type {string} */ (reachedFrom.get(path[0])));
        return path;
      }
      if (target === undefined || reachedFrom.has(target)) continue;
      reachedFrom.set(target, file);
      queue.push(target);
    }
  }
  return undefined;
}

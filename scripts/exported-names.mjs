// One name, one thing: no name is exported by two packages for different things. Packages may export each other's declarations
// again; a second declaration under a name that is taken is a breach.
//
// It reads the entry files that the manifests' `exports` name and follows `export ... from` to where a name is declared.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { members, root } from './workspace.mjs';

const scope = '@throughtime/';
const sourceCondition = '@throughtime/source';

/**
 * @param {string} base the workspace's root
 * @returns {string[]} one line for each name that means several things
 */
export function exportedNameBreaches(base = root) {
  const entries = entryFiles(base);
  /** @type {Map<string, Map<string, string>>} name -> where it is declared -> which entry exports it */
  const meanings = new Map();
  for (const [entry, file] of entries) {
    for (const [name, declared] of exportsOf(file, entries)) {
      const places = meanings.get(name) ?? new Map();
      if (!places.has(declared)) places.set(declared, entry);
      meanings.set(name, places);
    }
  }
  return [...meanings]
    .filter(([, places]) => places.size > 1)
    .map(([name, places]) => {
      const shown = [...places].map(
        ([declared, entry]) => `${entry} (${relative(base, declared.split('#')[0]).split(sep).join('/')})`,
      );
      return `'${name}' means several things: ${shown.join(', ')}; give each thing its own name`;
    });
}

/**
 * The source file of every entry of our packages: '@throughtime/lang-model/node' -> '/.../src/node/index.ts'.
 * @param {string} [base] the workspace's root
 * @param {(member: import('./workspace.mjs').Member) => boolean} [wanted] which packages; by default all
 * @returns {Map<string, string>}
 */
export function entryFiles(base = root, wanted = () => true) {
  const packages = members(base).filter((member) => member.folder.startsWith('packages/') && wanted(member));
  return new Map(
    packages.flatMap(({ folder, manifest }) =>
      Object.entries(manifest.exports ?? {})
        .filter(([, target]) => typeof target?.[sourceCondition] === 'string')
        .map(([subpath, target]) => [
          join(manifest.name, subpath).split(sep).join('/'),
          join(base, folder, target[sourceCondition]),
        ]),
    ),
  );
}

/**
 * Every name that a file exports, and where it is declared, as FILE#NAME.
 * @param {string} file
 * @param {ReadonlyMap<string, string>} entries file of each entry of our packages
 * @param {Map<string, Map<string, string>>} [seen]
 * @returns {Map<string, string>}
 */
export function exportsOf(file, entries, seen = new Map()) {
  const cached = seen.get(file);
  if (cached) return cached;
  /** @type {Map<string, string>} */
  const found = new Map();
  seen.set(file, found);
  const source = withoutComments(readFileSync(file, 'utf8'));

  for (const [, list, , specifier] of source.matchAll(
    /\bexport\s+(?:type\s+)?\{([^}]*)\}(\s*from\s*['"]([^'"]+)['"])?/g,
  )) {
    const target = specifier && targetOf(file, specifier, entries);
    const targetExports = target ? exportsOf(target, entries, seen) : undefined;
    for (const [local, name] of namesIn(list)) {
      if (target) found.set(name, targetExports?.get(local) ?? `${target}#${local}`);
      // A name of another project, or one that this file declares or imports.
      else
        found.set(
          name,
          specifier
            ? `${specifier}#${local}`
            : (importedFrom(source, local, file, entries, seen) ?? `${file}#${local}`),
        );
    }
  }
  for (const [, specifier] of source.matchAll(/\bexport\s+\*\s*from\s*['"]([^'"]+)['"]/g)) {
    const target = targetOf(file, specifier, entries);
    if (target) for (const [name, declared] of exportsOf(target, entries, seen)) found.set(name, declared);
  }
  for (const [, name] of source.matchAll(
    /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|const|let|interface|type|enum|namespace)\s+([A-Za-z_$][\w$]*)/gm,
  )) {
    found.set(name, `${file}#${name}`);
  }
  return found;
}

/**
 * Where a name that a file imports is declared; undefined for one that it declares itself.
 * @param {string} source
 * @param {string} local
 * @param {string} file
 * @param {ReadonlyMap<string, string>} entries
 * @param {Map<string, Map<string, string>>} seen
 */
function importedFrom(source, local, file, entries, seen) {
  for (const [, list, specifier] of source.matchAll(
    /\bimport\s+(?:type\s+)?\{([^}]*)\}\s*from\s*['"]([^'"]+)['"]/g,
  )) {
    const imported = namesIn(list).find(([, name]) => name === local);
    if (!imported) continue;
    const target = targetOf(file, specifier, entries);
    return target ? exportsOf(target, entries, seen).get(imported[0]) : `${specifier}#${imported[0]}`;
  }
  return undefined;
}

/** `a, type B, c as d` -> [['a', 'a'], ['B', 'B'], ['c', 'd']]. @param {string} list @returns {[string, string][]} */
function namesIn(list) {
  return list
    .split(',')
    .map((item) => item.trim().replace(/^type\s+/, ''))
    .filter((item) => item !== '')
    .map((item) => {
      const [local, name = local] = item.split(' as ');
      return [local, name];
    });
}

/** @param {string} file @param {string} specifier @param {ReadonlyMap<string, string>} entries */
function targetOf(file, specifier, entries) {
  if (specifier.startsWith(scope)) return entries.get(specifier);
  if (!specifier.startsWith('.')) return undefined;
  const path = resolve(dirname(file), specifier);
  return [path.replace(/\.js$/, '.ts'), path].find((candidate) => existsSync(candidate));
}

/** @param {string} source */
function withoutComments(source) {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^[ \t]*\/\/.*$/gm, '');
}

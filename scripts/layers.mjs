// The layering of the workspace: who may import whom, held against manifests and imports.
//
// `layers.json` names, for each package, which of ours it may depend on. A manifest may declare no other, apps are
// imported by nobody, and no import reaches into another package by a relative path. That an import is declared in
// the manifest is the linter's job (noUndeclaredDependencies); circles of files are found by import-circles.mjs.
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { relativeImports, sourceFiles } from './source-files.mjs';
import { members, root } from './workspace.mjs';

const scope = '@throughtime/';

/**
 * @param {string} base the workspace's root
 * @returns {string[]} one line for each breach
 */
export function layeringBreaches(base = root) {
  /** @type {Record<string, string[]>} */
  const layers = JSON.parse(readFileSync(join(base, 'scripts/layers.json'), 'utf8'));
  return [
    ...circles(layers),
    ...members(base).flatMap((member) => [
      ...manifestBreaches(member, layers),
      ...importBreaches(member, base),
    ]),
  ];
}

/** @param {Record<string, string[]>} layers */
function circles(layers) {
  /** @type {string[]} */
  const found = [];
  /** @param {string} name @param {string[]} path */
  const visit = (name, path) => {
    if (path.includes(name)) found.push(`layers.json: a circle: ${[...path, name].join(' -> ')}`);
    else for (const below of layers[name] ?? []) visit(below, [...path, name]);
  };
  for (const name of Object.keys(layers)) visit(name, []);
  return found;
}

/** @param {import('./workspace.mjs').Member} member @param {Record<string, string[]>} layers */
function manifestBreaches({ folder, name, manifest }, layers) {
  const declared = Object.keys({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  })
    .filter((dependency) => dependency.startsWith(scope))
    .map((dependency) => dependency.slice(scope.length));
  // Apps are the top: they may use every package, and nothing may use them.
  const allowed = folder.startsWith('apps/') ? Object.keys(layers) : layers[name];
  if (!allowed) return [`${folder}/package.json: add "${name}" to scripts/layers.json`];
  return declared
    .filter((dependency) => !allowed.includes(dependency))
    .map(
      (dependency) =>
        `${folder}/package.json: may not depend on ${scope}${dependency} (see scripts/layers.json)`,
    );
}

/** @param {import('./workspace.mjs').Member} member @param {string} base */
function importBreaches({ folder }, base) {
  const home = join(base, folder);
  return sourceFiles(home).flatMap((file) =>
    relativeImports(readFileSync(file, 'utf8'))
      .filter((specifier) => relative(home, resolve(dirname(file), specifier)).startsWith('..'))
      .map((specifier) => `${relative(base, file)}: '${specifier}' leaves the package; import it by name`),
  );
}

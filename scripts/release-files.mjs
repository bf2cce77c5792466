// npm run release-files: what a release consists of, in out/release: the tarball of every public package, and sbom.cdx.json, the list
// of all that they depend on, with versions, hashes and licences (CycloneDX 1.6).
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { members, pnpm, pnpmCommand, root, runTool } from './workspace.mjs';

/**
 * @typedef {object} Listed  what `pnpm list --json` says of a package
 * @property {string} [name]
 * @property {string} [from]
 * @property {string} [version]
 * @property {string} path
 * @property {Record<string, Listed>} [dependencies]
 * @property {Record<string, Listed>} [optionalDependencies]
 */

/**
 * @param {Listed[]} listed packages with their dependencies
 * @param {string} lockfile pnpm-lock.yaml
 * @param {(folder: string) => { license?: string }} manifestOf
 */
export function billOfMaterials(listed, lockfile, manifestOf) {
  const hashes = new Map(
    [
      ...lockfile.matchAll(/^ {2}'?([^' \n]+)'?:\n {4}resolution: \{integrity: sha512-([A-Za-z0-9+/=]+)/gm),
    ].map(([, id, hash]) => [id, Buffer.from(hash, 'base64').toString('hex')]),
  );
  /** @type {Map<string, object>} */
  const components = new Map();
  /** @param {Listed} entry @param {string} name */
  const add = (entry, name) => {
    for (const group of [entry.dependencies, entry.optionalDependencies])
      for (const [key, dependency] of Object.entries(group ?? {})) {
        // Members of the workspace are components already.
        if (!dependency.version?.startsWith('link:')) add(dependency, dependency.from ?? key);
      }
    const id = `${name}@${entry.version}`;
    if (components.has(id)) return;
    const hash = hashes.get(id);
    const { license } = manifestOf(entry.path);
    components.set(id, {
      type: 'library',
      'bom-ref': id,
      name,
      version: entry.version,
      purl: `pkg:npm/${name.replace('@', '%40')}@${entry.version}`,
      ...(license && { licenses: [{ expression: license }] }),
      ...(hash && { hashes: [{ alg: 'SHA-512', content: hash }] }),
    });
  };
  for (const entry of listed) add(entry, entry.name ?? '');
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    components: [...components.keys()].sort().map((id) => components.get(id)),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = join(root, 'out/release');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const filters = members()
    .filter(({ manifest }) => !manifest.private)
    .flatMap(({ manifest }) => ['--filter', manifest.name]);
  pnpm([...filters, 'exec', 'pnpm', 'pack', '--pack-destination', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [node, script] = pnpmCommand();
  const list = runTool(node, [script, ...filters, 'list', '--prod', '--json', '--depth', 'Infinity'], {
    maxBuffer: 1 << 28,
  });
  if (list.status !== 0) throw new Error(`pnpm list: ${list.stderr}`);
  const materials = billOfMaterials(
    JSON.parse(String(list.stdout)),
    readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'),
    (path) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')),
  );
  writeFileSync(join(folder, 'sbom.cdx.json'), `${JSON.stringify(materials, undefined, 2)}\n`);
  console.log(`out/release: ${materials.components.length} components in sbom.cdx.json`);
}

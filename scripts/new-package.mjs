// npm run new-package -- NAME: scaffolds packages/NAME so that it passes `npm run check` as it is.
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm, root } from './workspace.mjs';

const name = process.argv[2];
if (!name || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
  console.error(
    `usage: npm run new-package -- NAME   (lower case, words joined by hyphens; got ${JSON.stringify(name ?? '')})`,
  );
  process.exit(2);
}
const folder = join(root, 'packages', name);
if (existsSync(folder)) {
  console.error(`new-package: packages/${name} exists already; choose another name`);
  process.exit(2);
}

cpSync(join(root, 'scripts/new-package/template'), folder, { recursive: true });
cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
// `text-chunks` names the package; `textChunks` its first function.
const camelName = name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || entry.name === 'LICENSE') continue;
  const file = join(entry.parentPath, entry.name);
  const text = readFileSync(file, 'utf8').replaceAll('__name__', name).replaceAll('__camelName__', camelName);
  writeFileSync(file, text);
}

const layersFile = join(root, 'scripts/layers.json');
const layers = JSON.parse(readFileSync(layersFile, 'utf8'));
layers[name] = [];
writeFileSync(layersFile, `${JSON.stringify(layers, null, 2)}\n`);
pnpm(['install', '--no-frozen-lockfile', '--reporter', 'append-only']);
pnpm(['exec', 'biome', 'check', '--write', 'scripts/layers.json', `packages/${name}`]);
console.log(`
packages/${name} is ready. Next:
  1. write what it is for into packages/${name}/README.md and the manifest's description;
  2. name the packages that it may use in scripts/layers.json and in its manifest;
  3. npm run check && npm test; then npx changeset.`);

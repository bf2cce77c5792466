// npm run new-package -- NAME: scaffolds packages/NAME so that it passes `npm run check` as it is.
import { ScaffoldError, scaffoldPackage } from './new-package/scaffold.mjs';
import { pnpm, root } from './workspace.mjs';

const name = process.argv[2] ?? '';
try {
  scaffoldPackage(name, root);
} catch (error) {
  if (!(error instanceof ScaffoldError)) throw error;
  console.error(`new-package: ${error.message}\nusage: npm run new-package -- NAME`);
  process.exit(2);
}
pnpm(['install', '--no-frozen-lockfile', '--reporter', 'append-only']);
pnpm(['exec', 'biome', 'check', '--write', 'scripts/layers.json', `packages/${name}`]);
console.log(`
packages/${name} is ready. Next:
  1. write what it is for into packages/${name}/README.md and the manifest's description;
  2. name the packages that it may use in scripts/layers.json and in its manifest;
  3. npm run check && npm test; then npx changeset.`);

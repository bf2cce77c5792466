// Run by `prepack` of an app, in its folder: makes of dist/cli.js the command that is published, build/NAME.js, with the packages of ours that
// are private bundled in. All else stays a dependency, and is held to the manifest: none may be missing, and none too many.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { members, root } from './workspace.mjs';

const folder = process.cwd();
const app = members().find((member) => join(root, member.folder) === folder);
const [command] = Object.keys(app?.manifest.publishConfig?.bin ?? {});
if (!app || !command)
  throw new Error(`bundle-command: expected the folder of an app with publishConfig.bin, got ${folder}`);

const hidden = members()
  .filter(({ manifest }) => manifest.private)
  .map(({ manifest }) => manifest.name);
/** @type {Set<string>} */
const dependencies = new Set();

rmSync(join(folder, 'build'), { recursive: true, force: true });
await build({
  entryPoints: { [command]: join(folder, 'dist/cli.js') },
  outdir: join(folder, 'build'),
  chunkNames: 'part-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
  plugins: [
    {
      name: 'dependencies stay outside',
      setup({ onResolve }) {
        onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
          const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/');
          if (kind === 'entry-point' || hidden.includes(name)) return undefined;
          if (!path.startsWith('node:')) dependencies.add(name);
          return { path, external: true };
        });
      },
    },
  ],
});

const declared = Object.keys(app.manifest.dependencies ?? {});
const missing = [...dependencies].filter((name) => !declared.includes(name));
const unused = declared.filter((name) => !dependencies.has(name));
if (missing.length > 0 || unused.length > 0) {
  console.error(
    `${app.folder}/package.json: dependencies lack [${missing.join(', ')}] and have [${unused.join(', ')}] too many`,
  );
  process.exit(1);
}

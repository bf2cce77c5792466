// Run by `build` and `prepack` of an app, in its folder: makes of dist/cli.js the command, build/NAME.js, with all packages of ours in a few
// files: Node takes longer to find and open hundreds of files than to run them. It has two names, the one in a clone and the published
// one. Packages of others stay a dependency. The manifest must name it all, in the versions that our packages ask for, and nothing else.
import { cpSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { build } from 'esbuild';
import { members, root } from './workspace.mjs';

const scope = '@throughtime/';
const folder = process.cwd();
const app = members().find((member) => join(root, member.folder) === folder);
const names = [app?.manifest.bin, app?.manifest.publishConfig?.bin].flatMap((bin) => Object.keys(bin ?? {}));
if (!app || names.length !== 2)
  throw new Error(
    `bundle-command: expected the folder of an app with a bin and a publishConfig.bin, got ${folder}`,
  );

const out = join(folder, 'build');
rmSync(out, { recursive: true, force: true });
/** What our packages read or run beside their files. @type {Set<string>} */
const beside = new Set();
const inputs = await bundle(Object.fromEntries(names.map((name) => [name, join(folder, 'dist/cli.js')])));
for (const path of beside)
  if (path.endsWith('.js')) await bundle({ [basename(path, '.js')]: path });
  else
    cpSync(path, join(out, placeOf(path)), {
      recursive: true,
      filter: (file) => !/\.(js|ts|map)$/.test(file),
    });

/** @type {Map<string, string>} */
const needed = new Map(
  Object.entries(app.manifest.dependencies).filter(([name]) => inputs.external.has(name)),
);
for (const { folder: packageFolder, manifest } of members()) {
  const home = join(root, packageFolder);
  if (!inputs.files.some((file) => file.startsWith(join(home, 'dist') + sep))) continue;
  for (const [name, version] of Object.entries(manifest.dependencies ?? {}))
    if (!name.startsWith(scope)) needed.set(name, version);
  // Licences of what a package carries that is not ours; LICENSE is the app's own too.
  for (const file of manifest.files ?? [])
    if (/LICENSE/.test(file)) cpSync(join(home, file), join(out, placeOf(join(home, file))));
}
for (const name of inputs.external) if (!needed.has(name)) needed.set(name, 'some version');
const declared = Object.entries(app.manifest.dependencies);
const wrong = [
  ...[...needed]
    .filter(([name, version]) => app.manifest.dependencies[name] !== version)
    .map((entry) => `lacks ${entry.join(': ')}`),
  ...declared.filter(([name]) => !needed.has(name)).map(([name]) => `needs no ${name}`),
];
if (wrong.length > 0) {
  console.error(`${app.folder}/package.json: "dependencies" ${wrong.join(', ')}`);
  process.exit(1);
}

/**
 * @param {Record<string, string>} entryPoints
 * @returns the files that went in, and the packages of others that they import
 */
async function bundle(entryPoints) {
  /** @type {Set<string>} */
  const external = new Set();
  const { metafile } = await build({
    entryPoints,
    outdir: out,
    absWorkingDir: root,
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
    metafile: true,
    plugins: [
      {
        name: 'ours inside, others outside',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^[^./#]/ }, ({ path, kind }) => {
            if (kind === 'entry-point' || path.startsWith(scope)) return undefined;
            if (!path.startsWith('node:'))
              external.add(path.split('/', path.startsWith('@') ? 2 : 1).join('/'));
            return { path, external: true };
          });
          onLoad({ filter: /[\\/]packages[\\/][^\\/]+[\\/]dist[\\/].*\.js$/ }, async ({ path }) => ({
            contents: moved(path, await readFile(path, 'utf8')),
          }));
        },
      },
    ],
  });
  return { files: Object.keys(metafile.inputs).map((file) => join(root, file)), external };
}

/** Where a file or folder of our packages goes in build/: `wasm-kernels/dist/generated`. @param {string} path */
function placeOf(path) {
  return relative(join(root, 'packages'), path).split(sep).join('/');
}

/**
 * The text of a module that comes to lie in build/. What it reads there is `./PACKAGE/...`, what it runs `./NAME.js`, and an import that
 * bundlers must not see (`onDemand` of rnn-cells) is one that ours sees.
 * @param {string} path @param {string} text
 */
function moved(path, text) {
  const onDemand = /path: ('[^']+'),\s*load: \(path\) => import\([^)]*path\)/.exec(text)?.[1];
  return text
    .replace(/import\(\/\* @vite-ignore \*\/ [^)]*path\)/, (variable) =>
      onDemand ? `import(${onDemand})` : variable,
    )
    .replace(/new URL\((['"`])(\.\.?\/[^'"`]+)\1, import\.meta\.url\)/g, (whole, quote, target) => {
      // The app's own manifest, which is beside build/ as a package's is beside its dist/.
      if (target === '../package.json') return whole;
      const [fixed] = target.split('${');
      const file = join(dirname(path), fixed);
      beside.add(file);
      if (file.endsWith('.js')) return whole;
      return `new URL(${quote}./${placeOf(file)}/${target.slice(fixed.length)}${quote}, import.meta.url)`;
    });
}

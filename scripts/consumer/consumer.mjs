// Packs every package, installs the tarballs in an empty project outside the workspace, and type-checks it under both module resolutions
// in use. Runs a short example in Node and, bundled by Vite, in Chromium. Then the same for programs
// that use the engine alone, without tfjs, whose sizes are held to budgets (engine-only.mjs). The examples of all READMEs are
// type-checked there too, and our declarations without `skipLibCheck`, by the newest TypeScript and by the oldest that we support (types.mjs).
//
// The project shares nothing with the workspace but the tools (tsc, vite, a browser driver) that run on it.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { libraries, members, pnpm, root, runTool } from '../workspace.mjs';
import { installApps } from './apps.mjs';
import { runInChromium } from './chromium.mjs';
import { engineOnly } from './engine-only.mjs';
import { checkTypes, oldestTypeScript, writeExamples } from './types.mjs';

const keep = process.argv.includes('--keep');
const folder = mkdtempSync(join(tmpdir(), 'throughtime-consumer-'));
const project = join(folder, 'project');
const published = libraries();
const apps = members().filter(({ folder, manifest }) => folder.startsWith('apps/') && !manifest.private);
const tfjs = { '@tensorflow/tfjs-core': '4.22.0', '@tensorflow/tfjs-backend-wasm': '4.22.0' };

try {
  say(`packing ${published.length} packages`);
  const tarballs = join(project, 'tarballs');
  mkdirSync(tarballs, { recursive: true });
  const filters = [...published, ...apps].flatMap(({ manifest }) => ['--filter', manifest.name]);
  pnpm([...filters, 'exec', 'pnpm', 'pack', '--pack-destination', tarballs], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });

  say('installing them in an empty project');
  const files = readdirSync(tarballs);
  const dependencies = Object.fromEntries(
    published.map(({ name, manifest }) => {
      const file = files.find((candidate) => candidate === `throughtime-${name}-${manifest.version}.tgz`);
      if (!file) throw new Error(`no tarball was packed for ${manifest.name}; there are ${files.join(', ')}`);
      return [manifest.name, `file:tarballs/${file}`];
    }),
  );
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify(
      {
        name: 'consumer',
        private: true,
        type: 'module',
        dependencies: { ...dependencies, ...tfjs, '@types/node': '20', ...oldestTypeScript },
      },
      null,
      2,
    ),
  );
  cpSync(join(root, 'scripts/consumer/project'), project, { recursive: true });
  writeFileSync(join(project, 'every-package.ts'), everyImport());
  tool('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error']);

  writeExamples(project, published);
  checkTypes(project, say);

  say('running the example in Node');
  tool(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.run.json']);
  const inNode = tool(process.execPath, ['run/example-node.js']).trim();
  say(`  perplexity ${inNode}`);

  say('bundling it with Vite and running it in Chromium');
  tool(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn']);
  const inBrowser = await runInChromium(join(project, 'dist'));
  if (inBrowser === undefined) {
    const message =
      'no Chromium found (set CHROMIUM to its path): the browser half of the consumer test did not run';
    if (process.env.CI) throw new Error(message);
    console.error(`NOTE: ${message}`);
  } else {
    say(`  perplexity ${inBrowser}`);
    // Relaxed SIMD rounds otherwise in the last bit, and training carries that on: equal to 1%, not to the digit.
    const apart = Math.abs(Number(inBrowser) / Number(inNode) - 1);
    if (!(apart < 0.01)) throw new Error(`perplexity in the browser is ${inBrowser}, in Node ${inNode}`);
  }

  say('installing the commands in an empty folder');
  installApps({ folder, tarballs, apps, tool, say });

  say('installing, bundling and running programs without tfjs');
  const scope = '@throughtime/';
  await engineOnly({
    folder,
    tarballs: new Map(
      published.map(({ manifest }) => [
        manifest.name,
        {
          file: join(project, dependencies[manifest.name].slice('file:'.length)),
          needs: Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith(scope)),
        },
      ]),
    ),
    tool,
    say,
  });
} catch (error) {
  console.error(`consumer: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  if (keep) say(`the project is kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

/** A file that imports every entry of every package, so that the type checks see all published declarations. */
function everyImport() {
  const entries = published.flatMap(({ manifest }) =>
    Object.keys(manifest.exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => manifest.name + entry.slice(1)),
  );
  const lines = entries.map((entry, i) => `import * as entry${i} from '${entry}';`);
  return `${lines.join('\n')}\nexport const entries = [${entries.map((_, i) => `entry${i}`).join(', ')}];\n`;
}

/** @param {string} command @param {string[]} args @param {string} cwd */
function tool(command, args, cwd = project) {
  const { status, stdout, stderr, error } = runTool(command, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}\n${stdout}${stderr}`);
  return String(stdout);
}

/** @param {string} text */
function say(text) {
  console.log(text);
}

// npm run elsewhere [-- WORD ...]: our packages where others use them. Packs them, serves the tarballs as a registry of our scope, types every
// README's own install line into an empty project, and runs the README's examples there. The parts, of which a WORD chooses some:
//
//   npm, pnpm, yarn   the package managers; pnpm finds nothing that an install line does not name
//   node, deno, bun   the examples of all READMEs on Node 20 to 26, Deno and Bun, installed by npm
//   commonjs          require() of every entry of every package
//   vite, webpack, next   a page that trains, built by each, in Chromium
//
// It takes a quarter of an hour on two idle cores, and downloads some hundred megabytes. `npm run check` has a short form: consumer.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { examplesOf, expectedLines, installedBy } from '../readme-examples.mjs';
import { libraries, pnpm, pnpmCommand } from '../workspace.mjs';
import { bundlers } from './bundlers.mjs';
import { serveTarballs } from './registry.mjs';

/** Of npm: the runtimes by the name of their part, each with its binary and what comes before a script. */
const platform = `${process.platform}-${process.arch}`;
const nodes = ['20', '22', '24', '26'].map((version) => ({
  name: `node ${version}`,
  dependency: [`node${version}`, `npm:node-${platform}@${version}`],
  command: [`node${version}/bin/node`],
}));
const runtimes = [
  ...nodes,
  {
    name: 'deno',
    dependency: ['deno', '2'],
    command: ['.bin/deno', 'run', '--allow-all', '--node-modules-dir=manual'],
  },
  { name: 'bun', dependency: ['bun', '1'], command: ['.bin/bun', 'run'] },
];
const managers = {
  npm: ['npm', 'install', '--no-audit', '--no-fund', '--loglevel', 'error'],
  pnpm: [...pnpmCommand(), 'add', '--ignore-workspace', '--silent'],
  yarn: ['npx', '--yes', 'yarn@1.22.22', 'add', '--silent', '--no-lockfile'],
};

/** The root README's example trains for minutes: it is compiled and imported, not run. */
const readmes = ['', ...libraries().map(({ folder }) => folder)];

/** An entry that needs a peer which the install line leaves out says so by the name of the peer; anything else fails. */
const commonjsStart = `
const count = (entry) => { if (typeof entry !== 'object' || entry === null) throw new Error('expected exports'); };
const missing = (entry, error) => {
  if (!/Cannot find (package|module) '@tensorflow/.test(error.message)) { console.error(entry, error); process.exitCode = 1; }
};
`;

const words = process.argv.slice(2);
/** @param {string} part */
const isWanted = (part) => words.length === 0 || words.some((word) => part.startsWith(word));
/** @type {string[]} */
const failed = [];
const folder = mkdtempSync(join(tmpdir(), 'throughtime-elsewhere-'));
const tarballs = join(folder, 'tarballs');
mkdirSync(tarballs);
const filters = libraries().flatMap(({ manifest }) => ['--filter', manifest.name]);
pnpm([...filters, 'exec', 'pnpm', 'pack', '--pack-destination', tarballs], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
const registry = await serveTarballs(tarballs);
try {
  /** @type {Map<string, string>} the project of each README as npm installed it */
  const projects = new Map();
  const needsNpm = [...runtimes.map(({ name }) => name), 'commonjs', 'vite', 'webpack', 'next'].some(
    isWanted,
  );
  for (const [manager, command] of Object.entries(managers)) {
    if (!isWanted(manager) && !(manager === 'npm' && needsNpm)) continue;
    for (const readme of readmes) {
      const project = newProject(`${manager}-${readme.replaceAll('/', '-') || 'root'}`);
      if (manager === 'npm') projects.set(readme, project);
      await attempt(`${manager}: ${readme || 'root'}`, async () => {
        await tool([...command, ...installedBy(readme)], project);
        if (isWanted(manager)) await runExamples(readme, project, [process.execPath]);
      });
    }
  }

  const wanted = runtimes.filter(({ name }) => isWanted(name));
  const tools = newProject('tools');
  if (wanted.length > 0) {
    writeFileSync(
      join(tools, 'package.json'),
      JSON.stringify({
        private: true,
        dependencies: Object.fromEntries(wanted.map(({ dependency }) => dependency)),
      }),
    );
    await tool(managers.npm, tools);
  }
  for (const { name, command } of wanted) {
    const [binary, ...args] = command;
    for (const [readme, project] of projects)
      await attempt(`${name}: ${readme || 'root'}`, () =>
        runExamples(readme, project, [join(tools, 'node_modules', binary), ...args]),
      );
  }

  if (isWanted('commonjs'))
    for (const { folder: readme, manifest } of libraries())
      await attempt(`commonjs: ${readme}`, async () => {
        const project = /** @type {string} */ (projects.get(readme));
        const entries = Object.keys(manifest.exports)
          .filter((entry) => entry !== './package.json')
          .map((entry) => manifest.name + entry.slice(1));
        const file = join(project, 'entries.cjs');
        // Entries for tfjs and for PNG need what an install line leaves to those who use them.
        const lines = entries.map(
          (entry) => `try { count(require('${entry}')); } catch (error) { missing('${entry}', error); }`,
        );
        writeFileSync(file, `${commonjsStart}${lines.join('\n')}\n`);
        await tool([process.execPath, file], project);
      });

  const page = newProject('bundlers');
  await bundlers({ project: page, isWanted, attempt, tool, install: managers.npm, names: installedBy('') });
} finally {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
}
if (failed.length > 0) {
  console.error(`elsewhere: ${failed.length} failed: ${failed.join('; ')}`);
  process.exit(1);
}

/** @param {string} name */
function newProject(name) {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'elsewhere', version: '1.0.0', private: true, type: 'module' }),
  );
  writeFileSync(join(project, '.npmrc'), `@throughtime:registry=${registry.url}\n`);
  return project;
}

/**
 * Whether a line was printed. Arrays and objects have other quotes and line ends in each runtime.
 * @param {string} line @param {string} printed
 */
function isPrinted(line, printed) {
  if (!/^[[{]/.test(line)) return printed.split('\n').some((one) => one.trim() === line);
  const bare = (/** @type {string} */ text) => text.replace(/\s/g, '').replaceAll('"', "'");
  return bare(printed).includes(bare(line));
}

/** @param {string} readme @param {string} project @param {readonly string[]} runtime */
async function runExamples(readme, project, runtime) {
  for (const { number, code } of examplesOf(readme)) {
    const plain = transformSync(code, { loader: 'ts', format: 'esm' }).code;
    const file = join(project, `example-${number}.mjs`);
    const imports = [...plain.matchAll(/^import [^;]*;$/gm)].map(([line]) => line).join('\n');
    writeFileSync(file, readme === '' ? `${imports}\nconsole.log('imported');\n` : plain);
    const printed = await tool([...runtime, file], project);
    for (const line of readme === '' ? ['imported'] : expectedLines(code))
      if (!isPrinted(line, printed))
        throw new Error(`example ${number}: expected '${line}', got\n${printed}`);
  }
}

/** @param {string} name @param {() => Promise<void>} work */
async function attempt(name, work) {
  const started = performance.now();
  try {
    await work();
    console.log(`ok      ${name} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  } catch (error) {
    failed.push(name);
    console.log(`FAILED  ${name}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Runs a command while the registry in this process answers. @param {readonly string[]} command @param {string} cwd */
async function tool([command, ...args], cwd) {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}\n${stdout}${stderr}`);
  return stdout;
}

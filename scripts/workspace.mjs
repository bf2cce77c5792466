// Where the workspace is, which packages it has, and how to run a tool in it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where pnpm is installed by a lockfile of its own, which holds it to its hash: `npx` would take what the registry serves. */
const pnpmFolder = join(root, 'scripts/pnpm');

/**
 * @typedef {object} Member
 * @property {string} folder  `packages/NAME` or `apps/NAME`
 * @property {string} name  the folder's own name
 * @property {Record<string, any>} manifest
 */

/**
 * Every package and app, with its manifest.
 * @returns {Member[]}
 */
export function members(base = root) {
  return ['packages', 'apps'].flatMap((kind) => {
    if (!existsSync(join(base, kind))) return [];
    return readdirSync(join(base, kind))
      .filter((name) => existsSync(join(base, kind, name, 'package.json')))
      .map((name) => ({
        folder: `${kind}/${name}`,
        name,
        manifest: JSON.parse(readFileSync(join(base, kind, name, 'package.json'), 'utf8')),
      }));
  });
}

/** Our commands as they are built: what `npm run generate --` and `npm run forecast --` start. @type {Record<string, string>} */
export const programs = Object.fromEntries(
  members().flatMap(({ folder, manifest }) =>
    Object.entries(manifest.bin ?? {}).map(([name, file]) => [name, join(root, folder, file)]),
  ),
);

/** The packages that are published to be imported: neither private, nor an app, which is published as a command. */
export function libraries(base = root) {
  return members(base).filter(({ folder, manifest }) => folder.startsWith('packages/') && !manifest.private);
}

/**
 * Runs a tool and waits for it, on every system alike.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function runTool(command, args, options = {}) {
  return spawnSync(...toolCall(command, args, options));
}

/**
 * Starts a tool, and gives back what it wrote once it has ended.
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<{ status: number | null, output: string }>}
 */
export function startTool(command, args) {
  const child = spawn(...toolCall(command, args, {}));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}

/**
 * What starts a tool: npm and npx are .cmd files on Windows, which only a shell starts, and a shell splits arguments at blanks unless they
 * are quoted. Node itself is started without a shell: its path may hold blanks too.
 * @template {import('node:child_process').CommonSpawnOptions} O
 * @param {string} command
 * @param {string[]} args
 * @param {O} options
 * @returns {[string, string[], O]}
 */
function toolCall(command, args, options) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', ...options.env };
  // turbo and `pnpm exec` start pnpm by its name.
  const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  env[path] = [join(pnpmFolder, 'node_modules/.bin'), env[path]].join(delimiter);
  const settings = { cwd: root, ...options, env };
  const needsShell = process.platform === 'win32' && (command === 'npm' || command === 'npx');
  return needsShell
    ? [command, args.map(quotedForWindows), { ...settings, shell: true }]
    : [command, args, settings];
}

/** @param {string} argument */
function quotedForWindows(argument) {
  return /^[\w@:./\\=,+-]+$/.test(argument) ? argument : `"${argument.replaceAll('"', '""')}"`;
}

/**
 * Runs a command in the workspace with its output shown, and ends this process with its code when it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function run(command, args, options = {}) {
  const { status, error, signal } = runTool(command, args, { stdio: 'inherit', ...options });
  if (error) throw error;
  if (signal) process.kill(process.pid, signal);
  if (status !== 0) process.exit(status ?? 1);
}

/** The command that runs pnpm at the pinned version: npm installs it, so a machine needs Node alone. */
export function pnpmCommand() {
  const script = join(pnpmFolder, 'node_modules/pnpm/bin/pnpm.cjs');
  const wanted = readFileSync(join(pnpmFolder, 'package-lock.json'), 'utf8');
  const stamp = join(pnpmFolder, 'node_modules/.installed');
  if (!existsSync(script) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    run('npm', ['ci', '--prefix', pnpmFolder, '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], {
      stdio: ['ignore', 2, 2],
    });
    writeFileSync(stamp, wanted);
  }
  return [process.execPath, script];
}

/**
 * Runs pnpm in the workspace.
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function pnpm(args, options) {
  const [node, script] = pnpmCommand();
  run(node, [script, ...args], options);
}

// Where the workspace is, which packages it has, and how to run a tool in it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The pnpm version that `packageManager` pins, so that every machine resolves alike. */
export const pnpmVersion = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager.split(
  '@',
)[1];

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

/**
 * Runs a tool and waits for it, on every system alike.
 *
 * npm and npx are .cmd files on Windows, which only a shell starts, and a shell splits arguments at blanks unless they are quoted.
 * Node itself is started without a shell: its path may hold blanks too.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function runTool(command, args, options = {}) {
  const settings = {
    cwd: root,
    ...options,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', ...options.env },
  };
  const needsShell = process.platform === 'win32' && (command === 'npm' || command === 'npx');
  if (!needsShell) return spawnSync(command, args, settings);
  return spawnSync(command, args.map(quotedForWindows), { ...settings, shell: true });
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

/**
 * Runs pnpm at the pinned version: `npx` fetches it, so a machine needs Node alone.
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function pnpm(args, options) {
  run('npx', ['--yes', `pnpm@${pnpmVersion}`, ...args], options);
}

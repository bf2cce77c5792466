// What the checks of exported runs share: Python, runs on one process or several, and a line for each check.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { peerPython } from '../peers.mjs';

/** PYTHON, else that of `npm run peers -- --setup`, else the system's. */
export const python = process.env.PYTHON ?? (existsSync(peerPython) ? peerPython : 'python3');

/** The largest difference of two losses, relative. */
const tolerance = 1e-4;

/**
 * Runs Python to its end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env]
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string }>}
 */
export function ended(program, args, env = {}) {
  const child = spawn(python, [program, ...args], { env: { ...process.env, ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/**
 * The losses of updates there, and of the validation after each epoch.
 * @param {string} folder
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function trainThere(folder, count, processes = 1) {
  const events = await eventsThere(folder, ['--updates', String(count)], processes);
  return events.flatMap(({ event, loss, validation }) =>
    event === 'step' ? [loss] : event === 'epoch' ? [validation] : [],
  );
}

/**
 * Trains there.
 * @param {string} folder
 * @param {readonly string[]} args
 * @returns {Promise<any[]>} the JSON lines of the first process
 */
export async function eventsThere(folder, args, processes = 1) {
  const port = String(29500 + (process.pid % 400));
  const children = Array.from({ length: processes }, (_, rank) =>
    ended(join(folder, 'train.py'), [...args, '--threads', '1', '--json'], {
      ...(processes > 1 && {
        RANK: String(rank),
        WORLD_SIZE: String(processes),
        MASTER_ADDR: '127.0.0.1',
        MASTER_PORT: port,
      }),
    }),
  );
  const [first, ...others] = await Promise.all(children);
  for (const { code, stderr } of [first, ...others])
    if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return first.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** The largest relative one. @param {readonly number[]} here @param {readonly number[]} there */
export function difference(here, there) {
  if (here.length === 0 || here.length !== there.length) return Number.POSITIVE_INFINITY;
  return Math.max(...here.map((loss, i) => Math.abs(loss - there[i]) / loss));
}

/** The names of the checks that failed. @type {string[]} */
export const failures = [];

/** @param {string} name @param {number} worst */
export function report(name, worst) {
  const passed = worst <= tolerance;
  if (!passed) failures.push(name);
  console.log(`${passed ? 'ok    ' : 'FAILED'}  ${name.padEnd(44)} ${worst.toExponential(1)}`);
}

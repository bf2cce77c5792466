// Starting our commands and programs, and ending them at a moment of one's choice.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../workspace.mjs';

/** @param {string} name of a file of this folder */
export function soakFile(name) {
  return join(root, 'scripts/soak', name);
}

/**
 * @typedef {object} Ended
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * @typedef {object} Life
 * @property {import('node:child_process').ChildProcess} child
 * @property {Promise<Ended>} ended
 * @property {(count: number) => Promise<void>} lines waits until stdout has that many lines, or the process has ended
 */

/**
 * Starts a program of Node's.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ preload?: string, env?: Record<string, string>, flags?: readonly string[] }} [options] a module to be run first, by its path
 * @returns {Life}
 */
export function start(program, args, { preload, env = {}, flags = [] } = {}) {
  const before = preload === undefined ? [] : ['--import', pathToFileURL(preload).href];
  const child = spawn(process.execPath, [...flags, ...before, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }));
  let isRunning = true;
  ended.then(() => {
    isRunning = false;
  });
  return {
    child,
    ended,
    async lines(count) {
      while (isRunning && stdout.split('\n').length <= count)
        await Promise.race([once(child.stdout, 'data'), ended]);
    },
  };
}

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Parameters<typeof start>[2]} [options]
 */
export function run(program, args, options) {
  return start(program, args, options).ended;
}

/**
 * Kills a process some milliseconds after it has written some lines, whatever it does then.
 * @param {Life} life
 * @param {{ lines: number, milliseconds: number }} when
 * @returns {Promise<Ended>} with the code 0 where it ended before
 */
export async function killed(life, { lines, milliseconds }) {
  await life.lines(lines);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  life.child.kill('SIGKILL');
  return life.ended;
}

/**
 * What is wrong with how a command complained: it should say one line and exit with 2.
 * @param {Ended} ended
 * @returns {string | undefined}
 */
export function unclear({ code, signal, stderr }) {
  const complaints = stderr.split('\n').filter((line) => /^(generate|forecast): /.test(line));
  if (code === 2 && complaints.length === 1 && !/^ {4}at /m.test(stderr)) return undefined;
  return `expected one line and exit code 2, got ${code ?? signal}: ${stderr.trim().slice(0, 400)}`;
}

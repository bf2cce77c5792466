// Runs one of our commands with --json: its events as they come, its progress for people passed on.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { root } from './workspace.mjs';

/** A command that did not end well; start gives its exit code on. */
export class CommandFailed extends Error {
  /** @param {string} command @param {number} code */
  constructor(command, code) {
    super(`${command} ended with exit code ${code}`);
    this.code = code;
  }
}

/**
 * @param {string} cli the built command, from the root
 * @param {string[]} args
 * @returns {AsyncGenerator<Record<string, any>>}
 */
export async function* jsonEvents(cli, args) {
  const child = spawn(process.execPath, [cli, ...args, '--json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal ? 130 : 1)));
  });
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line);
  const code = await ended;
  if (code !== 0) throw new CommandFailed(args[0], code);
}

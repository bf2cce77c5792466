// Runs every command of docs/growing.md, in their order, in a folder of its own: what the page says is what works.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { programs, root } from '../workspace.mjs';
import { python, report } from './python.mjs';

/** The commands of the page's `sh` blocks, a line each. */
function commandsOf(/** @type {string} */ page) {
  return [...page.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) =>
    block
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .map((line) => line.split(' # ')[0].trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
}

/** @param {string} folder where the commands run */
export function walk(folder) {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const cases = Object.entries(programs).map(
    ([name, file]) => `${name}) shift 3; exec '${process.execPath}' '${file}' "$@" ;;`,
  );
  writeProgram(join(bin, 'npm'), `case "$2" in ${cases.join(' ')} esac; exit 2`);
  writeProgram(join(bin, 'python'), `exec '${python}' "$@"`);
  // Two processes share two cores.
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, OMP_NUM_THREADS: '1' };
  for (const command of commandsOf(readFileSync(join(root, 'docs/growing.md'), 'utf8'))) {
    const started = performance.now();
    // Bash takes a pipe of Node's as its input for a login over the network, and reads .bashrc, which may put another Python first.
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
      cwd: folder,
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // On the page one process is killed: the other says so.
    const passed = command.includes('--signal=KILL')
      ? status === 1 && /^train: another process ended/m.test(stderr)
      : status === 0;
    if (!passed) console.log(`  exit code ${status}: ${stdout.slice(-500)}${stderr.slice(-1000)}`);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    report(`growing (${seconds} s): ${command.slice(0, 90)}`, passed ? 0 : Number.POSITIVE_INFINITY);
  }
}

/** @param {string} file @param {string} line */
function writeProgram(file, line) {
  writeFileSync(file, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
}

// All reproductions one after the other, each in a process of its own, as memory and time are measured.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The exit code of a reproduction whose data could not be downloaded. */
export const withoutData = 3;

/** What every reproduction takes, so that `all` takes it for them. */
const options = ['--quick', '--record', '--json', '--wide-vectors'];

const script = fileURLToPath(new URL('./reproduce.mjs', import.meta.url));

/**
 * Runs all reproductions and says how each ended.
 * @param {readonly string[]} names
 * @param {readonly string[]} args given to each, of `options`
 * @returns {Promise<number>} the exit code: 0 where every figure lay within its bound, 2 for an option that there is not
 */
export async function runAll(names, args) {
  const unknown = args.find((word) => !options.includes(word));
  if (unknown !== undefined) {
    process.stderr.write(`reproduce: all: expected ${options.join(', ')}, got '${unknown}'\n`);
    return 2;
  }
  const json = args.includes('--json');
  /** @type {{ name: string, seconds: number, outcome: string }[]} */
  const ended = [];
  for (const name of names) {
    const { needsCorpus = false } = await import(`./${name}.repro.mjs`);
    if (needsCorpus && args.includes('--quick')) {
      ended.push({ name, seconds: 0, outcome: 'left out: its data do not come along' });
      continue;
    }
    (json ? process.stderr : process.stdout).write(`\n== ${name}\n`);
    const started = performance.now();
    const code = await exitCode([name, ...args]);
    // The quick form asks whether the code works, which a machine without the network cannot answer for these.
    const isLeftOut = code === withoutData && args.includes('--quick');
    const unfinished = isLeftOut
      ? 'left out: its data could not be downloaded'
      : `NOT RUN (exit code ${code})`;
    const outcome = code === 0 ? 'ok' : code === 1 ? 'MISSED' : unfinished;
    ended.push({ name, seconds: (performance.now() - started) / 1000, outcome });
  }
  const lines = ended.map(
    ({ name, seconds, outcome }) => `  ${name.padEnd(16)} ${seconds.toFixed(0).padStart(5)} s  ${outcome}`,
  );
  (json ? process.stderr : process.stdout).write(`\n${lines.join('\n')}\n`);
  const failed = ended.filter(({ outcome }) => !(outcome === 'ok' || outcome.startsWith('left out')));
  if (json) console.log(JSON.stringify({ event: 'all', ended }));
  return failed.length > 0 ? 1 : 0;
}

/** @param {readonly string[]} args @returns {Promise<number>} */
function exitCode(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

// npm run fuzz [-- --seconds N] [-- --seed N] [-- --target NAME]: damages the files that our readers read, and watches what they do. For an input
// of up to a megabyte, each reader must give a value or an error of ours in a few seconds. Its process may take no more than 200 MB above
// what it had at the start. An input that breaks this is kept in out/fuzz. Default: 60 seconds in all, all readers;
// CI runs that. `--seconds 7200` is the long form. --every-number instead replaces each number of each good file by each of some extremes,
// which is no matter of chance and takes some minutes.
//
// The readers run in a process of their own (reader.mjs), which this one ends when it says nothing for too long.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../workspace.mjs';
import { damaged, everyNumber, randomFrom, sampleInputs } from './inputs.mjs';

/** Longer than the slowest input takes on a busy machine, far shorter than what is not linear. */
const mostSeconds = 20;
const mostMegabytes = 200;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
    target: { type: 'string' },
    'every-number': { type: 'boolean', default: false },
  },
});
const samples = sampleInputs();
const targets = Object.keys(samples).filter((name) => values.target === undefined || name === values.target);
if (targets.length === 0 || !(Number(values.seconds) > 0)) {
  console.error(`fuzz: expected seconds above 0 and a target among ${Object.keys(samples).join(', ')}`);
  process.exit(2);
}

console.log(`seed ${values.seed}, ${values.seconds} s`);
console.log('reader         inputs  read  refused  failures  slowest    memory');
let failures = 0;
for (const target of targets)
  failures += await fuzz(target, (1000 * Number(values.seconds)) / targets.length);
process.exit(failures === 0 ? 0 : 1);

/** @param {string} target @param {number} milliseconds */
async function fuzz(target, milliseconds) {
  const random = randomFrom(Number(values.seed));
  const counts = { read: 0, refused: 0, failures: 0, slowest: 0, memory: 0 };
  let left = milliseconds;
  // One slow input must not be all that a reader is given: what it takes above this comes out of a second share.
  const most = milliseconds / 20;
  let extra = milliseconds;
  let reader = await start(target);
  let inputs = 0;
  const all = values['every-number'] ? eachNumber(target) : undefined;
  // At least the samples themselves, which are all read.
  for (; inputs < samples[target].length || all || left > 0; inputs++) {
    const sample = samples[target][inputs % samples[target].length];
    const isSample = inputs < samples[target].length;
    const next = isSample ? { value: sample } : all ? all.next() : { value: damaged(sample, random) };
    if (next.value === undefined) break;
    const files = next.value;
    const started = performance.now();
    const answer = await ask(reader, files);
    const took = performance.now() - started;
    const spared = Math.min(extra, Math.max(0, took - most));
    extra -= spared;
    left -= took - spared;
    counts.slowest = Math.max(counts.slowest, took);
    counts.memory = Math.max(counts.memory, answer.megabytes ?? 0);
    let problem = answer.problem;
    if ((answer.megabytes ?? 0) > mostMegabytes) problem ??= `took ${answer.megabytes} MB`;
    // Some models run with tfjs alone, which is not here.
    const isRefusedSample = answer.outcome !== 'read' && !answer.message?.includes('npm install');
    if (isSample && isRefusedSample) problem ??= `a good input was refused: ${answer.message}`;
    if (problem === undefined) counts[answer.outcome === 'read' ? 'read' : 'refused']++;
    else {
      counts.failures++;
      const folder = keep(target, counts.failures, files);
      console.error(`${target}: ${problem}\n  ${folder}`);
    }
    if (answer.outcome === undefined || (answer.megabytes ?? 0) > mostMegabytes) {
      reader.kill('SIGKILL');
      reader = await start(target);
    }
  }
  reader.kill('SIGKILL');
  const { read, refused, slowest, memory } = counts;
  const columns = [inputs, read, refused, counts.failures].map((count) => String(count).padStart(7));
  console.log(
    `${target.padEnd(13)}${columns.join(' ')} ${(slowest / 1000).toFixed(2).padStart(8)} s ${String(memory).padStart(5)} MB`,
  );
  return counts.failures;
}

/** @param {string} target */
function* eachNumber(target) {
  for (const sample of samples[target]) yield* everyNumber(sample);
}

/** @param {string} target */
async function start(target) {
  const reader = fork(new URL('./reader.mjs', import.meta.url), [target], {
    serialization: 'advanced',
    // A process that reads thousands of inputs lets garbage lie while there is room: that is not what a reader needs.
    execArgv: ['--max-semi-space-size=8', '--max-old-space-size=512'],
  });
  const [ready] = await once(reader, 'message');
  if (ready !== 'ready') throw new Error(`reader ${target}: ${ready}`);
  return reader;
}

/**
 * @typedef {object} Answer
 * @property {'read' | 'refused'} [outcome] undefined: none came
 * @property {string} [message]
 * @property {string} [problem]
 * @property {number} [megabytes] above the start
 */

/**
 * @param {import('node:child_process').ChildProcess} reader
 * @param {Record<string, Uint8Array>} files
 * @returns {Promise<Answer>}
 */
function ask(reader, files) {
  return new Promise((resolve) => {
    /** @param {Answer} answer */
    const done = (answer) => {
      clearTimeout(timer);
      reader.off('message', done);
      reader.off('exit', ended);
      resolve(answer);
    };
    /** @param {number | null} code @param {string | null} signal */
    const ended = (code, signal) => done({ problem: `the process ended (${signal ?? code})` });
    const timer = setTimeout(() => done({ problem: `no end after ${mostSeconds} s` }), mostSeconds * 1000);
    reader.on('message', done);
    reader.on('exit', ended);
    reader.send(files);
  });
}

/** @param {string} target @param {number} number @param {Record<string, Uint8Array>} files */
function keep(target, number, files) {
  const folder = join(root, 'out/fuzz', `${target}-${values.seed}-${number}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

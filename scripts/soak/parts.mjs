// What the soak tries. Each part makes its tries in a folder of its own and adds a line to `failures` for each that went wrong.
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointFolder } from '@throughtime/bptt-trainer/node';
import { loadForecaster } from '@throughtime/forecasting/node';
import { loadModel, loadNgramModel } from '@throughtime/lang-model/node';
import { programs } from '../workspace.mjs';
import { killed, run, soakFile, start, unclear } from './processes.mjs';

/**
 * @typedef {object} Tries
 * @property {string} folder
 * @property {number} tries
 * @property {import('@throughtime/random').Random} random
 * @property {string[]} failures
 * @property {(text: string) => void} note
 */

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} what
 * @property {number} tries of the long form
 * @property {number} [least] tries of the short form
 * @property {(tries: Tries) => Promise<void>} run
 */

/** A run of `generate train` that takes some seconds: an epoch is some tens of milliseconds. */
const small = ['--corpus', 'moby-dick', '--max-tokens', '1500', '--batch', '8', '--steps', '16', '--json'];
const adam = [
  ...small,
  '--hidden',
  '8',
  '--layers',
  '2',
  '--dropout',
  '0.3',
  '--optimizer',
  'adam',
  '--schedule',
  'cosine',
];
const averaged = [...small, '--hidden', '8', '--optimizer', 'nt-asgd', '--truncation', 'random-lengths'];
const forecasters = [
  '--series',
  'air-passengers',
  '--model',
  'gru',
  '--hidden',
  '8',
  '--epochs',
  '20',
  '--json',
];

/**
 * Commands that write into a folder, which holds a run `model`, an n-gram model `ngram`, a forecaster `forecaster` and a file `packed`.
 * @type {readonly ((at: (name: string) => string) => readonly ['generate' | 'forecast', ...string[]])[]}
 */
const readOnlyCommands = [
  (at) => ['generate', 'train', ...small, '--epochs', '1', '--out', at('new')],
  (at) => ['generate', 'train', ...small, '--epochs', '1', '--overwrite', '--out', at('model')],
  (at) => ['generate', ...resume(at('model'))],
  (at) => ['generate', 'ngram', '--max-tokens', '2000', '--order', '2', '--json', '--out', at('new')],
  (at) => [
    'generate',
    'ngram',
    '--max-tokens',
    '2000',
    '--order',
    '2',
    '--json',
    '--overwrite',
    '--out',
    at('ngram'),
  ],
  (at) => ['generate', 'export', '--json', '--model', at('model'), '--out', at('new.safetensors')],
  (at) => ['generate', 'export', '--json', '--model', at('model'), '--format', 'onnx', '--out', at('packed')],
  (at) => ['generate', 'export', '--json', '--model', at('model'), '--format', 'folder', '--out', at('new')],
  (at) => ['generate', 'export', '--json', '--model', at('model'), '--format', 'pytorch', '--out', at('new')],
  (at) => [
    'generate',
    'compress',
    '--json',
    '--model',
    at('model'),
    '--corpus',
    at('text'),
    '--out',
    at('new'),
  ],
  (at) => [
    'generate',
    'decompress',
    '--json',
    '--model',
    at('model'),
    '--file',
    at('packed'),
    '--out',
    at('new'),
  ],
  (at) => ['generate', 'text-stats', '--json', '--corpus', at('text'), '--figures', at('new')],
  (at) => ['forecast', 'run', ...forecasters, '--out', at('new')],
  (at) => ['forecast', 'run', ...forecasters, '--out', at('forecaster')],
  (at) => [
    'forecast',
    'predict',
    '--json',
    '--model',
    at('forecaster'),
    '--horizon',
    '2',
    '--out',
    at('new.csv'),
  ],
];

/** @type {readonly Part[]} */
export const parts = [
  {
    name: 'kills, adam',
    what: 'SIGKILL of `generate train`, adam, dropout and cosine: weights of the run that was not killed',
    tries: 50,
    least: 3,
    run: (tries) => killsOfTraining(tries, adam),
  },
  {
    name: 'kills, nt-asgd',
    what: 'the same with nt-asgd and windows of random lengths',
    tries: 50,
    least: 2,
    run: (tries) => killsOfTraining(tries, averaged),
  },
  {
    name: 'kills, accumulation',
    what: 'the same of a program that sums gradients, with a checkpoint every 5 updates',
    tries: 50,
    least: 3,
    run: killsOfAccumulation,
  },
  {
    name: 'kills, forecaster',
    what: 'SIGKILL of `forecast run --out`: the model before it, or the new one; run again, the same tensors',
    tries: 50,
    least: 2,
    run: killsOfForecaster,
  },
  {
    name: 'kills while saving',
    what: 'SIGKILL while a model is saved again and again: the old one or the new one, whole',
    tries: 1000,
    least: 8,
    run: killsWhileSaving,
  },
  {
    name: 'memory',
    what: '20,000 updates and 100,000 tokens with constant memory; tries are updates',
    tries: 20_000,
    least: 1000,
    run: constantMemory,
  },
  {
    name: 'full disk, train',
    what: 'a disk full at some byte of `generate train --resume`: one line, and what was there continues',
    tries: 20,
    least: 3,
    run: fullDiskWhileTraining,
  },
  {
    name: 'full disk, ngram',
    what: 'a disk full at some byte of `generate ngram --overwrite`: one line, and the model before it stays',
    tries: 20,
    least: 2,
    run: fullDiskWhileCounting,
  },
  {
    name: 'full disk, forecast',
    what: 'a disk full at some byte of `forecast run --out`: one line, and a whole model',
    tries: 20,
    least: 2,
    run: fullDiskWhileForecasting,
  },
  {
    name: 'read-only disk',
    what: 'every command that writes, on a disk that was mounted read-only: one line, and what was there stays; tries are commands',
    tries: readOnlyCommands.length,
    least: readOnlyCommands.length,
    run: readOnlyDisk,
  },
  {
    name: 'two runs',
    what: 'two runs started at once in one folder: one trains, the other says why not',
    tries: 50,
    least: 2,
    run: twoRuns,
  },
  {
    name: 'two resumes',
    what: 'two resumes at once of one run: its weights are those of one',
    tries: 50,
    least: 2,
    run: twoResumes,
  },
  {
    name: 'lost workers',
    what: "a fifth of the updates lose a worker inside the engine's kernels: the same weights; tries are runs",
    tries: 25,
    least: 1,
    run: lostWorkers,
  },
  {
    name: 'clock set back',
    what: 'the clock goes back by up to three years during a run and its resume: the same weights',
    tries: 10,
    least: 1,
    run: clockSetBack,
  },
];

/** @param {string} folder */
const weightsIn = (folder) => readFile(join(folder, 'model.safetensors'));

/** @param {string} folder the names of files that a killed or failed run left behind */
async function leftOvers(folder) {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith('.tmp') || name.includes('.lock'));
}

/** @param {Tries} tries @param {readonly string[]} settings */
async function killsOfTraining({ folder, tries, random, failures, note }, settings) {
  // Enough that the kills do not outlive them.
  const epochs = String(Math.ceil(tries * 2.5));
  const [whole, out] = [join(folder, 'whole'), join(folder, 'killed')];
  const began = performance.now();
  const first = await run(programs.generate, ['train', ...settings, '--epochs', epochs, '--out', whole]);
  if (first.code !== 0) {
    failures.push(`the run without kills: exit code ${first.code}: ${first.stderr}`);
    return;
  }
  const startsIn = Math.min(2000, (performance.now() - began) / 2);
  const begin = ['train', ...settings, '--epochs', epochs, '--out', out];
  const resume = ['train', '--json', '--out', out, '--resume'];
  let kills = 0;
  for (let i = 0; i < tries; i++) {
    const isThere = await readFile(join(out, 'training.json')).then(
      () => true,
      () => false,
    );
    const life = start(programs.generate, isThere ? resume : begin);
    // A third anywhere, also while it starts; the others after some epochs, with which the run gets on.
    const when =
      i % 3 === 2
        ? { lines: 0, milliseconds: random.uniform() * startsIn }
        : { lines: 1 + random.integer(0, 3), milliseconds: random.uniform() * 60 };
    const { code, stderr } = await killed(life, when);
    if (code === null) kills++;
    else if (code !== 0) failures.push(`life ${i + 1}: exit code ${code}: ${stderr.trim()}`);
  }
  const last = await run(
    programs.generate,
    (await checkpointFolder(join(out, 'checkpoints')).latest()) ? resume : [...begin, '--overwrite'],
  );
  if (last.code !== 0) failures.push(`the last life: exit code ${last.code}: ${last.stderr.trim()}`);
  if (!(await weightsIn(out)).equals(await weightsIn(whole)))
    failures.push('the weights differ from those without kills');
  const left = await leftOvers(out);
  if (left.length > 0) failures.push(`left over: ${left.join(', ')}`);
  note(`${kills} of ${tries} lives were killed before their end`);
}

/** @param {Tries} tries */
async function killsOfAccumulation({ folder, tries, random, failures }) {
  const [whole, out] = [join(folder, 'whole'), join(folder, 'killed')];
  const program = soakFile('small-run.mjs');
  await run(program, ['accumulate', whole]);
  for (let i = 0; i < tries; i++) {
    const when = { lines: random.integer(0, 30), milliseconds: random.uniform() * 20 };
    const { code, stderr } = await killed(start(program, ['accumulate', out]), when);
    if (code !== null && code !== 0) failures.push(`life ${i + 1}: exit code ${code}: ${stderr.trim()}`);
  }
  const last = await run(program, ['accumulate', out]);
  if (last.code !== 0) failures.push(`the last life: ${last.stderr.trim()}`);
  const [expected, got] = await Promise.all([whole, out].map((path) => readFile(join(path, 'weights'))));
  if (!got.equals(expected)) failures.push('the weights differ from those without kills');
}

/** @param {Tries} tries */
async function killsOfForecaster({ folder, tries, random, failures, note }) {
  const [whole, out] = [join(folder, 'whole'), join(folder, 'killed')];
  const args = (/** @type {string} */ path, seed = 1) => [
    'run',
    ...forecasters,
    '--seed',
    String(seed),
    '--out',
    path,
  ];
  const began = performance.now();
  await run(programs.forecast, args(whole));
  const takes = performance.now() - began;
  // Another model stands there before: the kills must leave it or the new one.
  await run(programs.forecast, args(out, 2));
  const [old, expected] = [await weightsIn(out), await weightsIn(whole)];
  let kills = 0;
  for (let i = 0; i < tries; i++) {
    // Half of them in the last part, where files are written.
    const share = i % 2 === 0 ? random.uniform() : 0.7 + 0.4 * random.uniform();
    const { code, stderr } = await killed(start(programs.forecast, args(out)), {
      lines: 0,
      milliseconds: share * takes,
    });
    if (code === null) kills++;
    else if (code !== 0) failures.push(`life ${i + 1}: exit code ${code}: ${stderr.trim()}`);
    const found = await weightsIn(out);
    if (!found.equals(old) && !found.equals(expected))
      failures.push(`kill ${i + 1}: neither the old model nor the new one`);
    await loadForecaster(out).catch((error) => {
      // A kill between its two files is refused by name: never read as another model.
      if (!String(error.message).includes('saving was cut off between two files'))
        failures.push(`kill ${i + 1}: ${error.message}`);
    });
  }
  const last = await run(programs.forecast, args(out));
  if (last.code !== 0) failures.push(`the last life: ${last.stderr.trim()}`);
  if (!(await weightsIn(out)).equals(expected)) failures.push('the tensors differ from those without kills');
  const left = await leftOvers(out);
  if (left.length > 0) failures.push(`left over: ${left.join(', ')}`);
  note(`${kills} of ${tries} runs were killed before their end`);
}

/** @param {Tries} tries */
async function killsWhileSaving({ folder, tries, random, failures }) {
  const model = join(folder, 'model');
  for (let i = 0; i < tries; i++) {
    const life = start(soakFile('saving-forever.mjs'), [model]);
    await killed(life, { lines: 1 + random.integer(0, 4), milliseconds: random.uniform() * 15 });
    try {
      const { model: loaded } = await loadModel(model, {
        onWarning: (warning) => failures.push(`kill ${i + 1}: ${warning}`),
      });
      const [{ data }] = loaded.parameters;
      const isWhole = loaded.parameters.every((parameter) =>
        parameter.data.every((value) => value === data[0]),
      );
      if (!isWhole) failures.push(`kill ${i + 1}: two saves are mixed`);
    } catch (error) {
      failures.push(`kill ${i + 1}: ${error instanceof Error ? error.message : error}`);
    }
  }
  // A run sweeps the files of killed saves when it begins, and a bare `saveModel` does not.
  if (!(await readdir(model)).includes('model.safetensors')) failures.push('no model');
}

/** @param {Tries} tries */
async function constantMemory({ tries, failures, note }) {
  const env = { SOAK_UPDATES: String(tries), SOAK_TOKENS: String(5 * tries) };
  const { code, stdout, stderr } = await run(soakFile('small-run.mjs'), ['memory'], {
    env,
    flags: ['--expose-gc'],
  });
  if (code !== 0) failures.push(`exit code ${code}: ${stderr.trim()}`);
  const used = stdout.trim().split('\n').map(Number);
  // The first fifth of either half warms up: code is compiled, buffers are made.
  const half = used.length / 2;
  const growth = [used.slice(0, half), used.slice(half)].map((values) => {
    const settled = values.slice(Math.ceil(values.length / 5));
    return ((settled.at(-1) ?? Number.NaN) - settled[0]) / 1e6;
  });
  const shown = growth.map((megabytes) => megabytes.toFixed(1)).join(' and ');
  note(`growth over updates and over tokens: ${shown} MB`);
  if (growth.some((megabytes) => !(megabytes < 24))) failures.push(`memory grew by ${shown} MB`);
}

/**
 * Runs a command with the disk full at each of some places, one after another from its first byte to its last.
 * @param {Tries} tries
 * @param {string} program
 * @param {(path: string) => readonly string[]} args
 * @param {string} before a folder that is there before each try
 * @param {(path: string) => Promise<string | undefined>} fault of what is there afterwards
 */
async function fullDisk({ folder, tries, failures, note }, program, args, before, fault) {
  const preload = soakFile('full-disk.mjs');
  const counted = join(folder, 'counted');
  await cp(before, counted, { recursive: true });
  const { code, stderr } = await run(program, args(counted), { preload });
  const total = Number(/^written: (\d+)$/m.exec(stderr)?.[1]);
  if (code !== 0 || !(total > 0)) {
    failures.push(`on a disk with room: exit code ${code}: ${stderr.trim()}`);
    return;
  }
  note(`${total} bytes are written in all`);
  for (let i = 0; i < tries; i++) {
    const bytes = Math.floor((total * i) / tries);
    const out = join(folder, `full at ${bytes}`);
    await cp(before, out, { recursive: true });
    const ended = await run(program, args(out), { preload, env: { SOAK_BYTES: String(bytes) } });
    const problems = [unclear(ended), await fault(out)].filter((problem) => problem !== undefined);
    const left = await leftOvers(out);
    if (left.length > 0) problems.push(`left over: ${left.join(', ')}`);
    failures.push(...problems.map((problem) => `full at ${bytes} of ${total} bytes: ${problem}`));
    await rm(out, { recursive: true });
  }
}

/** @param {() => Promise<unknown>} read */
async function refusal(read) {
  return read().then(
    () => undefined,
    (error) => String(error.message),
  );
}

/** Trains a run of two epochs further. @param {string} path */
const resume = (path) => ['train', '--json', '--resume', '--epochs', '5', '--out', path];

/** @param {Tries} tries */
async function fullDiskWhileTraining(tries) {
  const [before, whole] = [join(tries.folder, 'before'), join(tries.folder, 'whole')];
  await run(programs.generate, ['train', ...adam, '--epochs', '2', '--out', before]);
  await cp(before, whole, { recursive: true });
  await run(programs.generate, resume(whole));
  const expected = await weightsIn(whole);
  await fullDisk(tries, programs.generate, resume, before, async (path) => {
    const problem = await refusal(() => loadModel(path));
    if (problem !== undefined) return problem;
    const { code, stderr } = await run(programs.generate, resume(path));
    if (code !== 0) return `it does not continue: ${stderr.trim()}`;
    return (await weightsIn(path)).equals(expected) ? undefined : 'the weights differ';
  });
}

/** @param {Tries} tries */
async function fullDiskWhileCounting(tries) {
  const before = join(tries.folder, 'before');
  const ngram = (/** @type {string} */ path, order = '3') => [
    ...['ngram', '--corpus', 'moby-dick', '--max-tokens', '20000', '--order', order, '--overwrite', '--json'],
    ...['--out', path],
  ];
  await run(programs.generate, ngram(before, '2'));
  const expected = await weightsIn(before);
  await fullDisk(tries, programs.generate, ngram, before, async (path) => {
    const problem = await refusal(() => loadNgramModel(path));
    return problem ?? ((await weightsIn(path)).equals(expected) ? undefined : 'another model than before');
  });
}

/** @param {Tries} tries */
async function fullDiskWhileForecasting(tries) {
  const before = join(tries.folder, 'before');
  const args = (/** @type {string} */ path, seed = '1') => [
    'run',
    ...forecasters,
    '--seed',
    seed,
    '--out',
    path,
  ];
  await run(programs.forecast, args(before, '2'));
  await fullDisk(tries, programs.forecast, args, before, (path) => refusal(() => loadForecaster(path)));
}

/** @param {Tries} tries */
async function readOnlyDisk({ folder, failures }) {
  const disk = join(folder, 'disk');
  const at = (/** @type {string} */ name) => join(disk, name);
  await mkdir(disk);
  await writeFile(at('text'), 'a mouse in the house. '.repeat(40));
  const made = [
    await run(programs.generate, ['train', ...small, '--hidden', '8', '--epochs', '1', '--out', at('model')]),
    await run(programs.generate, [
      'ngram',
      '--max-tokens',
      '2000',
      '--order',
      '3',
      '--json',
      '--out',
      at('ngram'),
    ]),
    await run(programs.forecast, ['run', ...forecasters, '--out', at('forecaster')]),
    await run(programs.generate, [
      'compress',
      '--json',
      '--model',
      at('model'),
      '--corpus',
      at('text'),
      '--out',
      at('packed'),
    ]),
  ];
  failures.push(
    ...made.filter(({ code }) => code !== 0).map(({ stderr }) => `on a disk with room: ${stderr.trim()}`),
  );
  const before = await contentOf(disk);
  for (const command of readOnlyCommands) {
    const [program, ...args] = command(at);
    const ended = await run(programs[program], args, {
      preload: soakFile('read-only.mjs'),
      env: { SOAK_READ_ONLY: disk },
    });
    const isNamed = ended.stderr.includes('EROFS');
    const problem = unclear(ended) ?? (isNamed ? undefined : `does not name EROFS: ${ended.stderr.trim()}`);
    if (problem !== undefined) failures.push(`${program} ${args[0]} ${args.slice(-1)}: ${problem}`);
    const after = await contentOf(disk);
    if (after !== before) failures.push(`${program} ${args[0]} ${args.slice(-1)}: the disk has changed`);
  }
}

/** @param {string} folder the names and contents of all files, as one text */
async function contentOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(file).update(await readFile(file));
  return hash.digest('hex');
}

/** @param {Tries} tries */
async function twoRuns({ folder, tries, failures, note }) {
  const [whole, out] = [join(folder, 'whole'), join(folder, 'both')];
  const args = (/** @type {string} */ path, seed = '1') => [
    ...['train', ...adam, '--epochs', '3', '--seed', seed, '--overwrite', '--out', path],
  ];
  const seeds = ['1', '2'];
  const expected = await Promise.all(
    seeds.map(async (seed) => {
      await run(programs.generate, args(join(whole, seed), seed));
      return weightsIn(join(whole, seed));
    }),
  );
  let refused = 0;
  for (let i = 0; i < tries; i++) {
    if (i % 2 === 0) await rm(out, { recursive: true, force: true });
    const ended = await Promise.all(seeds.map((seed) => run(programs.generate, args(out, seed))));
    refused += ended.filter(({ code }) => code === 2).length;
    for (const one of ended)
      if (one.code !== 0)
        failures.push(...[unclear(one)].flatMap((problem) => (problem ? [`try ${i + 1}: ${problem}`] : [])));
    // One may have come when the other was through; then the last one's model is there.
    const { settings } = JSON.parse(await readFile(join(out, 'training.json'), 'utf8'));
    const found = await weightsIn(out);
    if (!found.equals(expected[settings.seed - 1]))
      failures.push(`try ${i + 1}: the record tells of seed ${settings.seed}, the weights of another`);
    if (ended.every(({ code }) => code !== 0)) failures.push(`try ${i + 1}: neither run was let in`);
  }
  note(`${refused} runs were refused`);
}

/** @param {Tries} tries */
async function twoResumes({ folder, tries, failures, note }) {
  const [before, whole, out] = ['before', 'whole', 'both'].map((name) => join(folder, name));
  await run(programs.generate, ['train', ...adam, '--epochs', '2', '--out', before]);
  await cp(before, whole, { recursive: true });
  await run(programs.generate, resume(whole));
  const expected = await weightsIn(whole);
  let refused = 0;
  for (let i = 0; i < tries; i++) {
    await rm(out, { recursive: true, force: true });
    await cp(before, out, { recursive: true });
    const ended = await Promise.all([
      run(programs.generate, resume(out)),
      run(programs.generate, resume(out)),
    ]);
    refused += ended.filter(({ code }) => code === 2).length;
    for (const one of ended)
      if (one.code !== 0)
        failures.push(...[unclear(one)].flatMap((problem) => (problem ? [`try ${i + 1}: ${problem}`] : [])));
    if (ended.every(({ code }) => code !== 0)) failures.push(`try ${i + 1}: neither run was let in`);
    if (!(await weightsIn(out)).equals(expected))
      failures.push(`try ${i + 1}: the weights differ from those of one resume`);
  }
  note(`${refused} resumes were refused`);
}

/** @param {Tries} tries */
async function lostWorkers({ folder, tries, failures, note }) {
  const program = soakFile('small-run.mjs');
  const whole = join(folder, 'whole');
  await run(program, ['whole', whole]);
  const expected = await readFile(join(whole, 'weights'));
  let lost = 0;
  for (let i = 0; i < tries; i++) {
    const out = join(folder, String(i));
    await mkdir(out);
    const env = { SOAK_SEED: String(i + 1) };
    const { code, stdout, stderr } = await run(program, ['lost-worker', out], { env });
    lost += Number(/^lost (\d+)$/m.exec(stdout)?.[1] ?? 0);
    if (code !== 0) failures.push(`try ${i + 1}: exit code ${code}: ${stderr.trim()}`);
    else if (!(await readFile(join(out, 'weights'))).equals(expected))
      failures.push(`try ${i + 1}: the weights differ`);
  }
  note(`${lost} workers were lost`);
}

/** @param {Tries} tries */
async function clockSetBack({ folder, tries, random, failures }) {
  const whole = join(folder, 'whole');
  await run(programs.generate, ['train', ...adam, '--epochs', '60', '--out', whole]);
  const expected = await weightsIn(whole);
  for (let i = 0; i < tries; i++) {
    const out = join(folder, String(i));
    const options = {
      preload: soakFile('clock-set-back.mjs'),
      env: { SOAK_DAYS: String(random.integer(1, 1000)) },
    };
    const first = start(programs.generate, ['train', ...adam, '--epochs', '60', '--out', out], options);
    // Cut off by a kill, so that its lock and half-written files meet a clock that is behind them.
    await killed(first, { lines: 20, milliseconds: random.uniform() * 60 });
    const second = await run(programs.generate, ['train', '--json', '--resume', '--out', out], options);
    if (second.code !== 0) failures.push(`try ${i + 1}: exit code ${second.code}: ${second.stderr.trim()}`);
    else if (!(await weightsIn(out)).equals(expected)) failures.push(`try ${i + 1}: the weights differ`);
    const left = await leftOvers(out);
    if (left.length > 0) failures.push(`try ${i + 1}: left over: ${left.join(', ')}`);
  }
}

// npm run check:pytorch [-- --quick]: whether a run that PyTorch continues computes what it would have computed here.
//
//   equality   losses of the next 50 updates here and there, for every cell and option, without dropout, on one process and on two (gloo)
//   round trip 50 updates here, 50 there, 50 here again: the curve of 150 here
//   kills      a rank that is killed, and the run continued
//   growing    every command of docs/growing.md: train here, export, two processes, a kill, resume, back, sample, train further
//   bad input  one line each, nothing overwritten
//   ruff, mypy where they are installed
//   forecasters  losses of epochs and forecasts after them, for every head, on one process and on two; a run that was killed
//   --case TEXT: the cases with that in their name
//
// It needs Python with torch, numpy and safetensors: `npm run peers -- --setup` makes one, PYTHON names another. Without it prints one line.
// About ten minutes on two cores; --quick, five cases, the round trip and the page, three minutes.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointFolder } from '@throughtime/bptt-trainer/node';
import { loadText } from '@throughtime/datasets';
import { RecurrentLanguageModel } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { writePytorchRun } from '../apps/char-generator/dist/commands/export-pytorch.js';
import { startBackend } from '../apps/char-generator/dist/commands/open-model.js';
import { completeSettings } from '../apps/char-generator/dist/core/settings.js';
import { engineOf, fitOptions, prepareRun } from '../apps/char-generator/dist/core/training-run.js';
import { cases } from './pytorch-run/cases.mjs';
import { checkForecasters } from './pytorch-run/forecasters.mjs';
import { difference, ended, failures, python, report, trainThere } from './pytorch-run/python.mjs';
import { walk } from './pytorch-run/walk.mjs';
import { root } from './workspace.mjs';

const quick = process.argv.includes('--quick');
/** Of the cases, those with this in their name. */
const wanted = process.argv[process.argv.indexOf('--case') + 1 || process.argv.length];
const updates = 50;
/** @type {import('@throughtime/bptt-trainer').RunIdentity} */
const identity = { id: 'check', engine: 'none' };

const { text } = await loadText('moby-dick');

/**
 * @param {import('./pytorch-run/cases.mjs').Case} one
 * @param {import('@throughtime/bptt-trainer').TrainerSnapshot} [resume]
 */
function runOf({ settings = {}, model, characters = 4000 }, resume) {
  const corpus = { name: 'moby-dick', text: text.slice(0, characters) };
  const complete = completeSettings({
    ...{
      corpus: corpus.name,
      hiddenSize: 24,
      dropout: 0,
      batch: 4,
      steps: 16,
      epochs: 3,
      seed: 7,
      validation: 0.2,
    },
    ...settings,
  });
  const options = resume ? { resume } : {};
  const plain = prepareRun(corpus, complete, options);
  if (!model) return plain;
  const { cell, hiddenSize, layers, embedding } = complete;
  const { tokenizer, vocabulary, notes } = plain;
  const own = new RecurrentLanguageModel({
    ...{ vocabulary, cell, hiddenSize, layers, embedding, random: Random.seeded(3), ...model },
  });
  return prepareRun(corpus, complete, { ...options, model: { model: own, tokenizer, vocabulary, notes } });
}

/**
 * The losses of the next updates here.
 * @param {ReturnType<typeof runOf>} run
 * @param {string} folder of its checkpoints
 * @param {number} count
 */
async function trainHere(run, folder, count) {
  if (run.model.path === 'reference') await startBackend();
  const stop = new AbortController();
  const told = [];
  for await (const event of run.trainer.fit(run.batches, {
    ...fitOptions(run),
    ...{ signal: stop.signal, run: { id: 'check', engine: engineOf(run.model) } },
    checkpoints: { store: checkpointFolder(folder) },
  })) {
    if (event.type === 'epoch') told.push(event.validation?.loss ?? Number.NaN);
    if (event.type !== 'step') continue;
    told.push(event.loss);
    if (told.length >= count) stop.abort();
  }
  return told;
}

/** @param {string} folder */
async function latest(folder) {
  const snapshot = await checkpointFolder(folder).latest();
  if (!snapshot) throw new Error(`no checkpoint in ${folder}`);
  return snapshot;
}

const versions = spawnSync(python, ['-c', 'import torch, numpy, safetensors; print(torch.__version__)'], {
  encoding: 'utf8',
});
if (versions.status !== 0) {
  console.log('PyTorch is not here (npm run peers -- --setup): exported runs are not checked against it.');
  process.exit(0);
}
console.log(
  `PyTorch ${versions.stdout.trim()}; largest relative difference of the losses of ${updates} updates and their epochs' validation`,
);
const folder = mkdtempSync(join(tmpdir(), 'throughtime pytorch '));
try {
  for (const [name, one] of Object.entries(cases)) {
    if (wanted === undefined ? quick && !one.quick : !name.includes(wanted)) continue;
    const at = join(folder, name);
    await writePytorchRun(runOf(one), at, identity);
    const here = await trainHere(runOf(one), join(at, 'here'), updates);
    report(name, difference(here, (await trainThere(at, updates, one.processes)).slice(0, here.length)));
  }
  if (wanted === undefined) await roundTrip();
  await checkForecasters(join(folder, 'forecasters'), { quick, wanted });
  if (wanted === undefined || 'growing'.includes(wanted)) walk(join(folder, 'growing'));
  if (!quick && wanted === undefined) {
    await killedRank();
    await badInput();
    lint();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures.length > 0 ? 1 : 0);

/** 50 updates here, 50 there on two processes, 50 here: the curve of 150 here. */
async function roundTrip() {
  const one = { settings: { cell: 'lstm', layers: 2, epochs: 6 } };
  const at = join(folder, 'round trip');
  const whole = await trainHere(runOf(one), join(at, 'whole'), 3 * updates);
  const first = await trainHere(runOf(one), join(at, 'here'), updates);
  const snapshot = await latest(join(at, 'here'));
  const exported = join(at, 'exported');
  await writePytorchRun(runOf(one, snapshot), exported, snapshot.memory.run ?? identity);
  const second = await trainThere(exported, updates, 2);
  const back = await latest(join(exported, 'model/checkpoints'));
  const third = await trainHere(runOf(one, back), join(at, 'again'), updates);
  const curve = [...first, ...second, ...third];
  report(
    '50 here, 50 there, 50 here',
    difference(whole.slice(0, curve.length), curve.slice(0, whole.length)),
  );
}

/** A rank is killed in the middle: the others end with an error, and the run continues from its last checkpoint. */
async function killedRank() {
  const one = { settings: { cell: 'gru', epochs: 6 } };
  const at = join(folder, 'killed');
  await writePytorchRun(runOf(one), at, identity);
  const whole = join(folder, 'not killed');
  cpSync(at, whole, { recursive: true });
  const expected = await trainThere(whole, 60, 2);
  const env = { WORLD_SIZE: '2', MASTER_ADDR: '127.0.0.1', MASTER_PORT: '29499' };
  const args = [join(at, 'train.py'), '--threads', '1', '--checkpoint-every', '10', '--json'];
  const ranks = [0, 1].map((rank) =>
    spawn(python, args, { env: { ...process.env, ...env, RANK: String(rank) } }),
  );
  let lines = 0;
  ranks[0].stdout.on('data', (data) => {
    lines += String(data).split('"step"').length - 1;
    if (lines > 25) ranks[1].kill('SIGKILL');
  });
  let stderr = '';
  ranks[0].stderr.on('data', (data) => {
    stderr += data;
  });
  const code = await new Promise((resolve) => ranks[0].on('close', resolve));
  const told = code === 1 && /^train: .*checkpoint/m.test(stderr) && !/Traceback/.test(stderr);
  if (!told) console.log(`  exit code ${code}: ${stderr.slice(0, 500)}`);
  const done = (await latest(join(at, 'model/checkpoints'))).memory.updater.step;
  const rest = await trainThere(at, 60 - done, 2);
  report(
    `a rank killed, resumed after ${done} updates`,
    told && done > 0 ? difference(expected.slice(-5), rest.slice(-5)) : Number.POSITIVE_INFINITY,
  );
}

async function badInput() {
  const at = join(folder, 'bad input');
  await writePytorchRun(runOf({ settings: { batch: 2 } }), at, identity);
  const settings = JSON.parse(readFileSync(join(at, 'run.json'), 'utf8'));
  const before = contents(join(at, 'model'));
  /** @type {(name: string, pattern: RegExp, run: object, how?: { env?: Record<string, string>, program?: string[] }) => Promise<void>} */
  const refused = async (name, pattern, run, { env = {}, program = [join(at, 'train.py')] } = {}) => {
    writeFileSync(join(at, 'run.json'), JSON.stringify(run));
    const [first, ...args] = program;
    const { code, stderr } = await ended(first, args, env);
    const isOneLine = stderr.trim().split('\n').length === 1 && stderr.startsWith('train: ');
    const passed = code === 2 && isOneLine && pattern.test(stderr);
    if (!passed) console.log(`  exit code ${code}: ${stderr.slice(0, 500)}`);
    report(`bad input: ${name}`, passed ? 0 : Number.POSITIVE_INFINITY);
  };
  await refused('a newer version', /expected version 1, got 2/, { ...settings, version: 2 });
  await refused('no run of ours', /expected the settings of an exported run/, {});
  const { architecture } = settings;
  await refused('weights of another shape', /expected a weight 'decoder.weight' of shape/, {
    ...settings,
    architecture: { ...architecture, outputSize: 25 },
  });
  await refused('fewer rows than ranks', /at most 2 processes/, settings, {
    env: { RANK: '0', WORLD_SIZE: '3' },
  });
  const old = `import runpy, sys, torch; torch.__version__ = '1.12.1'; sys.argv = ['train.py']; sys.path.insert(0, ${JSON.stringify(at)}); runpy.run_path(${JSON.stringify(join(at, 'train.py'))}, run_name='__main__')`;
  await refused('a torch that is too old', /expected PyTorch 1.13 or later, got 1.12.1/, settings, {
    program: ['-c', old],
  });
  const checkpoint = join(at, 'model/checkpoints', readdirSync(join(at, 'model/checkpoints'))[0]);
  const bytes = readFileSync(checkpoint);
  writeFileSync(
    checkpoint,
    Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes[bytes.length - 1] ^ 1])]),
  );
  await refused('a flipped bit', /damaged/, settings);
  writeFileSync(checkpoint, bytes);
  report(
    'bad input: nothing overwritten',
    contents(join(at, 'model')) === before ? 0 : Number.POSITIVE_INFINITY,
  );
}

/** A hash of every file of a folder. @param {string} at */
function contents(at) {
  const names = readdirSync(at, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const hash = createHash('sha256');
  for (const { name, parentPath } of names) hash.update(name).update(readFileSync(join(parentPath, name)));
  return hash.digest('hex');
}

function lint() {
  const sources = join(root, 'packages/pytorch-run/python');
  for (const [tool, ...args] of [
    [
      'ruff',
      'check',
      '--isolated',
      '--target-version',
      'py39',
      '--line-length',
      '140',
      '--select',
      'E,F,W,B,UP',
      '--ignore',
      'B905',
      sources,
    ],
    ['mypy', '--ignore-missing-imports', sources],
  ]) {
    const { status, stdout, stderr } = spawnSync(python, ['-m', tool, ...args], { encoding: 'utf8' });
    if (/No module named/.test(stderr)) {
      console.log(`${tool} is not here`);
      continue;
    }
    if (status !== 0) console.log(stdout + stderr);
    report(tool, status === 0 ? 0 : Number.POSITIVE_INFINITY);
  }
}

// Whether a forecaster that PyTorch trains further learns what it would have learned here.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recurrent, recurrentTraining, TimeSeries } from '@throughtime/forecasting';
import { loadForecaster, saveForecaster } from '@throughtime/forecasting/node';
import { Random } from '@throughtime/random';
import { programs } from '../workspace.mjs';
import { difference, ended, eventsThere, report } from './python.mjs';

/** @type {Readonly<Record<string, { model: object, args?: string[], processes?: number, quick?: boolean }>>} */
const cases = {
  'forecaster: rnn': { model: { cell: 'rnn' } },
  'forecaster: gru, two processes': { model: { cell: 'gru', lags: [12, 1] }, processes: 2, quick: true },
  'forecaster: lstm, two layers, normal': {
    model: { cell: 'lstm', layers: 2, head: { kind: 'gaussian' } },
    quick: true,
  },
  'forecaster: gru, Student': { model: { cell: 'gru', head: { kind: 'student' } } },
  'forecaster: lstm, quantiles, validated': {
    model: { cell: 'lstm', head: { kind: 'quantile' }, validationShare: 0.2, patience: 3 },
    processes: 2,
  },
  'forecaster: rnn, direct, plain descent': {
    model: { cell: 'rnn', strategy: 'direct', horizon: 6, optimizer: 'sgd', learningRate: 0.05 },
  },
};

/** A season, a slope, noise, and two gaps. */
function series() {
  const random = Random.seeded(4);
  const values = Array.from(
    { length: 160 },
    (_, i) => 5 + 0.01 * i + Math.sin((2 * Math.PI * i) / 12) + 0.2 * random.normal(),
  );
  const observed = Uint8Array.from(values, (_, i) => (i === 70 || i === 71 ? 0 : 1));
  return TimeSeries.of({ name: 'wave', variables: ['value'], values: Float64Array.from(values), observed });
}

/**
 * @param {string} folder
 * @param {{ quick: boolean, wanted: string | undefined }} options
 */
export async function checkForecasters(folder, { quick, wanted }) {
  for (const [name, { model, processes, quick: isQuick }] of Object.entries(cases)) {
    if (wanted === undefined ? quick && !isQuick : !name.includes(wanted)) continue;
    const at = join(folder, name);
    await exported(model, at);
    const here = await trainedHere(at);
    const epochs = (await eventsThere(at, [], processes)).filter(({ event }) => event === 'epoch');
    report(
      name,
      difference(
        here.losses,
        epochs.map(({ loss }) => loss),
      ),
    );
    report(`${name}: forecasts`, difference(here.forecasts, await forecasts(join(at, 'model'))));
  }
  if (quick || (wanted !== undefined && !'forecaster: killed'.includes(wanted))) return;
  await continued(join(folder, 'continued'));
  await badInput(join(folder, 'bad input'));
}

/** A forecaster after two epochs here, exported for eight more. @param {object} model @param {string} at */
async function exported(model, at) {
  const forecaster = recurrent({
    ...{ cell: 'gru', hiddenSize: 12, contextLength: 16, batchSize: 10, epochs: 2, random: Random.seeded(9) },
    ...model,
  });
  await forecaster.fit(series());
  const before = join(at, '..', 'before', at.split('/').at(-1) ?? '');
  await saveForecaster(before, forecaster);
  forecast('export', '--model', before, '--out', at, '--epochs', '8');
}

/** @param {...string} args */
function forecast(...args) {
  const { status, stderr } = spawnSync(process.execPath, [programs.forecast, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`forecast ${args.join(' ')}: ${stderr}`);
}

/** The same training here. @param {string} at */
async function trainedHere(at) {
  const { forecaster } = await loadForecaster(join(at, 'model'));
  /** @type {number[]} */
  const losses = [];
  await recurrentTraining(forecaster).train({
    onProgress: ({ loss }) => losses.push(loss),
    // The model's own number of epochs is that of before.
    epochs: 8,
  });
  return { losses, forecasts: [...(await forecaster.predict(6)).mean] };
}

/** @param {string} model */
async function forecasts(model) {
  const { forecaster } = await loadForecaster(model);
  return [...(await forecaster.predict(6)).mean];
}

/** Ended after some updates and continued, by another number of processes: as one that was not. @param {string} at */
async function continued(at) {
  await exported({}, at);
  const whole = `${at} whole`;
  cpSync(at, whole, { recursive: true });
  await eventsThere(whole, []);
  await eventsThere(at, ['--updates', '13'], 2);
  await eventsThere(at, []);
  const after = await Promise.all([at, whole].map((path) => forecasts(join(path, 'model'))));
  report('forecaster: ended after 13 updates, continued', difference(after[1], after[0]));
}

/** One line each, nothing overwritten. @param {string} at */
async function badInput(at) {
  await exported({}, at);
  const run = join(at, 'run.json');
  const settings = JSON.parse(readFileSync(run, 'utf8'));
  const weights = readFileSync(join(at, 'model/model.safetensors'));
  /** @type {(name: string, pattern: RegExp, run: object) => Promise<void>} */
  const refused = async (name, pattern, changed) => {
    writeFileSync(run, JSON.stringify({ ...settings, ...changed }));
    const { code, stderr } = await ended(join(at, 'train.py'), []);
    const passed = code === 2 && pattern.test(stderr) && stderr.trim().split('\n').length === 1;
    if (!passed) console.log(`  exit code ${code}: ${stderr.slice(0, 500)}`);
    report(`forecaster: bad input: ${name}`, passed ? 0 : Number.POSITIVE_INFINITY);
  };
  await refused('a newer version', /expected version 1, got 2/, { version: 2 });
  await refused('a language model’s run', /expected the settings of an exported run/, {
    format: 'throughtime-pytorch-run',
  });
  await refused('weights of another shape', /expected 'rnn.weight_ih_l0' of shape/, {
    network: { ...settings.network, hiddenSize: 13, stateSize: 13 },
  });
  await refused('examples that are cut', /inputs.float32: expected \d+ numbers, got \d+/, {
    examples: { ...settings.examples, count: settings.examples.count + 1 },
  });
  const untouched = weights.equals(readFileSync(join(at, 'model/model.safetensors')));
  report('forecaster: bad input: nothing overwritten', untouched ? 0 : Number.POSITIVE_INFINITY);
}

import { trainingCases } from './recurrent/models.mjs';
import { nodeRunner, tfjsLayersRunner } from './recurrent/runners.mjs';
import { median, shown, table } from './recurrent/statistics.mjs';
import { turns } from './recurrent/turns.mjs';

export const description =
  'training steps of programs on tfjs: rnn-cells by either path and tfjs-layers, before and after register (90 s)';

/**
 * --case TEXT: models whose name contains it, of those of `train` without embedding. Default: the LSTM of 256 units.
 * --rounds N: default 3.
 * @param {{ args: string[], report: (line: string) => void, progress: (line: string) => void }} options
 */
export async function run({ args, report, progress }) {
  const option = (name, value) => (args.includes(name) ? args[args.indexOf(name) + 1] : value);
  const wanted = option('--case', 'LSTM V28 H256').toLowerCase();
  const rounds = Number(option('--rounds', 3));
  const cases = trainingCases.filter(
    ({ name, embedding }) => !embedding && name.toLowerCase().includes(wanted),
  );
  const ways = await waysToTrain();
  const rows = [];
  report(
    'Whole steps on the wasm backend: new random one-hot tokens, forward, backward, update, loss read back.',
  );
  report(`Tokens a second, medians of ${rounds} round(s), a process each, taken by turns.`);
  for (const model of cases) {
    const speeds = await measure(ways, model, rounds, { report, progress });
    const least = speeds.get(ways[0].name);
    report('');
    const lines = [...speeds].map(([name, speed]) => [
      name,
      shown(speed),
      `${(speed / least).toPrecision(3)} x`,
    ]);
    for (const line of table([[model.name, 'tokens/s', 'of the first'], ...lines])) report(line);
    for (const [name, value] of speeds)
      rows.push({ name: `${model.name}, ${name}`, value, unit: 'tokens/s' });
  }
  return rows;
}

async function waysToTrain() {
  const cells = nodeRunner(process.execPath, 'train-rnn-cells.mjs');
  const layers = await tfjsLayersRunner();
  return [
    { name: 'tfjs-layers', train: layers },
    { name: 'tfjs-layers, registered', train: (model) => layers({ ...model, register: true }) },
    ...['reference', 'fused'].flatMap((path) => [
      { name: `rnn-cells, ${path}`, train: (model) => cells({ ...model, path }) },
      {
        name: `rnn-cells, ${path}, registered`,
        train: (model) => cells({ ...model, path, register: true }),
      },
    ]),
  ];
}

/** Tokens a second by the name of the way. */
async function measure(ways, model, rounds, listeners) {
  const speeds = new Map(ways.map(({ name }) => [name, []]));
  for (const { way } of turns([model], ways, rounds, listeners)) {
    const { tokensPerSecond, cannot } = await way.train({ ...model, seconds: 1.5 });
    if (cannot) listeners.report(`  ${way.name}, ${model.name}: NOT COMPARED: ${cannot}`);
    else speeds.get(way.name).push(tokensPerSecond);
  }
  return new Map(
    [...speeds].filter(([, each]) => each.length > 0).map(([name, each]) => [name, median(each)]),
  );
}

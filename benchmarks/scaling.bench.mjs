import { fitMachine, leastMemory, parts, predicted } from './recurrent/machine-model.mjs';
import { trainingOperations } from './recurrent/models.mjs';
import { nodeRunner, nodeVersions } from './recurrent/runners.mjs';
import { median, shown, table } from './recurrent/statistics.mjs';

export const description =
  'what an update costs as V, H, T, N, layers and threads grow, and what a model of the machine says of 4 and 8 cores (4 minutes)';

const base = { cell: 'lstm', vocabulary: 28, hidden: 128, layers: 1, batch: 32, steps: 35, optimizer: 'sgd' };

/** What grows, from the base; the machine's costs are fitted to every second model, the others are predicted. */
const series = {
  V: [128, 512, 2048, 8192].map((vocabulary) => ({ vocabulary, embedding: 128 })),
  H: [32, 64, 96, 192, 256, 384, 512, 768].map((hidden) => ({ hidden })),
  T: [8, 16, 64, 256, 1024].map((steps) => ({ steps })),
  N: [8, 16, 64, 128, 512].map((batch) => ({ batch })),
  layers: [1, 2, 3, 4].map((layers) => ({ layers })),
};

/** @param {{ args: string[], report: (line: string) => void, progress: (line: string) => void }} options */
export async function run({ args, report, progress }) {
  const rounds = args.includes('--rounds') ? Number(args[args.indexOf('--rounds') + 1]) : 6;
  const [version] = await nodeVersions(report, [24]);
  if (!version) throw new Error('Node 24 is needed');
  const train = nodeRunner(version.binary, 'train-ours.mjs');
  const models = Object.entries(series).flatMap(([what, changes]) =>
    changes.map((change, i) => ({ what, fitted: i % 2 === 0, model: { ...base, ...change } })),
  );
  const measured = [1, 2].flatMap((threads) =>
    models.map((one) => ({ ...one, threads, times: [], memory: 0 })),
  );
  for (let round = 0; round < rounds; round++)
    for (const one of round % 2 ? [...measured].reverse() : measured) {
      progress(`round ${round + 1} of ${rounds}: ${one.what}, ${one.threads} thread(s)`);
      const outcome = await train({ ...one.model, seconds: 0.15, threads: one.threads, simd: version.simd });
      if (outcome.cannot) throw new Error(outcome.cannot);
      // The shortest of many short turns: what is due to the program, not to others on the machine, whose share changes by the minute.
      one.times.push(1e6 * outcome.shortestStepMilliseconds);
      one.memory = outcome.engineBytes;
    }
  const results = measured.map((one) => ({ ...one, nanoseconds: Math.min(...one.times) }));
  const machine = fitMachine(results.filter(({ fitted }) => fitted));
  return [...shownCosts(machine, report), ...shownTable(machine, results, report)];
}

function shownCosts(machine, report) {
  report('\nCosts on one thread, fitted to every second model');
  for (const [name, cost] of Object.entries(machine.costs))
    report(`  ${name.padEnd(34)} ${shown(cost).padStart(7)} ${parts[name].unit}`);
  report(`  a second thread slows the first by ${(100 * machine.sharing).toFixed(0)}%`);
  return Object.entries(machine.costs).map(([name, value]) => ({ name, value, unit: parts[name].unit }));
}

function shownTable(machine, results, report) {
  const lines = [
    ['', 'threads', 'ms', 'predicted', 'off', 'GFLOP/s', '4 cores', '8 cores', 'MB', 'floor MB'],
  ];
  const rows = [];
  const errors = [];
  for (const { what, model, threads, fitted, nanoseconds, memory } of results) {
    const guess = predicted(machine, model, threads);
    const off = guess / nanoseconds - 1;
    if (!fitted) errors.push(Math.abs(off));
    const gain = (cores) => (predicted(machine, model, 1) / predicted(machine, model, cores)).toFixed(2);
    const { vocabulary: V, hidden: H, steps: T, batch: N, layers: L } = model;
    const name = `${what}: V${V} H${H} T${T} N${N} L${L}`;
    lines.push([
      ...[name, String(threads), (nanoseconds / 1e6).toFixed(2)],
      `${(guess / 1e6).toFixed(2)}${fitted ? ' (fitted)' : ''}`,
      `${(100 * off).toFixed(0)}%`,
      shown((trainingOperations(model) * N * T) / nanoseconds),
      ...(threads === 1 ? [gain(4), gain(8)] : ['', '']),
      ...[memory, leastMemory(model)].map((bytes) => shown(bytes / 2 ** 20)),
    ]);
    rows.push({
      name: `${name}, ${threads} thread(s)`,
      value: nanoseconds / 1e6,
      unit: 'ms',
      predicted: guess / 1e6,
      fitted,
    });
  }
  report('');
  for (const line of table(lines)) report(line);
  const within = errors.filter((error) => error <= 0.15).length;
  report(
    `\n${within} of ${errors.length} predictions within 15%, median ${(100 * median(errors)).toFixed(0)}%, worst ${(100 * Math.max(...errors)).toFixed(0)}%`,
  );
  return rows;
}

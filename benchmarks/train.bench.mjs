import { hiddenSizes, trainingCases, trainingOperations } from './recurrent/models.mjs';
import { nodeRunner, nodeVersions, pythonRunner, tfjsLayersRunner } from './recurrent/runners.mjs';
import { median, shown, table } from './recurrent/statistics.mjs';
import { timeSpent } from './recurrent/time-spent.mjs';
import { turns } from './recurrent/turns.mjs';

export const description =
  'whole training steps of ten models beside PyTorch, JAX and tfjs-layers (half an hour); --quick; --case TEXT';

/** The newest column whose ratio is shown first. */
const majors = [26, 24, 20];
/** Peers with a choice of threads: the better counts. */
const peers = ['PyTorch', 'JAX'];

/**
 * --quick: one short round of three models, without tfjs-layers.
 * --case TEXT: only models whose name contains it. --no-tfjs: without the slowest peer. --rounds N: default 3.
 * @param {{ args: string[], report: (line: string) => void, progress: (line: string) => void }} options
 */
export async function run({ args, report, progress }) {
  const versions = await nodeVersions(report, majors);
  const quick = args.includes('--quick');
  const rounds = args.includes('--rounds') ? Number(args[args.indexOf('--rounds') + 1]) : quick ? 1 : 3;
  const seconds = quick ? 0.6 : 1.2;
  const wanted = args.includes('--case') ? args[args.indexOf('--case') + 1].toLowerCase() : '';
  const cases = trainingCases
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .filter((_, i) => !quick || wanted || [1, 3, 5].includes(i));

  report('');
  report(
    'Whole steps: new random tokens, forward, backward, clipping, update, loss read back. Tokens a second,',
  );
  report(
    `medians of ${rounds} round(s) of ${seconds} s, a process each, taken by turns; two threads unless said otherwise.`,
  );
  report('');
  const measured = await measureAll(
    {
      cases,
      versions,
      rounds,
      seconds,
      tfjs: !quick && !args.includes('--no-tfjs'),
    },
    { report, progress },
  );
  const rows = [...comparison(measured, report), ...roofline(measured, versions, report)];
  return [...rows, ...(await timeSpent(cases, versions, report))];
}

/** Node 24 with V8's 256-bit vectors. */
const wideNode = 'Node 24 wide';

const roofOf = (engine) => `${engine}, roof`;

/** The columns that are ours: each version of Node, and wide vectors. */
function enginesOf(versions) {
  return versions.flatMap((version) =>
    version.name === 'Node 24' ? [version, { ...version, name: wideNode, wideVectors: true }] : [version],
  );
}

/** Every way to train, by its name, and after each of ours the product that it is held against. */
function waysToMeasure(versions) {
  const ours = enginesOf(versions).flatMap(({ name, binary, simd, wideVectors = false }) => {
    const train = (threads) => {
      const run = nodeRunner(binary, 'train-ours.mjs');
      return (settings) => run({ ...settings, threads, simd, wideVectors });
    };
    const multiply = nodeRunner(binary, 'gemm-ours.mjs');
    const roof = () => multiply({ threads: 2, simd, wideVectors, seconds: 0.6 });
    return [
      { name, measure: train(2) },
      { name: roofOf(name), measure: roof },
      // Only larger models are asked what a second thread brings.
      ...(name === 'Node 24' ? [{ name: `${name}, 1 thread`, least: 256, measure: train(1) }] : []),
    ];
  });
  const theirs = peers.flatMap((peer) =>
    [2, 1].map((threads) => ({
      name: `${peer}, ${threads} thread${threads > 1 ? 's' : ''}`,
      measure: pythonRunner(peer === 'JAX' ? 'train_jax.py' : 'train_torch.py', threads),
    })),
  );
  return [...ours, ...theirs];
}

async function measureAll({ cases, versions, rounds, seconds, tfjs }, listeners) {
  const ways = waysToMeasure(versions);
  const results = cases.map((model) => ({ model, speeds: new Map(), last: new Map(), cannot: new Map() }));
  const note = (result, name, outcome) => {
    if (outcome.cannot) {
      result.cannot.set(name, outcome.cannot);
      return;
    }
    const speed = outcome.tokensPerSecond ?? outcome.gflops;
    result.speeds.set(name, [...(result.speeds.get(name) ?? []), speed]);
    result.last.set(name, outcome);
  };
  for (const { model, way } of turns(cases, ways, rounds, listeners)) {
    const result = results.find((one) => one.model === model);
    if (Math.max(...hiddenSizes(model)) < (way.least ?? 0) || result.cannot.has(way.name)) continue;
    note(result, way.name, await way.measure({ ...model, seconds }));
  }
  if (tfjs) {
    const layers = await tfjsLayersRunner();
    // Once: a step takes it seconds.
    for (const result of results) {
      const { name, cell, dropout } = result.model;
      listeners.progress(`tfjs-layers: ${name}`);
      if (cell === 'mingru' || dropout) result.cannot.set('tfjs-layers', 'it has no such layers');
      else note(result, 'tfjs-layers', await layers({ ...result.model, seconds }));
    }
  }
  return results.map(({ model, speeds, last, cannot }) => ({
    model,
    cannot,
    last,
    speed: (name) => (speeds.has(name) ? median(speeds.get(name)) : undefined),
    // Round by round: what is measured within a minute sees the same machine, which may change from round to round.
    ratio: (name, other) =>
      speeds.has(name) && speeds.has(other)
        ? median(speeds.get(name).map((speed, i) => speed / speeds.get(other)[i]))
        : undefined,
  }));
}

function comparison(measured, report) {
  const ours = ['Node 26', 'Node 24', wideNode, 'Node 20'];
  const rows = [];
  const speeds = [['tokens a second', ...ours, ...peers, 'tfjs-layers']];
  const ratios = [
    ['ratio to the best peer', ...ours, 'best', '2/1 thr', 'MB', ...peers.map((peer) => `${peer} MB`)],
  ];
  for (const { model, speed, ratio, last } of measured) {
    const faster = (a, b) => ((speed(b) ?? 0) > (speed(a) ?? 0) ? b : a);
    const fastest = (peer) => faster(`${peer}, 2 threads`, `${peer}, 1 thread`);
    const best = peers.reduce((a, b) => (faster(fastest(a), fastest(b)) === fastest(b) ? b : a));
    const peerValue = speed(fastest(best));
    const peak = (name) => last.get(name)?.peakMegabytes;
    const doubled = ratio('Node 24', 'Node 24, 1 thread');
    const tfjs = speed('tfjs-layers');
    speeds.push([
      model.name,
      ...ours.map((name) => shown(speed(name))),
      ...peers.map((peer) => shown(speed(fastest(peer)))),
      shown(tfjs),
    ]);
    ratios.push([
      model.name,
      ...ours.map((name) => shownRatio(ratio(name, fastest(best)))),
      peerValue === undefined ? '-' : best,
      shownRatio(doubled),
      shown(peak('Node 24')),
      ...peers.map((peer) => shown(peak(`${peer}, 2 threads`))),
    ]);
    for (const name of ours.filter((version) => speed(version) !== undefined)) {
      const row = { name: `${model.name}, ${name}`, value: speed(name), unit: 'tokens/s' };
      if (peerValue) rows.push({ ...row, peer: best, peerValue, ratio: ratio(name, fastest(best)) });
      if (tfjs) rows.push({ ...row, peer: 'tfjs-layers', peerValue: tfjs, ratio: speed(name) / tfjs });
      if (!peerValue && !tfjs) rows.push(row);
      rows.push({ name: `${model.name}, ${name}, peak memory`, value: peak(name), unit: 'MB' });
    }
    if (doubled) rows.push({ name: `${model.name}, two threads against one`, value: doubled, unit: 'times' });
  }
  for (const line of [...table(speeds), '', ...table(ratios)]) report(line);
  const versions = new Map();
  for (const { last } of measured)
    for (const [name, { version, node }] of last) versions.set(name.split(',')[0], version ?? node);
  report([...versions].map(([name, version]) => `${name}: ${version}`).join('; '));
  for (const { model, cannot } of measured)
    for (const [name, reason] of cannot) report(`  ${name}, ${model.name}: NOT COMPARED: ${reason}`);
  report('');
  return rows;
}

/** How much of what the engine's own large products reach a whole step reaches. */
function roofline(measured, versions, report) {
  const rows = [];
  for (const { name } of enginesOf(versions)) {
    report(
      `Products of a step, ${name}, GFLOP/s, of the engine's 1024 x 1024 x 1024 product after it (the roof; the share is the median of the rounds)`,
    );
    for (const { model, cannot, speed, ratio } of measured) {
      const roof = speed(roofOf(name));
      if (roof === undefined) report(`  roof NOT MEASURED: ${cannot.get(roofOf(name))}`);
      if (speed(name) === undefined || roof === undefined) continue;
      const operations = trainingOperations(model) / 1e9;
      const [gflops, share] = [speed(name) * operations, ratio(name, roofOf(name)) * operations];
      const figures = `${shown(gflops).padStart(6)} of ${shown(roof)}`;
      report(`  ${model.name.padEnd(50)} ${figures}  ${Math.round(100 * share)}%`);
      rows.push({ name: `${model.name}, ${name}, arithmetic`, value: gflops, unit: 'GFLOP/s', share });
    }
  }
  report('');
  return rows;
}

function shownRatio(value) {
  return value === undefined ? '-' : value.toFixed(2);
}

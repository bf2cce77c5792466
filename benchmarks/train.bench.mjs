import { hiddenSizes, trainingCases, trainingOperations } from './recurrent/models.mjs';
import { nodeRunner, nodeVersions, pythonRunner, tfjsLayersRunner } from './recurrent/runners.mjs';
import { median, shown, table } from './recurrent/statistics.mjs';
import { timeSpent } from './recurrent/time-spent.mjs';

export const description =
  'whole training steps of ten models beside PyTorch, JAX and tfjs-layers (half an hour); --quick; --case TEXT';

/** The newest column whose ratio is shown first. */
const majors = [26, 24, 20];
/** Peers with a choice of threads: the better counts. */
const peers = ['PyTorch', 'JAX'];

/**
 * --quick: one short round of three models, without tfjs-layers.
 * --case TEXT: only models whose name contains it. --no-tfjs: without the slowest peer. --rounds N: default 3.
 * @param {{ args: string[], report: (line: string) => void }} options
 */
export async function run({ args, report }) {
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
    report,
  );
  const rows = [...comparison(measured.results, report), ...roofline(measured, versions, report)];
  return [...rows, ...(await timeSpent(cases, versions, report))];
}

/** Node 24 with V8's 256-bit vectors. */
const wideNode = 'Node 24 wide';

/** The columns that are ours: each version of Node, and wide vectors. */
function enginesOf(versions) {
  return versions.flatMap((version) =>
    version.name === 'Node 24' ? [version, { ...version, name: wideNode, wideVectors: true }] : [version],
  );
}

/** Every way to train, by its name. */
function waysToTrain(versions) {
  const ours = versions.flatMap(({ name, binary, simd }) => {
    const train = (threads, wideVectors = false) => {
      const run = nodeRunner(binary, 'train-ours.mjs');
      return (settings) => run({ ...settings, threads, simd, wideVectors });
    };
    const two = { name, train: train(2) };
    if (name !== 'Node 24') return [two];
    return [
      two,
      { name: wideNode, train: train(2, true) },
      // Only larger models are asked what a second thread brings.
      { name: `${name}, 1 thread`, least: 256, train: train(1) },
    ];
  });
  const theirs = peers.flatMap((peer) =>
    [2, 1].map((threads) => ({
      name: `${peer}, ${threads} thread${threads > 1 ? 's' : ''}`,
      train: pythonRunner(peer === 'JAX' ? 'train_jax.py' : 'train_torch.py', threads),
    })),
  );
  return [...ours, ...theirs];
}

async function measureAll({ cases, versions, rounds, seconds, tfjs }, report) {
  const ways = waysToTrain(versions);
  const results = cases.map((model) => ({ model, speeds: new Map(), last: new Map(), cannot: new Map() }));
  const note = (result, name, outcome) => {
    if (outcome.cannot) {
      result.cannot.set(name, outcome.cannot);
      return;
    }
    result.speeds.set(name, [...(result.speeds.get(name) ?? []), outcome.tokensPerSecond]);
    result.last.set(name, outcome);
  };
  const engines = enginesOf(versions);
  const roofs = new Map(engines.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, binary, simd, wideVectors } of engines) {
      const roof = await nodeRunner(binary, 'gemm-ours.mjs')({ threads: 2, simd, wideVectors });
      if (roof.cannot) report(`Roof, ${name}: NOT MEASURED: ${roof.cannot}`);
      else roofs.get(name).push(roof.gflops);
    }
    for (const result of results) {
      // Turn by turn in another order, so that nobody always runs on a core that another one has just heated.
      const order = round % 2 ? [...ways].reverse() : ways;
      for (const { name, least = 0, train } of order) {
        if (Math.max(...hiddenSizes(result.model)) < least || result.cannot.has(name)) continue;
        note(result, name, await train({ ...result.model, seconds }));
      }
    }
  }
  if (tfjs) {
    const layers = await tfjsLayersRunner();
    // Once: a step takes it seconds.
    for (const result of results) {
      const { cell, dropout } = result.model;
      if (cell === 'mingru' || dropout) result.cannot.set('tfjs-layers', 'it has no such layers');
      else note(result, 'tfjs-layers', await layers({ ...result.model, seconds }));
    }
  }
  return {
    roof: (name) => (roofs.get(name).length > 0 ? median(roofs.get(name)) : undefined),
    results: results.map(({ model, speeds, last, cannot }) => ({
      model,
      cannot,
      last,
      speed: (name) => (speeds.has(name) ? median(speeds.get(name)) : undefined),
      speeds: (name) => speeds.get(name) ?? [],
    })),
  };
}

function comparison(measured, report) {
  const ours = ['Node 26', 'Node 24', wideNode, 'Node 20'];
  const rows = [];
  const speeds = [['tokens a second', ...ours, ...peers, 'tfjs-layers']];
  const ratios = [
    ['ratio to the best peer', ...ours, 'best', '2/1 thr', 'MB', ...peers.map((peer) => `${peer} MB`)],
  ];
  for (const { model, speed, speeds: all, last } of measured) {
    const fastest = (peer) =>
      Math.max(speed(`${peer}, 1 thread`) ?? 0, speed(`${peer}, 2 threads`) ?? 0) || undefined;
    const best = peers.reduce((a, b) => ((fastest(b) ?? 0) > (fastest(a) ?? 0) ? b : a));
    const peerValue = fastest(best);
    const peak = (name) => last.get(name)?.peakMegabytes;
    // Round by round: the two follow one another, while the machine may change from round to round.
    const alone = all('Node 24, 1 thread');
    const doubled = alone.length > 0 ? median(all('Node 24').map((two, i) => two / alone[i])) : undefined;
    const tfjs = speed('tfjs-layers');
    speeds.push([
      model.name,
      ...ours.map((name) => shown(speed(name))),
      ...peers.map((peer) => shown(fastest(peer))),
      shown(tfjs),
    ]);
    ratios.push([
      model.name,
      ...ours.map((name) => shownRatio(ratio(speed(name), peerValue))),
      peerValue === undefined ? '-' : best,
      shownRatio(doubled),
      shown(peak('Node 24')),
      ...peers.map((peer) => shown(peak(`${peer}, 2 threads`))),
    ]);
    for (const name of ours.filter((version) => speed(version) !== undefined)) {
      const row = { name: `${model.name}, ${name}`, value: speed(name), unit: 'tokens/s' };
      if (peerValue) rows.push({ ...row, peer: best, peerValue, ratio: speed(name) / peerValue });
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
    const roof = measured.roof(name);
    if (roof === undefined) continue;
    report(
      `Products of a step, ${name} (roof: the engine's 1024 x 1024 x 1024 product, ${shown(roof)} GFLOP/s, the best of a second in the median of rounds)`,
    );
    for (const { model, speed } of measured.results) {
      if (speed(name) === undefined) continue;
      const gflops = (speed(name) * trainingOperations(model)) / 1e9;
      const share = gflops / roof;
      report(`  ${model.name.padEnd(50)} ${shown(gflops).padStart(6)} GFLOP/s  ${Math.round(100 * share)}%`);
      rows.push({ name: `${model.name}, ${name}, arithmetic`, value: gflops, unit: 'GFLOP/s', share });
    }
  }
  report('');
  return rows;
}

function ratio(a, b) {
  return a !== undefined && b ? a / b : undefined;
}

function shownRatio(value) {
  return value === undefined ? '-' : value.toFixed(2);
}

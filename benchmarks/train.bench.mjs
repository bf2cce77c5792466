import { trainingCases, trainingOperations } from './recurrent/models.mjs';
import { nodeRunner, nodeVersions, tfjsLayersRunner, torchRunner } from './recurrent/runners.mjs';
import { scaling } from './recurrent/scaling.mjs';
import { median, shown, table } from './recurrent/statistics.mjs';
import { timeSpent } from './recurrent/time-spent.mjs';

export const description =
  'whole training steps of eight models beside PyTorch and tfjs-layers (8 minutes); --quick; --scaling; --case TEXT';

/**
 * --quick: one short round of three models, without tfjs-layers. --scaling: only how time per token grows with T and H.
 * --case TEXT: only models whose name contains it. --no-tfjs: without the slowest peer. --rounds N: default 3.
 * @param {{ args: string[], report: (line: string) => void }} options
 */
export async function run({ args, report }) {
  const versions = await nodeVersions(report);
  if (args.includes('--scaling')) return scaling(versions, report);
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

/** Every way to train, by its name. */
function waysToTrain(versions) {
  const ways = versions.flatMap(({ name, binary, simd }) => {
    const ours = nodeRunner(binary, 'train-ours.mjs');
    return [
      { name, train: (settings) => ours({ ...settings, threads: 2, simd }) },
      // What a second thread brings is asked of larger models only.
      { name: `${name}, 1 thread`, least: 256, train: (settings) => ours({ ...settings, threads: 1, simd }) },
    ];
  });
  return [
    ...ways,
    { name: 'PyTorch, 2 threads', train: torchRunner('train_torch.py', 2) },
    { name: 'PyTorch, 1 thread', train: torchRunner('train_torch.py', 1) },
  ];
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
  const roofs = new Map(versions.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, binary, simd } of versions) {
      const roof = await nodeRunner(binary, 'gemm-ours.mjs')({ threads: 2, simd });
      if (roof.cannot) report(`Roof, ${name}: NOT MEASURED: ${roof.cannot}`);
      else roofs.get(name).push(roof.gflops);
    }
    for (const result of results) {
      // Turn by turn in another order, so that nobody always runs on a core that another one has just heated.
      const order = round % 2 ? [...ways].reverse() : ways;
      for (const { name, least = 0, train } of order) {
        if (result.model.hidden < least || result.cannot.has(name)) continue;
        note(result, name, await train({ ...result.model, seconds }));
      }
    }
  }
  if (tfjs) {
    const layers = await tfjsLayersRunner();
    // Once: a step takes it seconds.
    for (const result of results) note(result, 'tfjs-layers', await layers({ ...result.model, seconds }));
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
  const ours = ['Node 24', 'Node 20'];
  const rows = [];
  const lines = [['', ...ours, 'PyTorch', '24/PyT', '20/PyT', 'tfjs', '24/tfjs', '2/1 thr', 'MB', 'PyT MB']];
  for (const { model, speed, speeds, last } of measured) {
    const torch = Math.max(speed('PyTorch, 1 thread') ?? 0, speed('PyTorch, 2 threads') ?? 0) || undefined;
    const tfjs = speed('tfjs-layers');
    const peak = (name) => last.get(name)?.peakMegabytes;
    // Round by round: the two follow one another, while the machine may change from round to round.
    const alone = speeds('Node 24, 1 thread');
    const doubled = alone.length > 0 ? median(speeds('Node 24').map((two, i) => two / alone[i])) : undefined;
    lines.push([
      model.name,
      ...ours.map((name) => shown(speed(name))),
      shown(torch),
      ...ours.map((name) => shownRatio(ratio(speed(name), torch))),
      shown(tfjs),
      shownRatio(ratio(speed('Node 24'), tfjs)),
      shownRatio(doubled),
      shown(peak('Node 24')),
      shown(peak('PyTorch, 2 threads')),
    ]);
    for (const name of ours.filter((version) => speed(version) !== undefined)) {
      const row = { name: `${model.name}, ${name}`, value: speed(name), unit: 'tokens/s' };
      if (torch) rows.push({ ...row, peer: 'PyTorch', peerValue: torch, ratio: speed(name) / torch });
      if (tfjs) rows.push({ ...row, peer: 'tfjs-layers', peerValue: tfjs, ratio: speed(name) / tfjs });
      if (!torch && !tfjs) rows.push(row);
      rows.push({ name: `${model.name}, ${name}, peak memory`, value: peak(name), unit: 'MB' });
    }
    if (doubled) rows.push({ name: `${model.name}, two threads against one`, value: doubled, unit: 'times' });
  }
  for (const line of table(lines)) report(line);
  for (const { model, cannot } of measured)
    for (const [name, reason] of cannot) report(`  ${name}, ${model.name}: NOT COMPARED: ${reason}`);
  report('');
  return rows;
}

/** How much of what the engine's own large products reach a whole step reaches. */
function roofline(measured, versions, report) {
  const rows = [];
  for (const { name } of versions) {
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

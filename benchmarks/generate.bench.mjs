import { generationCases } from './recurrent/models.mjs';
import { nodeRunner, nodeVersions, pythonRunner } from './recurrent/runners.mjs';
import { median, shown, table } from './recurrent/statistics.mjs';
import { turns } from './recurrent/turns.mjs';

export const description =
  'tokens of four models, two of them also with int8 weights and two for 8 and 64 texts side by side, beside PyTorch (5 minutes); --quick';

/** @param {{ args: string[], report: (line: string) => void, progress: (line: string) => void }} options */
export async function run({ args, report, progress }) {
  const quick = args.includes('--quick');
  const [rounds, seconds] = quick ? [1, 0.5] : [3, 1];
  const ways = [
    ...(await nodeVersions(report)).map(({ name, binary, simd }) => {
      const ours = nodeRunner(binary, 'generate-ours.mjs');
      return { name, measure: (settings) => ours({ ...settings, threads: 2, simd }) };
    }),
    { name: 'PyTorch, 1 thread', measure: pythonRunner('generate_torch.py', 1) },
    { name: 'PyTorch, 2 threads', measure: pythonRunner('generate_torch.py', 2) },
  ];
  report('');
  report(
    'Each token is drawn from the softmax of the logits and fed back. Tokens per second, of all texts together:',
  );
  report(`medians of ${rounds} rounds of ${seconds} s, a process each, taken by turns.`);
  report('');
  const speeds = new Map();
  const cannot = new Map();
  for (const { model, way } of turns(generationCases, ways, rounds, { report, progress })) {
    if (cannot.has(way.name)) continue;
    const outcome = await way.measure({ ...model, seconds });
    const key = `${model.name}, ${way.name}`;
    if (outcome.cannot) cannot.set(way.name, outcome.cannot);
    else speeds.set(key, [...(speeds.get(key) ?? []), outcome.tokensPerSecond]);
  }
  for (const [name, reason] of cannot) report(`${name}: NOT COMPARED: ${reason}`);
  return compare(speeds, report);
}

function compare(speeds, report) {
  const rows = [];
  const lines = [['', 'Node 24', 'Node 20', 'PyTorch', '24/PyT', '20/PyT']];
  for (const { name: model } of generationCases) {
    const speed = (way) => {
      const values = speeds.get(`${model}, ${way}`);
      return values && median(values);
    };
    const torch = Math.max(speed('PyTorch, 1 thread') ?? 0, speed('PyTorch, 2 threads') ?? 0) || undefined;
    const ratios = ['Node 24', 'Node 20'].map((name) => {
      const value = speed(name);
      if (value === undefined) return '-';
      const row = { name: `${model}, ${name}`, value, unit: 'tokens/s' };
      rows.push(torch ? { ...row, peer: 'PyTorch', peerValue: torch, ratio: value / torch } : row);
      return torch ? (value / torch).toFixed(2) : '-';
    });
    lines.push([model, shown(speed('Node 24')), shown(speed('Node 20')), shown(torch), ...ratios]);
  }
  for (const line of table(lines)) report(line);
  report('');
  return rows;
}

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { trainingCases } from './recurrent/models.mjs';
import { median, table } from './recurrent/statistics.mjs';

export const description =
  'training steps of this checkout beside an earlier one, in one process by turns of 150 ms: --with FOLDER (3 minutes)';

/**
 * --with FOLDER: the other checkout, built. --case TEXT: models whose name contains it. --pairs N: turns of each, default 40.
 * --threads N: default 2. --simd plain|relaxed: default what this Node has.
 *
 * Processes by turns scatter by a tenth on a shared machine; turns of a fraction of a second see the same machine.
 * @param {{ args: string[], report: (line: string) => void }} options
 */
export async function run({ args, report }) {
  const option = (name, value) => (args.includes(name) ? args[args.indexOf(name) + 1] : value);
  const other = option('--with', undefined);
  if (other === undefined || !existsSync(join(other, 'packages/bptt-trainer/dist/index.js'))) {
    process.stderr.write(
      `bench compare: --with: expected the folder of another checkout that is built, got ${other}\n`,
    );
    process.exit(2);
  }
  const roots = [resolve(other), fileURLToPath(new URL('..', import.meta.url))];
  const wanted = option('--case', '').toLowerCase();
  const rows = [];
  const lines = [['', 'before', 'now', 'speed now / before', 'quartiles of the pairs']];
  for (const model of trainingCases.filter(({ name }) => name.toLowerCase().includes(wanted))) {
    const settings = {
      ...{ model, roots, pairs: Number(option('--pairs', 40)), threads: Number(option('--threads', 2)) },
      ...{ simd: option('--simd', undefined), milliseconds: 150 },
    };
    const script = fileURLToPath(new URL('recurrent/compare-checkouts.mjs', import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, [script, JSON.stringify(settings)], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`compare: ${model.name}: ${stderr}`);
    const [before, now] = JSON.parse(stdout);
    const pairs = before.map((ms, i) => ms / now[i]).sort((a, b) => a - b);
    const ratio = median(before) / median(now);
    const quartile = (share) => pairs[Math.floor(share * pairs.length)].toFixed(3);
    lines.push([
      ...[model.name, `${median(before).toFixed(2)} ms`, `${median(now).toFixed(2)} ms`, ratio.toFixed(3)],
      `${quartile(0.25)} to ${quartile(0.75)}`,
    ]);
    report(`${model.name}: ${ratio.toFixed(3)}`);
    rows.push({
      name: model.name,
      value: median(now),
      unit: 'ms/step',
      peer: 'before',
      peerValue: median(before),
      ratio,
    });
  }
  report('');
  for (const line of table(lines)) report(line);
  return rows;
}

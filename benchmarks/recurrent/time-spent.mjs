import { nodeRunner } from './runners.mjs';
import { shown } from './statistics.mjs';

/** Which kind of work an operation of the engine is. */
const kinds = {
  'recurrence (products and gates)': [
    'sequence-forward',
    'sequence-backward',
    'scan-forward',
    'scan-backward',
  ],
  'other products': ['gemm'],
  'output layer and softmax': ['cross-entropy'],
  'copies (packing, lookups)': [
    'pack',
    'gather',
    'scatter-add',
    'table',
    'fill',
    'mask',
    'dropout',
    'drop',
    'scale-rows',
    'rearrange',
  ],
  update: ['norm', 'update'],
};

/**
 * Where a step's time goes: the engine's operations, timed one by one, and what is outside of it.
 * @param {readonly import('./models.mjs').TrainingCase[]} cases
 * @param {(line: string) => void} report
 */
export async function timeSpent(cases, versions, report) {
  const [version] = versions;
  if (!version) return [];
  const train = nodeRunner(version.binary, 'train-ours.mjs');
  report(
    `Where a step's time goes (${version.name}): TypeScript, and the engine's operations one by one, in ms`,
  );
  const rows = [];
  for (const model of cases) {
    const settings = { ...model, seconds: 0.6, threads: 2, simd: version.simd, profile: true };
    const { stepMilliseconds, engineMilliseconds, operations = {}, cannot } = await train(settings);
    if (cannot) {
      report(`  ${model.name}: ${cannot}`);
      continue;
    }
    const parts = new Map([
      ['TypeScript (batches, states, events)', stepMilliseconds - engineMilliseconds],
      ...byKind(operations),
    ]);
    report(`  ${model.name}: ${shown(stepMilliseconds)}, ${shown(engineMilliseconds)} of it in the engine`);
    const detail = [...parts].sort(([, a], [, b]) => b - a);
    report(`    ${detail.map(([part, ms]) => `${part} ${shown(ms)}`).join('; ')}`);
    for (const [part, value] of parts)
      rows.push({ name: `${model.name}, time in ${part}`, value, unit: 'ms' });
  }
  return rows;
}

function byKind(operations) {
  const sums = new Map();
  for (const [operation, milliseconds] of Object.entries(operations)) {
    const kind = Object.keys(kinds).find((name) => kinds[name].includes(operation)) ?? operation;
    sums.set(kind, (sums.get(kind) ?? 0) + milliseconds);
  }
  return sums;
}

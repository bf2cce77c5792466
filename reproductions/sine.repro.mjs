// The chapter's sine wave: one step, k steps and freely running, in every edition; older lags and a wave without noise.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { seriesFigure } from '@throughtime/figures';
import { editions, sineExperiment } from '@throughtime/forecasting';
import { Random } from '@throughtime/random';

export const description =
  'The chapter: a noisy sine one step, k steps and many steps ahead, in every edition';
export const duration = 'about half a minute';

/** Mean squared errors over the book's builds, training and validation: PyTorch's of 0.17, which earlier editions share, and 1.0's. */
const published = /** @type {const} */ ({ earlier: [0.045, 0.065], '1.0': [0.044, 0.056] });
const horizons = [1, 4, 16, 64];
const seeds = [1, 2, 3, 4, 5];

/** @param {{ report(line: string): void, quick?: boolean }} context */
export async function run({ report, quick = false }) {
  await tf.setBackend('wasm');
  const chosen = quick ? seeds.slice(0, 1) : seeds;
  /** @param {number} seed @param {Omit<import('@throughtime/forecasting').SineExperimentOptions, 'random'>} options */
  const experiment = (seed, options) => sineExperiment({ random: Random.seeded(seed), ...options });
  const checks = [];
  let latest;
  for (const edition of /** @type {(keyof typeof editions)[]} */ (Object.keys(editions))) {
    report(`  edition ${edition}`);
    const runs = [];
    for (const seed of chosen) runs.push(await experiment(seed, { edition }));
    [latest] = runs;
    const part = edition === '1.0' ? 'validationError' : 'trainingError';
    const [low, high] = published[edition === '1.0' ? '1.0' : 'earlier'];
    const errors = runs.map((one) => one[part]);
    checks.push(
      check(
        `${edition}: ${part === 'trainingError' ? 'training' : 'validation'} error, mean of ${chosen.length} seeds (floor .04)`,
        `${low} to ${high}`,
        mean(errors),
        (value) => value >= low && value <= high,
      ),
    );
    const byK = horizons.map((k) => mean(runs.map(({ kStep }) => kStep.meanSquaredError(k))));
    checks.push({
      name: `${edition}: errors 1, 4, 16, 64 steps ahead`,
      expected: 'rise',
      ours: byK.map((value) => value.toFixed(3)).join(', '),
      within: byK.every((value, i) => i === 0 || value > byK[i - 1]),
    });
    const spread = Math.max(...runs.map(({ multiStep }) => range(multiStep.subarray(900))));
    checks.push(
      check(
        `${edition}: freely running, range over the last 100 steps (the wave's: .9)`,
        '< 0.1',
        spread,
        (value) => value < 0.1,
      ),
    );
  }
  const { kStep } = await experiment(1, {});
  checks.push({
    name: '1.0: table of k-step predictions',
    expected: '933 x 68',
    ours: `${kStep.rows} x ${kStep.columns}`,
    within: kStep.rows === 933 && kStep.columns === 68,
  });
  const byLags = [];
  for (const lags of [1, 2, 4, 16])
    byLags.push((await experiment(1, { model: 'least-squares', lags })).validationError);
  checks.push({
    name: 'validation error of 1, 2, 4, 16 lags, least squares',
    expected: 'falls',
    ours: byLags.map((value) => value.toFixed(4)).join(', '),
    within: byLags.every((value, i) => i === 0 || value < byLags[i - 1]),
  });
  const clean = await experiment(1, { model: 'least-squares', lags: 2, noise: 0 });
  checks.push({
    name: 'validation error without noise, 2 lags',
    expected: '< 1e-12',
    ours: clean.validationError.toExponential(1),
    within: clean.validationError < 1e-12,
  });
  return { checks, figures: latest && { 'multi-step': multiStepFigure(latest) } };
}

/** @param {import('@throughtime/forecasting').SineExperiment} experiment */
function multiStepFigure({ values, oneStep, multiStep, multiStepStart }) {
  const points = (/** @type {ArrayLike<number>} */ of, from = 0) =>
    Array.from({ length: of.length - from }, (_, i) => ({ time: i + from, value: of[i + from] }));
  return seriesFigure([
    { label: 'data', points: points(values) },
    { label: 'one step', points: Array.from(oneStep, (value, i) => ({ time: i + 4, value })) },
    { label: 'freely running', points: points(multiStep, multiStepStart) },
  ]);
}

/** @param {string} name @param {string} expected @param {number} value @param {(value: number) => boolean} holds */
function check(name, expected, value, holds) {
  return { name, expected, ours: value.toFixed(3), within: holds(value) };
}

/** @param {readonly number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @param {Float64Array} values */
function range(values) {
  return Math.max(...values) - Math.min(...values);
}

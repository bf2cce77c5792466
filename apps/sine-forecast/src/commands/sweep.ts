import type { SweepTarget } from '@throughtime/sweep';
import { createModel } from '../core/models.js';
import { prepareComparison } from './prepare-comparison.js';
import { type RunOptions, runCommand } from './run.js';
import { modelSettings } from './shared-options.js';

/** `forecast sweep`: many runs of `forecast run`. */
export const comparisonSweep: SweepTarget = {
  program: 'forecast',
  command: runCommand,
  refused: [],
  scoring:
    'Runs are scored by the error of the model asked for (of several, the best one) at the first of its horizons.\n' +
    'These are errors on the values after --train: judge the model that you choose on values that come after them.',
  examples: `  forecast sweep --out out/gru --vary hidden=16,32,64 --vary lr=0.002,0.005 -- --series air-passengers --model gru --train 100
  forecast sweep --out out/models --vary model=linear,mlp,ets,gru --vary lags=4,12 -- --series sunspots
  forecast sweep --out out/search --random 20 --vary lr=log:0.001..0.03 --vary hidden=8..64 -- --model lstm
  forecast sweep --out out/search --resume`,

  async check(options, reporter) {
    const asked = options as unknown as RunOptions;
    const { opened, period } = await prepareComparison(asked, reporter);
    for (const name of asked.model) createModel(name, modelSettings(asked, { ...opened, period }));
  },

  score({ measure, horizons, asked, models }) {
    const steps = horizons as readonly number[];
    const errors = models as Readonly<Record<string, readonly unknown[]>>;
    const best = (asked as readonly string[])
      .map((name) => (errors[name] ?? []).map(Number))
      .filter((own) => own.length > 0)
      .sort(([a], [b]) => a - b)[0];
    if (best === undefined) return undefined;
    const named = (step: number) => `${measure} ${step} ${step === 1 ? 'step' : 'steps'} ahead`;
    const rest = steps.slice(1).map((step, i) => [named(step), best[i + 1]]);
    return { measure: named(steps[0]), value: best[0], figures: Object.fromEntries(rest) };
  },
};

import { loadSeries } from '@throughtime/datasets';
import { fromDataset, TimeSeries } from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { createModel, hasDistribution, learningChanges, type ModelName, modelNames } from './models.js';
import { wanderingRemarks, wanders } from './wandering.js';

const plan = { period: 1, horizon: 12 };

function made(length: number, value: (t: number, before: number, noise: number) => number): TimeSeries {
  const random = Random.seeded(1);
  let before = 0;
  const values = Array.from({ length }, (_, t) => {
    before = value(t, before, random.normal());
    return before;
  });
  return TimeSeries.of({ values });
}

describe('wanders', () => {
  it('is told of a walk and of the temperatures, not of noise, waves and sunspots', async () => {
    expect(
      await wanders(
        made(120, (_, before, noise) => before + 0.4 + noise),
        plan,
      ),
    ).toBe(true);
    expect(
      await wanders(
        made(120, (_, _before, noise) => 5 + noise),
        plan,
      ),
    ).toBe(false);
    const wave = made(700, (t, _before, noise) => Math.sin(0.01 * t) + 0.2 * noise);
    expect(await wanders(wave, plan)).toBe(false);
    for (const [name, expected] of [
      ['global-temperature', true],
      ['sunspots', false],
    ] as const) {
      const series = fromDataset(await loadSeries(name));
      expect(await wanders(series.slice(0, Math.floor(0.7 * series.length)), plan), name).toBe(expected);
    }
  });

  it('is not told where there is a season, or too little, nothing or a hole to tell it by', async () => {
    const walk = made(120, (_, before, noise) => before + 0.4 + noise);
    expect(await wanders(walk, { ...plan, period: 12 })).toBe(false);
    expect(await wanders(walk.slice(0, 14), plan)).toBe(false);
    expect(
      await wanders(
        made(120, () => 3),
        plan,
      ),
    ).toBe(false);
    const hole = walk.withValues(
      walk.values,
      walk.values.map((_, t) => Number(t !== 40)),
    );
    expect(await wanders(hole, plan)).toBe(false);
  });

  it('makes models of a level learn changes, and no others, unless transforms are given', () => {
    const settings = { period: 1, calendar: [], random: Random.seeded(1), horizon: 3, wanders: true };
    const changed = modelNames.filter((name) => createModel(name, settings).name.includes('diff 1'));
    expect(changed).toEqual(['ar', 'linear', 'mlp', 'rnn', 'gru', 'lstm', 'ensemble']);
    expect(learningChanges(modelNames, settings)).toEqual(changed);
    expect(learningChanges(modelNames, { ...settings, wanders: false })).toEqual([]);
    const given = { ...settings, transforms: [{ kind: 'log' }] as const };
    expect(createModel('ar', given).name).toMatch(/of log$/);
    expect(learningChanges(modelNames, given)).toEqual([]);
    const own = (name: ModelName) => hasDistribution(name, settings);
    expect(modelNames.filter(own)).toEqual(['naive', 'seasonal-naive', 'drift', 'theta', 'arima', 'ets']);
    expect(wanderingRemarks([])).toEqual([]);
    expect(wanderingRemarks(['ar', 'gru'])[0]).toContain('ar, gru learn changes');
  });
});

import { describe, expect, it } from 'vitest';
import { describeAgainstPytorch, parameter } from '../fixtures/pytorch.js';
import { averagedSgd, nonMonotonic, nonMonotonicAveragedSgd } from './averaged-sgd.js';
import { plainBackend } from './plain-backend.js';
import { noUpdates, WeightUpdater } from './weight-updater.js';

describeAgainstPytorch(/^asgd/, {
  asgd: averagedSgd(0.1, { lambda: 0.1, alpha: 0.75, startAt: 4, weightDecay: 0.05 }),
  'asgd from start': averagedSgd(0.1, { lambda: 0, startAt: 0 }),
});

describe('averagedSgd under a schedule', () => {
  it('takes the rate of each update at once, where PyTorch takes it one update late', () => {
    const p = parameter('w', [0]);
    const updater = new WeightUpdater(averagedSgd(1, { lambda: 0 }), [p], plainBackend);
    let memory = noUpdates;
    const changes = [1, 0.5, 0.25].map((factor) => {
      const before = p.data[0];
      p.gradient[0] = 1;
      memory = updater.update(memory, factor);
      return before - p.data[0];
    });
    expect(changes).toEqual([1, 0.5, 0.25]);
  });
});

describe('nonMonotonicAveragedSgd', () => {
  it('begins to average when validation is worse than the best of all but the last n', () => {
    const p = parameter('w', [0]);
    const updater = new WeightUpdater(nonMonotonicAveragedSgd(1, { patience: 2 }), [p], plainBackend);
    let memory = noUpdates;
    const step = (gradient: number) => {
      p.gradient[0] = gradient;
      memory = updater.update(memory, 1);
    };
    for (const loss of [3, 2, 2.5, 1.9]) {
      step(1);
      memory = updater.observe(memory, loss);
      expect(memory.averageFrom).toBeNull();
      expect(updater.exchangeAverages(memory)).toBe(false);
    }
    // All but the last two of 3, 2, 2.5, 1.9 have the best 2: this one is worse.
    step(1);
    memory = updater.observe(memory, 2.2);
    expect(memory.averageFrom).toBe(5);
    expect(updater.exchangeAverages(memory)).toBe(false);
    // Weights from here: -6, -8, -7. As torch.optim.ASGD with t0 = 0: shares 1, 1, 1/2.
    for (const gradient of [1, 2, -1]) step(gradient);
    expect(p.data[0]).toBe(-7);
    expect(updater.exchangeAverages(memory)).toBe(true);
    expect(p.data[0]).toBe(-7.5);
    expect(updater.exchangeAverages(memory)).toBe(true);
    expect(p.data[0]).toBe(-7);
  });

  it('does not trigger before there are more validations than n', () => {
    expect(nonMonotonic([], 9, 0)).toBe(false);
    expect(nonMonotonic([1, 2], 9, 2)).toBe(false);
    expect(nonMonotonic([1, 2, 3], 1.5, 2)).toBe(true);
    expect(nonMonotonic([1, 2, 3], 1, 2)).toBe(false);
  });
});

it('averaging optimizers name options that cannot be', () => {
  expect(() => averagedSgd(1, { startAt: 0.5 })).toThrow('startAt: expected a whole number');
  expect(() => nonMonotonicAveragedSgd(1, { patience: -1 })).toThrow('patience: expected a whole number');
  expect(() => nonMonotonicAveragedSgd(1, { patient: 3 } as never)).toThrow("(did you mean 'patience'?)");
});

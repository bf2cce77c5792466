import type { OptimizerBackend, Parameter } from '@throughtime/contract';
import { describe, expect, it } from 'vitest';
import { pytorch } from '../fixtures/pytorch.js';
import { adam, adamW } from './adam.js';
import { averagedSgd, nonMonotonic, nonMonotonicAveragedSgd } from './averaged-sgd.js';
import { plainBackend } from './backend.js';
import type { Optimizer } from './optimizer.js';
import { frozenSecondBiases, isBias, undecayedBiases } from './parameter-groups.js';
import { rmsProp } from './rms-prop.js';
import { sgd } from './sgd.js';
import { WeightUpdater } from './weight-updater.js';

function parameter(name: string, values: readonly number[]): Parameter {
  const data = Float32Array.from(values);
  return { name, shape: [values.length], data, gradient: new Float32Array(values.length) };
}

/** The gradient of fixtures/make_fixtures.py. */
function setGradient({ data, gradient }: Parameter, step: number): void {
  for (let i = 0; i < data.length; i++)
    gradient[i] = Math.fround(Math.sin(1.7 * step + 0.9 * i)) + 0.3 * data[i];
}

const optimizers: Record<string, Optimizer> = {
  sgd: sgd(0.1),
  'sgd decay': sgd(0.1, { weightDecay: 0.2 }),
  momentum: sgd(0.1, { momentum: 0.9, weightDecay: 0.05 }),
  nesterov: sgd(0.1, { momentum: 0.8, nesterov: true, weightDecay: 0.05 }),
  adam: adam(0.05),
  'adam decay': adam(0.05, { betas: [0.8, 0.95], epsilon: 1e-4, weightDecay: 0.1 }),
  adamw: adamW(0.05, { weightDecay: 0.3 }),
  'adamw default': adamW(0.05),
  rmsprop: rmsProp(0.02),
  'rmsprop momentum': rmsProp(0.02, { alpha: 0.9, epsilon: 1e-3, momentum: 0.7, weightDecay: 0.1 }),
  asgd: averagedSgd(0.1, { lambda: 0.1, alpha: 0.75, startAt: 4, weightDecay: 0.05 }),
  'asgd from start': averagedSgd(0.1, { lambda: 0, startAt: 0 }),
};

describe.each(Object.entries(optimizers))('%s', (name, optimizer) => {
  const { weights, average } = pytorch.optimizers[name];

  it('moves weights as PyTorch does', () => {
    const p = parameter('w', pytorch.start);
    const updater = new WeightUpdater(optimizer, [p], plainBackend);
    weights.forEach((expected, step) => {
      setGradient(p, step);
      updater.update(1);
      for (const [i, weight] of p.data.entries()) expect(weight, `step ${step}`).toBeCloseTo(expected[i], 5);
    });
    if (average) {
      for (const [i, value] of updater.slots().get('w/ax')!.entries())
        expect(value).toBeCloseTo(average[i], 5);
    }
  });
});

it('every trace of PyTorch is compared', () => {
  expect(Object.keys(optimizers)).toEqual(Object.keys(pytorch.optimizers));
});

describe('WeightUpdater', () => {
  it('scales the rate by the schedule, and gives groups their own rate and decay', () => {
    const [weight, bias, frozen] = ['rnn.weight_hh_l0', 'rnn.bias_hh_l0', 'frozen'].map((name) =>
      parameter(name, [1]),
    );
    const groups = [undecayedBiases, { match: ({ name }: Parameter) => name === 'frozen', learningRate: 0 }];
    const updater = new WeightUpdater(
      sgd(0.5, { weightDecay: 0.1, groups }),
      [weight, bias, frozen],
      plainBackend,
    );
    for (const { gradient } of [weight, bias, frozen]) gradient[0] = 1;
    updater.update(0.5);
    expect(weight.data[0]).toBeCloseTo(1 - 0.25 * (1 + 0.1), 6);
    expect(bias.data[0]).toBe(0.75);
    expect(frozen.data[0]).toBe(1);
  });

  it('leaves frozen weights alone, whatever their gradients, averages among them', () => {
    const [weight, frozen] = ['rnn.bias_ih_l0', 'rnn.bias_hh_l0'].map((name) => parameter(name, [2]));
    const optimizer = averagedSgd(0.5, { startAt: 0, weightDecay: 0.1, groups: [frozenSecondBiases] });
    const updater = new WeightUpdater(optimizer, [weight, frozen], plainBackend);
    expect(updater.learning).toEqual([weight]);
    for (let step = 0; step < 3; step++) {
      weight.gradient[0] = 1;
      frozen.gradient[0] = Number.NaN;
      updater.update(1);
    }
    expect(updater.exchangeAverages()).toBe(true);
    expect(weight.data[0]).not.toBe(2);
    expect(frozen.data[0]).toBe(2);
  });

  it('finds the second of two biases in every layer and direction', () => {
    const names = [
      'rnn.bias_hh_l0',
      'bias_hh_l1_reverse',
      'rnns.2.bias_hh_l0',
      'rnn.bias_ih_l0',
      'decoder.bias',
    ];
    const found = names.map((name) => frozenSecondBiases.match(parameter(name, [])));
    expect(found).toEqual([true, true, true, false, false]);
  });

  it('knows a bias by its name', () => {
    const names = [
      'bias',
      'rnn.bias_ih_l0',
      'output.bias',
      'rnn.bias_hh_l1_reverse',
      'rnn.weight_ih_l0',
      'unbiased.weight',
    ];
    expect(names.map((name) => isBias(parameter(name, [])))).toEqual([true, true, true, true, false, false]);
  });

  it('hands updates to a backend that has code for them, in the memory that the backend chose', () => {
    const p = parameter('w', [1, 2]);
    const calls: string[] = [];
    const memory = new Float32Array(100);
    let taken = 0;
    const backend: OptimizerBackend = {
      ...plainBackend,
      allocate({ data }) {
        const start = taken;
        taken += data.length;
        return { data: memory.subarray(start, taken) };
      },
      update(rule, targets, size) {
        calls.push(
          `${rule.name} ${rule.settings.beta1} ${size.learningRate} ${size.step} ${targets[0].slots.length}`,
        );
        return true;
      },
    };
    const updater = new WeightUpdater(adam(0.1), [p], backend);
    updater.update(0.5);
    expect(calls).toEqual(['adam 0.9 0.05 1 2']);
    expect([...p.data]).toEqual([1, 2]);
    expect(updater.slots().get('w/exp_avg_sq')!.buffer).toBe(memory.buffer);
  });

  it('begins to average when validation is worse than the best of all but the last n', () => {
    const p = parameter('w', [0]);
    const updater = new WeightUpdater(nonMonotonicAveragedSgd(1, { patience: 2 }), [p], plainBackend);
    const step = (gradient: number) => {
      p.gradient[0] = gradient;
      updater.update(1);
    };
    for (const loss of [3, 2, 2.5, 1.9]) {
      step(1);
      updater.observe(loss);
      expect(updater.memory.averageFrom).toBeNull();
      expect(updater.exchangeAverages()).toBe(false);
    }
    // All but the last two of 3, 2, 2.5, 1.9 have the best 2: this one is worse.
    step(1);
    updater.observe(2.2);
    expect(updater.memory.averageFrom).toBe(5);
    expect(updater.exchangeAverages()).toBe(false);
    // Weights from here: -6, -8, -7. As torch.optim.ASGD with t0 = 0: shares 1, 1, 1/2.
    for (const gradient of [1, 2, -1]) step(gradient);
    expect(p.data[0]).toBe(-7);
    expect(updater.exchangeAverages()).toBe(true);
    expect(p.data[0]).toBe(-7.5);
    expect(updater.exchangeAverages()).toBe(true);
    expect(p.data[0]).toBe(-7);
  });

  it('does not trigger before there are more validations than n', () => {
    expect(nonMonotonic([], 9, 0)).toBe(false);
    expect(nonMonotonic([1, 2], 9, 2)).toBe(false);
    expect(nonMonotonic([1, 2, 3], 1.5, 2)).toBe(true);
    expect(nonMonotonic([1, 2, 3], 1, 2)).toBe(false);
  });
});

describe('optimisers', () => {
  it('name options that cannot be', () => {
    expect(() => sgd(-1)).toThrow('sgd: learningRate: expected a number of at least 0, got -1');
    expect(() => sgd(Number.NaN)).toThrow('got NaN');
    expect(() => sgd(1, { momentum: 1 })).toThrow('sgd: momentum: expected a number in [0, 1), got 1');
    expect(() => sgd(1, { nesterov: true })).toThrow('sgd: nesterov: expected a momentum above 0');
    expect(() => adam(1, { betas: [0.9, 1] })).toThrow('adam: betas: expected numbers in [0, 1), got 1');
    expect(() => adam(1, { weightDecay: -1 })).toThrow('adam: weightDecay');
    expect(() => rmsProp(1, { alpha: 2 })).toThrow('rmsprop: alpha');
    expect(() => averagedSgd(1, { startAt: 0.5 })).toThrow('averagedSgd: startAt: expected a whole number');
    expect(() => nonMonotonicAveragedSgd(1, { patience: -1 })).toThrow('nonMonotonicAveragedSgd: patience');
    expect(() => sgd(1, { groups: [{ match: isBias, learningRate: -1 }] })).toThrow(
      'sgd: groups: learningRate',
    );
  });
});

import type { OptimizerBackend, Parameter } from '@throughtime/contract';
import { describe, expect, it } from 'vitest';
import { parameter } from '../fixtures/pytorch.js';
import { adam } from './adam.js';
import { averagedSgd } from './averaged-sgd.js';
import { frozenSecondBiases, undecayedBiases } from './parameter-groups.js';
import { plainBackend } from './plain-backend.js';
import { sgd } from './sgd.js';
import { noUpdates, WeightUpdater } from './weight-updater.js';

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
    updater.update(noUpdates, 0.5);
    expect(weight.data[0]).toBeCloseTo(1 - 0.25 * (1 + 0.1), 6);
    expect(bias.data[0]).toBe(0.75);
    expect(frozen.data[0]).toBe(1);
  });

  it('leaves frozen weights alone, whatever their gradients, averages among them', () => {
    const [weight, frozen] = ['rnn.bias_ih_l0', 'rnn.bias_hh_l0'].map((name) => parameter(name, [2]));
    const optimizer = averagedSgd(0.5, { startAt: 0, weightDecay: 0.1, groups: [frozenSecondBiases] });
    const updater = new WeightUpdater(optimizer, [weight, frozen], plainBackend);
    expect(updater.learning).toEqual([weight]);
    let memory = noUpdates;
    for (let step = 0; step < 3; step++) {
      weight.gradient[0] = 1;
      frozen.gradient[0] = Number.NaN;
      memory = updater.update(memory, 1);
    }
    expect(updater.exchangeAverages(memory)).toBe(true);
    expect(weight.data[0]).not.toBe(2);
    expect(frozen.data[0]).toBe(2);
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
    updater.update(noUpdates, 0.5);
    expect(calls).toEqual(['adam 0.9 0.05 1 2']);
    expect([...p.data]).toEqual([1, 2]);
    const slots = updater.slots();
    expect(slots.map(({ parameter: { name }, slot }) => `${name} ${slot}`)).toEqual([
      'w exp_avg',
      'w exp_avg_sq',
    ]);
    for (const { data } of slots) expect(data.buffer).toBe(memory.buffer);
  });
});

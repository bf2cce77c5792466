import { describe, expect, it } from 'vitest';
import { fitMachine, leastMemory, parts, predicted } from './machine-model.mjs';

/** @type {import('./models.mjs').TrainingCase[]} */
const models = [];
for (const hidden of [32, 128, 512])
  for (const vocabulary of [28, 2000])
    for (const steps of [10, 100])
      for (const [layers, batch] of [
        [1, 16],
        [3, 5],
        [1, 300],
      ])
        models.push({ name: '', cell: 'lstm', vocabulary, hidden, layers, batch, steps, optimizer: 'sgd' });

describe('the model of the machine', () => {
  const costs = Object.fromEntries(Object.keys(parts).map((name, i) => [name, 2 ** (i - 3)]));
  const machine = { costs, sharing: 0.2 };

  it('finds the costs and the sharing that times were made of', () => {
    const measured = [1, 2].flatMap((threads) =>
      models.map((model) => ({ model, threads, nanoseconds: predicted(machine, model, threads) })),
    );
    const found = fitMachine(measured);
    expect(found.sharing).toBeCloseTo(0.2, 2);
    for (const threads of [1, 2, 4, 8])
      for (const model of models)
        expect(predicted(found, model, threads) / predicted(machine, model, threads)).toBeCloseTo(1, 2);
  });

  it('gives no thread more than its own work', () => {
    for (const model of models) {
      const times = [1, 2, 4, 8].map((threads) => predicted(machine, model, threads));
      for (const [i, time] of times.entries()) expect(time).toBeGreaterThanOrEqual(times[0] / 2 ** i);
    }
  });

  it('counts the memory of weights, gradients and what is read backward', () => {
    // 4 gates of 2 units from 3 + 2 inputs and two biases; 3 logits of 2 units and a bias.
    const weights = 8 * (3 + 2 + 2) + 3 * 3;
    const model = {
      name: '',
      cell: 'lstm',
      vocabulary: 3,
      hidden: 2,
      layers: 1,
      batch: 5,
      steps: 7,
      optimizer: 'sgd',
    };
    expect(leastMemory(model)).toBe(4 * (2 * weights + 35 * 6 * 2));
  });
});

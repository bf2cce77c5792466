import type { Parameter } from '@throughtime/contract';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../fixtures/collect.js';
import { type ElmanBatch, ElmanModel } from '../fixtures/elman-model.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import { sgd } from '../optimizers/sgd.js';
import { BpttTrainer } from '../trainer.js';
import { randomLengths } from './random-lengths.js';
import { randomized } from './randomized.js';
import { regular } from './regular.js';
import type { Truncation } from './truncation.js';
import { full } from './truncation.js';

const batch = tokenBatches({ rows: 2, steps: 8, count: 1 })[Symbol.iterator]().next().value!;
const flat = (parameters: readonly Parameter[], field: 'data' | 'gradient') =>
  parameters.flatMap((parameter) => [...parameter[field]]);

/** The gradient of one update of the trainer, read off the weights that a step of rate 1 moved. */
async function trainerGradient(
  truncation: Truncation,
  random: Random,
  reduction: 'mean' | 'sum-over-time' = 'mean',
) {
  const model = new ElmanModel();
  const before = flat(model.parameters, 'data');
  const { steps } = await collect(
    new BpttTrainer(model, { optimizer: sgd(1), truncation, random, reduction }).fit([batch], { epochs: 1 }),
  );
  return { gradient: flat(model.parameters, 'data').map((weight, i) => before[i] - weight), steps };
}

/** Gradient of the loss at steps [lossFrom, end), flowing back at most to `start`, from the true state there. */
function gradientBackTo(model: ElmanModel, start: number, lossFrom: number, end: number) {
  const slice = (from: number, to: number): ElmanBatch => {
    const cut = (ids: Int32Array) =>
      Int32Array.from([0, 1].flatMap((row) => [...ids.subarray(row * 8 + from, row * 8 + to)]));
    return { inputs: cut(batch.inputs), targets: cut(batch.targets), batchSize: 2, steps: to - from };
  };
  const zero = model.initialState(2);
  const state = start === 0 ? zero : model.evaluate(slice(0, start), zero).state;
  const random = Random.seeded(1);
  model.lossAndGradients(slice(start, end), state, { random, lossFrom: lossFrom - start });
  return flat(model.parameters, 'gradient');
}

describe('windows', () => {
  const shape = (truncation: Truncation, steps: number) =>
    truncation
      .windows(steps, Random.seeded(1))
      .map(({ start, lossFrom, end, carryAt, backward, update }) =>
        [start, lossFrom, end, carryAt, backward ? 'back' : 'forward', update ? 'update' : '']
          .join(' ')
          .trim(),
      );

  it('of full truncation are the batch', () => {
    expect(shape(full(), 9)).toEqual(['0 0 9 9 back update']);
  });

  it('of regular truncation are consecutive, the last one shorter', () => {
    expect(shape(regular(4), 10)).toEqual([
      '0 0 4 4 back update',
      '4 4 8 8 back update',
      '8 8 10 10 back update',
    ]);
    expect(shape(regular(35), 10)).toEqual(['0 0 10 10 back update']);
  });

  it('with k2 < k1 run the first k1 - k2 steps forward', () => {
    expect(shape(regular({ every: 4, back: 1 }), 5)).toEqual([
      '0 0 3 3 forward',
      '3 3 4 4 back update',
      '4 4 5 5 back update',
    ]);
  });

  it('with k2 > k1 overlap, and each hands on the state at the start of the next', () => {
    expect(shape(regular({ every: 2, back: 5 }), 9)).toEqual([
      '0 0 2 0 back update',
      '0 2 4 1 back update',
      '1 4 6 3 back update',
      '3 6 8 4 back update',
      '4 8 9 9 back update',
    ]);
  });

  it('count every loss once, reach back k2 steps, and join without a gap', () => {
    const sizes = fc.record({
      steps: fc.integer({ min: 1, max: 40 }),
      every: fc.integer({ min: 1, max: 12 }),
      back: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(sizes, ({ steps, every, back }) => {
        let counted = 0;
        let state = 0;
        for (const window of regular({ every, back }).windows(steps, Random.seeded(1))) {
          expect(window.start).toBe(state);
          expect(window.lossFrom).toBe(counted);
          if (window.backward) {
            const reach = window.end - window.start;
            expect(reach).toBeLessThanOrEqual(back);
            expect(reach === back || window.start === 0 || reach === window.end - window.lossFrom).toBe(true);
          }
          counted = window.end;
          state = window.carryAt;
        }
        expect([counted, state]).toEqual([steps, steps]);
      }),
    );
  });

  it('of random lengths join without a gap, vary as drawn, and move weights in proportion', () => {
    const windows = randomLengths({ steps: 40, deviation: 2, halved: 0.25 }).windows(
      400_000,
      Random.seeded(2),
    );
    windows.reduce((end, window) => {
      expect([window.start, window.update]).toEqual([end, true]);
      expect(window.rateFactor).toBe((window.end - window.start) / 40);
      return window.end;
    }, 0);
    const lengths = windows.slice(0, -1).map(({ start, end }) => end - start);
    const short = lengths.filter((length) => length < 30);
    // Binomial over some 11,400 chunks: standard deviation 0.004, five of them.
    expect(Math.abs(short.length / lengths.length - 0.25)).toBeLessThan(0.02);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // Rounding down takes half a step.
    expect(mean(short)).toBeCloseTo(19.5, 0);
    expect(mean(lengths.filter((length) => length >= 30))).toBeCloseTo(39.5, 0);
    expect(
      Math.min(
        ...randomLengths({ steps: 9, deviation: 9 })
          .windows(5000, Random.seeded(3))
          .slice(0, -1)
          .map(({ start, end }) => end - start),
      ),
    ).toBe(5);
  });

  it('of random lengths refuse what cannot be', () => {
    expect(() => randomLengths({ steps: 4 })).toThrow('shortest: expected at most the 4 steps, got 5');
    expect(() => randomLengths({ steps: 70, halved: 2 })).toThrow('halved: expected a probability');
  });

  it('of randomized truncation are cut with probability 1 - keep at each border', () => {
    const random = Random.seeded(4);
    const pieces = Array.from({ length: 2000 }, () => randomized(0.75).windows(5, random));
    const cuts = pieces.reduce((sum, windows) => sum + windows.length - 1, 0);
    // Binomial(8000, 1/4): mean 2000, standard deviation 39; five of them.
    expect(Math.abs(cuts - 2000)).toBeLessThan(195);
    for (const windows of pieces) {
      expect(windows.map(({ update }) => update)).toEqual(windows.map((_, i) => i === windows.length - 1));
      expect(windows[0].gradientScale).toBe(1 / 0.75);
    }
    expect(randomized(1).windows(5, random)).toEqual(full().windows(5, random));
  });

  it('name sizes that cannot be', () => {
    expect(() => regular(0)).toThrow('steps: expected a whole number of at least 1, got 0');
    expect(() => regular({ every: 0 })).toThrow('every: expected a whole number of at least 1, got 0');
    expect(() => regular({ every: 1, back: 0.5 })).toThrow('back: expected a whole number of at least 1');
    expect(() => regular({ every: 1, bak: 2 } as never)).toThrow("(did you mean 'back'?)");
    expect(() => regular({ back: 2 } as never)).toThrow('every: expected a whole number of at least 1, got');
    expect(() => regular(null as never)).toThrow('options: expected an object with the options every, back');
    expect(() => randomLengths({ steps: 70, half: 0.1 } as never)).toThrow('half: expected the name of an');
    expect(() => randomized(0)).toThrow('keep: expected a number above 0 and of at most 1, got 0');
  });
});

describe('the trainer', () => {
  it('with k2 > k1 takes the gradient of the last k1 losses over k2 steps, from the state before them', async () => {
    const model = new ElmanModel();
    const frozen = {
      optimizer: sgd(0),
      truncation: regular({ every: 2, back: 5 }),
      random: Random.seeded(1),
    };
    const seen: number[][] = [];
    for await (const { type } of new BpttTrainer(model, frozen).fit([batch], { epochs: 1 })) {
      if (type === 'step') seen.push(flat(model.parameters, 'gradient'));
    }
    const oracle = new ElmanModel();
    const expected = [
      [0, 0, 2],
      [0, 2, 4],
      [1, 4, 6],
      [3, 6, 8],
    ].map(([start, lossFrom, end]) => gradientBackTo(oracle, start, lossFrom, end));
    expect(seen.length).toBe(4);
    for (const [i, gradient] of seen.entries()) {
      for (const [j, value] of gradient.entries()) expect(value).toBeCloseTo(expected[i][j], 6);
    }
  });

  it('with k2 < k1 takes the gradient of the last k2 losses alone', async () => {
    const { gradient, steps } = await trainerGradient(regular({ every: 8, back: 3 }), Random.seeded(1));
    const expected = gradientBackTo(new ElmanModel(), 5, 5, 8);
    for (const [i, value] of gradient.entries()) expect(value).toBeCloseTo(expected[i], 6);
    // All losses are reported.
    expect(steps).toMatchObject([{ predictions: 16 }]);
  });

  it.each(['mean', 'sum-over-time'] as const)(
    'with randomized truncation is right on average, to the standard error (%s)',
    async (reduction) => {
      const exact = (await trainerGradient(full(), Random.seeded(1), reduction)).gradient;
      const random = Random.seeded(8);
      const runs = 3000;
      const sums = exact.map(() => 0);
      const squares = exact.map(() => 0);
      for (let run = 0; run < runs; run++) {
        const { gradient } = await trainerGradient(randomized(0.8), random.fork(), reduction);
        for (const [i, value] of gradient.entries()) {
          sums[i] += value;
          squares[i] += value * value;
        }
      }
      const regularized = (await trainerGradient(regular(1), Random.seeded(1), reduction)).gradient;
      let biased = 0;
      for (const [i, value] of exact.entries()) {
        const mean = sums[i] / runs;
        const error = Math.sqrt(Math.max(squares[i] / runs - mean * mean, 0) / runs) + 1e-6;
        expect(Math.abs(mean - value), `weight ${i}`).toBeLessThan(5 * error);
        if (Math.abs(regularized[i] - value) > 5 * error) biased++;
      }
      // The test can tell: truncation at one step is outside of it.
      expect(biased).toBeGreaterThan(10);
    },
  );

  it('refuses a truncation that the model does not offer', () => {
    const plain = Object.assign(new ElmanModel(), { capabilities: [] });
    const make = (truncation: Truncation) => () =>
      new BpttTrainer(plain, { optimizer: sgd(1), truncation, random: Random.seeded(1) });
    expect(make(randomized(0.5))).toThrow(
      "truncation randomized(0.5): expected a model with the capability 'recurrent-gradient-scale', got one without",
    );
    expect(make(regular({ every: 1, back: 2 }))).toThrow("'overlapping-windows'");
    expect(make(regular({ every: 2, back: 1 }))).not.toThrow();
  });
});

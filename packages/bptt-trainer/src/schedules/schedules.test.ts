import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../fixtures/collect.js';
import { ElmanModel } from '../fixtures/elman-model.js';
import { pytorch } from '../fixtures/pytorch.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import { sgd } from '../optimizers/sgd.js';
import { BpttTrainer } from '../trainer.js';
import { regular } from '../truncation/regular.js';
import { cosine } from './cosine.js';
import { type CyclicalOptions, cyclical } from './cyclical.js';
import { exponentialAfter } from './exponential-after.js';
import { onPlateau } from './on-plateau.js';
import { oneCycle } from './one-cycle.js';
import { constant, positional, type Schedule } from './schedule.js';
import { warmUp } from './warm-up.js';

const at = <M>(schedule: Schedule<M | null>, place: { step?: number; epoch?: number; progress?: number }) =>
  schedule.factor({ step: 0, epoch: 1, progress: 0, ...place }, null);

const expectRates = (expected: readonly number[], factor: (step: number) => number) => {
  for (const [step, rate] of expected.entries()) expect(factor(step), `step ${step}`).toBeCloseTo(rate, 7);
};

describe('schedules', () => {
  it('constant', () => {
    expect(at(constant(), { step: 1e6, epoch: 9 })).toBe(1);
  });

  it('exponentialAfter: the PTB code, small configuration', () => {
    // lr_decay ** max(epoch - max_epoch, 0), epochs from 1, max_epoch 4, decay 0.5.
    const factors = [1, 2, 3, 4, 5, 6, 13].map((epoch) => at(exponentialAfter(4, 0.5), { epoch }));
    expect(factors).toEqual([1, 1, 1, 1, 0.5, 0.25, 2 ** -9]);
    expectRates(pytorch.schedules.exponentialAfter, (i) => at(exponentialAfter(4, 0.8), { epoch: i + 1 }));
  });

  it('cosine: PyTorch over a number of steps, and the whole of fit by default', () => {
    expectRates(pytorch.schedules.cosine, (step) => at(cosine({ steps: 24, minimum: 0.1 }), { step }));
    expect(at(cosine({ steps: 10, minimum: 0.1 }), { step: 500 })).toBeCloseTo(0.1, 12);
    expect([0, 0.5, 1].map((progress) => at(cosine(), { progress }))).toEqual([1, expect.closeTo(0.5), 0]);
  });

  it('oneCycle: PyTorch over a number of steps, and the whole of fit by default', () => {
    const options = { rise: 0.35, startDivisor: 10, endDivisor: 100 };
    expectRates(pytorch.schedules.oneCycle, (step) => at(oneCycle({ ...options, steps: 25 }), { step }));
    const overFit = [0, 0.35, 1].map((progress) => at(oneCycle(options), { progress }));
    expect(overFit).toEqual([expect.closeTo(0.1), 1, expect.closeTo(0.001)]);
  });

  it.each<['cyclical' | 'cyclical halved' | 'cyclical shrinking', CyclicalOptions]>([
    ['cyclical', {}],
    ['cyclical halved', { height: 'halved' }],
    ['cyclical shrinking', { height: 'shrinking', shrink: 0.95 }],
  ])('%s: PyTorch over a number of steps', (name, options) => {
    const schedule = cyclical({ bottom: 0.2, stepsUp: 3, stepsDown: 5, ...options });
    expectRates(pytorch.schedules[name], (step) => at(schedule, { step }));
  });

  it('cyclical: the whole of fit by default, in cycles that rise and fall equally long', () => {
    const schedule = cyclical({ bottom: 0.5, cycles: 2 });
    const factors = [0, 0.125, 0.25, 0.375, 0.5, 0.75].map((progress) => at(schedule, { progress }));
    expect(factors).toEqual([0.5, 0.75, 1, 0.75, 0.5, 1]);
    expect(at(cyclical(), { progress: 0 })).toBe(0.25);
    expect(at(cyclical({ stepsUp: 2 }), { step: 3 })).toBe(0.625);
    expect(() => cyclical({ stepsDown: 2 })).toThrow('stepsDown: expected undefined without stepsUp, got 2');
    expect(() => cyclical({ bottom: 1.5 })).toThrow('bottom: expected a number from 0 to 1, got 1.5');
  });

  describe('oneCycle without steps is that of the updates of the run', () => {
    /** The schedule's factors over a run, and those of the same run after a stop in its midst. */
    const factors = async (options: {
      epochs: number;
      batches: number;
      steps: number;
      every: number;
      accumulate: number;
      stop: number;
    }) => {
      const { epochs, batches, steps, every, accumulate, stop } = options;
      const source = tokenBatches({ rows: 1, steps, count: batches });
      const make = () =>
        new BpttTrainer(new ElmanModel(), {
          optimizer: sgd(1e-3),
          random: Random.seeded(1),
          schedule: oneCycle(),
          truncation: regular(every),
          accumulate,
        });
      const rates = (events: readonly { learningRate: number }[]) =>
        events.map((event) => event.learningRate * 1e3);
      const whole = rates((await collect(make().fit(source, { epochs }))).steps);
      const first = make();
      const resumed: { learningRate: number }[] = [];
      for await (const event of first.fit(source, { epochs })) {
        if (event.type !== 'step') continue;
        resumed.push(event);
        if (event.step === stop) break;
      }
      const resume = first.snapshot();
      resumed.push(...(await collect(make().fit(source, { epochs, resume }))).steps);
      return { whole, resumed: rates(resumed) };
    };

    it('as PyTorch gives it for 10', async () => {
      const options = { epochs: 2, batches: 5, steps: 3, every: 3, accumulate: 1, stop: 4 };
      // OneCycleLR(optimizer, max_lr=1, total_steps=10, cycle_momentum=False)
      const expected = [
        0.04, 0.52, 1, 0.9504846, 0.8117457, 0.611262, 0.388742, 0.1882583, 0.0495194, 0.000004,
      ];
      const { whole, resumed } = await factors(options);
      expect(whole.length).toBe(10);
      expectRates(expected, (step) => whole[step]);
      expectRates(expected, (step) => resumed[step]);
    });

    it('for any number of epochs, batches, windows and accumulated passes, and after a resume', async () => {
      const small = (max: number) => fc.integer({ min: 1, max });
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            epochs: small(3),
            batches: small(5),
            steps: small(5),
            every: small(5),
            accumulate: small(4),
            stop: small(6),
          }),
          async (options) => {
            const { whole, resumed } = await factors(options);
            const expected = oneCycle({ steps: Math.max(whole.length, 2) });
            // A cycle of one update is its end.
            expectRates(
              whole.map((_, step) => (whole.length === 1 ? 4e-6 : at(expected, { step }))),
              (step) => whole[step],
            );
            expect(resumed).toEqual(whole);
          },
        ),
        { numRuns: 25 },
      );
    });
  });

  it('oneCycle: is finite from the first update on, however short its rise', () => {
    for (const steps of [2, 3, 10, 1000]) {
      for (const rise of [1e-6, 1 / steps, 2 / steps, 0.999].filter((share) => share < 1)) {
        const factors = Array.from({ length: steps + 2 }, (_, step) =>
          at(oneCycle({ steps, rise }), { step }),
        );
        for (const factor of factors) expect(factor >= 0 && factor <= 1 + 1e-12).toBe(true);
        expect(factors.at(-1)).toBeCloseTo(4e-6, 12);
      }
    }
    // The top is the first update: from there it falls.
    expect(at(oneCycle({ steps: 10, rise: 0.1 }), { step: 0 })).toBe(1);
    expect(at(oneCycle({ steps: 10, rise: 0.1 }), { step: 1 })).toBeLessThan(1);
  });

  it('onPlateau: PyTorch', () => {
    const schedule = onPlateau({ factor: 0.5, patience: 2, threshold: 0.01, cooldown: 2, minimum: 0.2 });
    let memory = schedule.initial;
    expectRates(pytorch.schedules.onPlateau, (step) => {
      const factor = schedule.factor({ step, epoch: 1, progress: 0 }, memory);
      memory = schedule.observe(memory, pytorch.plateauLosses[step]);
      return factor;
    });
    expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
  });

  it('warmUp: PyTorch, alone and before another schedule', () => {
    expectRates(pytorch.schedules.warmUp, (step) => at(warmUp(8), { step }));
    const rising = warmUp(5, cosine({ steps: 24 }));
    expectRates(pytorch.schedules['warmUp, then cosine'], (step) => at(rising, { step }));
  });

  it('warmUp: rises to one, then leaves it to the other schedule, whose memory it keeps', () => {
    expect([0, 1, 3, 4, 100].map((step) => at(warmUp(4), { step }))).toEqual([0.25, 0.5, 1, 1, 1]);
    const half = positional(() => 0.5);
    expect([0, 3].map((step) => at(warmUp(4, half), { step }))).toEqual([0.125, 0.5]);
    const plateau = warmUp(2, onPlateau({ patience: 0, factor: 0.5 }));
    const memory = [3, 4].reduce((kept, loss) => plateau.observe(kept, loss), plateau.initial);
    expect(plateau.factor({ step: 0, epoch: 1, progress: 0 }, memory)).toBe(0.25);
  });

  it('name options that cannot be', () => {
    expect(() => exponentialAfter(-1, 0.5)).toThrow('after: expected a whole number of at least 0, got -1');
    expect(() => exponentialAfter(1, 0)).toThrow('decay: expected a finite number above 0, got 0');
    expect(() => cosine({ steps: 0 })).toThrow('steps: expected a whole number of at least 1, got 0');
    expect(() => cosine({ minimum: 2 })).toThrow('minimum: expected a number from 0 to 1, got 2');
    expect(() => cosine(10 as never)).toThrow('options: expected an object with the options minimum, steps');
    expect(() => warmUp(0)).toThrow('steps: expected a whole number of at least 1, got 0');
    expect(() => warmUp(4, 0.5 as never)).toThrow('then: expected a schedule, such as cosine(), got 0.5');
    expect(() => oneCycle({ rise: 1 })).toThrow('rise: expected a number above 0 and below 1, got 1');
    expect(() => oneCycle({ divisor: 10 } as never)).toThrow('divisor: expected the name of an option');
    expect(() => onPlateau({ factor: 1 })).toThrow('factor: expected a number above 0 and below 1, got 1');
    expect(() => onPlateau({ patients: 1 } as never)).toThrow("(did you mean 'patience'?)");
    expect(() => positional(0.5 as never)).toThrow('factor: expected a function, got 0.5');
  });
});

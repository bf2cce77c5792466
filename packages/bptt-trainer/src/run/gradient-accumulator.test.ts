import type { StepOptions } from '@throughtime/contract';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { collect } from '../fixtures/collect.js';
import { type ElmanBatch, ElmanModel, type ElmanState } from '../fixtures/elman-model.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import { sgd } from '../optimizers/sgd.js';
import { BpttTrainer } from '../trainer.js';
import type { TrainerOptions } from '../trainer-options.js';
import { regular } from '../truncation/regular.js';
import { plainWindow, type Truncation } from '../truncation/truncation.js';

const options = { optimizer: sgd(0.5), random: Random.seeded(3) };
const weightsOf = (model: ElmanModel) => model.parameters.flatMap(({ data }) => [...data]);
const [batch] = tokenBatches({ steps: 8, count: 1 });

/** Windows of the lengths given, with the learning rate in proportion to 4 steps. */
const lengths = (...steps: number[]): Truncation => ({
  name: 'lengths',
  windows() {
    const end = (i: number) => steps.slice(0, i + 1).reduce((sum, length) => sum + length, 0);
    return steps.map((length, i) => plainWindow(end(i) - length, end(i), { rateFactor: length / 4 }));
  },
});

async function train(more: Partial<TrainerOptions<ElmanBatch>>, model = new ElmanModel(), batches = [batch]) {
  const { steps } = await collect(
    new BpttTrainer(model, { ...options, ...more }).fit(batches, { epochs: 1 }),
  );
  return { model, steps, rates: steps.map(({ learningRate }) => learningRate) };
}

describe('accumulation', () => {
  it('averages the learning rates that windows ask for', async () => {
    expect((await train({ truncation: lengths(5, 3) })).rates).toEqual([0.5 * 1.25, 0.5 * 0.75]);
    expect((await train({ truncation: lengths(6, 1, 1), accumulate: 3 })).rates).toEqual([0.5 * (2 / 3)]);
    // What is left over at the epoch's end, too; and each update has its own.
    expect((await train({ truncation: lengths(5, 2, 1), accumulate: 2 })).rates).toEqual([
      0.5 * (7 / 8),
      0.5 * 0.25,
    ]);
  });

  it('leaves the learning rate alone where losses are summed: the sum grows with the length by itself', async () => {
    const sums = { reduction: 'sum-over-time', truncation: lengths(5, 3) } as const;
    expect((await train(sums)).rates).toEqual([0.5, 0.5]);
    // Equal to the mean's step at the rate in proportion, times 4 steps.
    const mean = await train({ truncation: lengths(5, 3), optimizer: sgd(2) });
    const expected = weightsOf(mean.model);
    for (const [i, weight] of weightsOf((await train(sums)).model).entries())
      expect(weight).toBeCloseTo(expected[i], 6);
  });

  it.each(['mean', 'sum-over-time'] as const)(
    'takes what an epoch leaves over without the end of its window (%s)',
    async (reduction) => {
      const open: Truncation = {
        name: 'open',
        windows: () => [plainWindow(0, 5, { update: false }), plainWindow(5, 8, { update: false })],
      };
      const { model, steps } = await train({ truncation: open, reduction });
      expect(steps).toMatchObject([{ learningRate: 0.5, predictions: 16 }]);
      const pieces: Truncation = {
        name: 'pieces',
        windows: () => [plainWindow(0, 5, { update: false }), plainWindow(5, 8)],
      };
      expect(weightsOf(model)).toEqual(weightsOf((await train({ truncation: pieces, reduction })).model));
    },
  );

  it('saves after updates of what an epoch left over, as after any', async () => {
    const saved: number[] = [];
    const store = {
      save: async ({ memory }: { memory: { updater: { step: number } } }) => {
        saved.push(memory.updater.step);
        return '';
      },
      latest: async () => undefined,
    };
    const trainer = new BpttTrainer(new ElmanModel(), { ...options, accumulate: 3 });
    const checkpoints = { store, everySteps: 1, everyEpochs: 9 };
    await collect(trainer.fit(tokenBatches({ count: 4 }), { epochs: 2, checkpoints }));
    expect(saved).toEqual([1, 2, 3, 4]);
  });
});

/** Predicts nothing in windows whose inputs are all 0, as where every row has ended; gradients there are of no use. */
class Masked extends ElmanModel {
  override lossAndGradients(chunk: ElmanBatch, state: ElmanState, step: StepOptions) {
    const result = super.lossAndGradients(chunk, state, step);
    if (chunk.inputs.some((id) => id !== 0)) return result;
    for (const { gradient } of this.parameters) gradient.fill(0);
    return { ...result, loss: Number.NaN, predictions: 0 };
  }
}

describe('windows without predictions', () => {
  /** The batch, with the steps named blank. */
  const blank = (...steps: number[]): ElmanBatch => ({
    ...batch,
    inputs: batch.inputs.map((id, i) => (steps.includes(i % 8) ? 0 : Math.max(id, 1))),
  });

  it.each(['mean', 'sum-over-time'] as const)('make no update (%s)', async (reduction) => {
    const truncation = regular(4);
    const { steps, model } = await train({ truncation, reduction }, new Masked(), [blank(4, 5, 6, 7)]);
    expect(steps.map(({ predictions }) => predictions)).toEqual([8]);
    const alone = await train({ truncation: lengths(4), reduction }, new Masked(), [blank()]);
    expect(weightsOf(model)).toEqual(weightsOf(alone.model));
    expect((await train({ truncation }, new Masked(), [blank(0, 1, 2, 3, 4, 5, 6, 7)])).steps).toEqual([]);
  });

  it.each([
    [2, [0, 1]],
    [2, [2, 3]],
    [2, [0, 1, 4, 5]],
    [3, [2, 3, 4, 5]],
  ])('count for nothing among %i accumulated, blank at steps %j', async (accumulate, blanks) => {
    const { model, steps } = await train({ truncation: regular(2), accumulate }, new Masked(), [
      blank(...blanks),
    ]);
    // The same windows as batches of their own, without the blank ones.
    const byHand = new Masked();
    const sums = byHand.parameters.map(({ gradient }) => new Float64Array(gradient.length));
    let [state, counted] = [byHand.initialState(2), 0];
    const chunks: ElmanBatch[] = [0, 2, 4, 6].map((from) => {
      const cut = (ids: Int32Array) =>
        Int32Array.from([...ids.subarray(from, from + 2), ...ids.subarray(8 + from, 10 + from)]);
      const { inputs, targets } = blank(...blanks);
      return { inputs: cut(inputs), targets: cut(targets), batchSize: 2, steps: 2 };
    });
    for (const [i, chunk] of chunks.entries()) {
      const result = byHand.lossAndGradients(chunk, state, { random: options.random });
      state = result.state;
      if (result.predictions > 0) {
        counted++;
        byHand.parameters.forEach(({ gradient }, p) => {
          for (const [j, value] of gradient.entries()) sums[p][j] += value;
        });
      }
      if (counted === accumulate || (i === 3 && counted > 0)) {
        byHand.parameters.forEach(({ data }, p) => {
          for (let j = 0; j < data.length; j++) data[j] -= (0.5 * sums[p][j]) / counted;
          sums[p].fill(0);
        });
        counted = 0;
      }
    }
    expect(steps.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    const expected = weightsOf(byHand);
    for (const [i, weight] of weightsOf(model).entries()) expect(weight).toBeCloseTo(expected[i], 6);
  });
});

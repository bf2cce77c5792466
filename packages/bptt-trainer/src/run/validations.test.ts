import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import type { Batches } from '../batches/batches.js';
import { evaluateBatches } from '../evaluate-batches.js';
import { collect } from '../fixtures/collect.js';
import { type ElmanBatch, ElmanModel, type ElmanState } from '../fixtures/elman-model.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import { averagedSgd } from '../optimizers/averaged-sgd.js';
import { sgd } from '../optimizers/sgd.js';
import { BpttTrainer } from '../trainer.js';

const options = { optimizer: sgd(0.1), random: Random.seeded(1) };
const weightsOf = (model: ElmanModel) => model.parameters.map(({ data }) => [...data]);

/** Validates to the losses given, one an epoch, whatever its weights. */
class Scripted extends ElmanModel {
  readonly losses: number[];

  constructor(losses: readonly number[]) {
    super();
    this.losses = [...losses];
  }

  override evaluate(_: ElmanBatch, state: ElmanState) {
    return { loss: this.losses.shift()!, predictions: 1, state };
  }
}

const oneBatch = [tokenBatches()[Symbol.iterator]().next().value!];

describe('validation', () => {
  it('is what evaluate gives, in the same batches every time, and leaves training as it is', async () => {
    const source = tokenBatches({ seed: 4 });
    const model = new ElmanModel();
    const trainer = new BpttTrainer(model, { ...options, optimizer: sgd(0) });
    const { epochs } = await collect(
      trainer.fit(tokenBatches(), { epochs: 3, validation: tokenBatches({ seed: 4 }) }),
    );
    expect(new Set(epochs.map(({ validation }) => validation!.loss)).size).toBe(1);
    expect(epochs[0].validation).toEqual(await evaluateBatches(model, tokenBatches({ seed: 4 })));

    const [alone, validated] = [new ElmanModel(), new ElmanModel()];
    await collect(new BpttTrainer(alone, options).fit(tokenBatches(), { epochs: 3 }));
    await collect(new BpttTrainer(validated, options).fit(tokenBatches(), { epochs: 3, validation: source }));
    expect(weightsOf(alone)).toEqual(weightsOf(validated));
  });

  it('ends training when it has not improved for more than the patience', async () => {
    const model = new Scripted([5, 4, 4.5, 3.95, 4.2, 4.1, 1]);
    const earlyStopping = { patience: 2, minDelta: 0.1 };
    const { epochs, end } = await collect(
      new BpttTrainer(model, options).fit(tokenBatches(), { epochs: 9, validation: oneBatch, earlyStopping }),
    );
    // 3.95 is not lower than 4 by more than 0.1.
    expect(epochs.map(({ best }) => best)).toEqual([true, true, false, false, false]);
    expect(end).toMatchObject({ reason: 'early-stop', best: { epoch: 2, loss: 4 } });
  });

  it('gives back the weights of the best when asked to', async () => {
    const seen: number[][][] = [];
    const run = async (losses: number[], restoreBest: boolean) => {
      seen.length = 0;
      const model = new Scripted(losses);
      const events = new BpttTrainer(model, options).fit(tokenBatches(), {
        epochs: 4,
        validation: oneBatch,
        restoreBest,
      });
      for await (const { type } of events) if (type === 'epoch') seen.push(weightsOf(model));
      return weightsOf(model);
    };
    expect(await run([3, 1, 2, 4], true)).toEqual(seen[1]);
    expect(await run([3, 1, 2, 4], false)).toEqual(seen[3]);
    // A validation that failed is never the best; without any best the weights stay.
    expect(await run([Number.NaN, 1, Number.NaN, 4], true)).toEqual(seen[1]);
    expect(await run([Number.NaN, Number.NaN, Number.NaN, Number.NaN], true)).toEqual(seen[3]);
  });

  it('sees averaged weights where the optimizer averages, and the model keeps them at the end', async () => {
    const model = new ElmanModel();
    const evaluated: number[][][] = [];
    const trained: number[][][] = [];
    const plain = model.evaluate.bind(model);
    model.evaluate = (batch, state) => {
      evaluated.push(weightsOf(model));
      return plain(batch, state);
    };
    const optimizer = averagedSgd(0.1, { lambda: 0, startAt: 0 });
    const trainer = new BpttTrainer(model, { ...options, optimizer });
    const path: number[][] = [];
    for await (const { type } of trainer.fit(tokenBatches(), { epochs: 2, validation: oneBatch })) {
      if (type === 'step') path.push(weightsOf(model).flat());
      if (type === 'epoch') trained.push(weightsOf(model));
    }
    expect(trained[0].flat()).toEqual(path[3]);
    expect(trained[1].flat()).toEqual(path[7]);
    // PyTorch's shares 1, 1, 1/2, 1/3, ...: the mean of all weights after the first update.
    const mean = (from: number, to: number) =>
      path[0].map((_, i) => path.slice(from, to).reduce((sum, weights) => sum + weights[i], 0) / (to - from));
    for (const [i, value] of evaluated[0].flat().entries()) expect(value).toBeCloseTo(mean(1, 4)[i], 6);
    for (const [i, value] of weightsOf(model).flat().entries()) expect(value).toBeCloseTo(mean(1, 8)[i], 6);
  });

  it('by nothing is named, before training where that can be known', async () => {
    const model = new ElmanModel();
    const events = (validation: Batches<ElmanBatch>) =>
      collect(new BpttTrainer(model, options).fit(tokenBatches(), { epochs: 1, validation }));
    const before = weightsOf(model);
    await expect(events([])).rejects.toThrow('validation: expected at least one batch, got none');
    expect(weightsOf(model)).toEqual(before);
    // A length may be an upper bound.
    await expect(events({ ...tokenBatches({ count: 0 }), length: 3 })).rejects.toThrow(
      'validation: expected batches with predictions, got none',
    );
  });

  it('stops on a signal, and is done again after a resume', async () => {
    const controller = new AbortController();
    const model = new ElmanModel();
    const plain = model.evaluate.bind(model);
    model.evaluate = (batch, state) => {
      controller.abort();
      return plain(batch, state);
    };
    const trainer = new BpttTrainer(model, options);
    const settings = { epochs: 1, validation: tokenBatches({ seed: 4 }) };
    const { all } = await collect(trainer.fit(tokenBatches(), { ...settings, signal: controller.signal }));
    expect(all.map(({ type }) => type).join(' ')).toBe('step step step step end');
    expect(all.at(-1)).toMatchObject({ reason: 'aborted' });
    const resumed = await collect(trainer.fit(tokenBatches(), { ...settings, resume: trainer.snapshot() }));
    expect(resumed.all.map(({ type }) => type).join(' ')).toBe('epoch end');
    expect(resumed.epochs[0].predictions).toBe(48);
  });
});

import type { StepOptions } from '@throughtime/contract';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import type { FitOptions } from '../fit-options.js';
import { collect } from '../fixtures/collect.js';
import { type ElmanBatch, ElmanModel, type ElmanState } from '../fixtures/elman-model.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import { averagedSgd } from '../optimizers/averaged-sgd.js';
import { frozenSecondBiases } from '../optimizers/parameter-groups.js';
import { sgd } from '../optimizers/sgd.js';
import { BpttTrainer } from '../trainer.js';
import type { TrainerOptions } from '../trainer-options.js';
import type { TrainerSnapshot } from './snapshot.js';

type Options = TrainerOptions<ElmanBatch>;

/** Gives up control in every pass, as a model on another device does, and tells of each before it is done. */
class Asynchronous extends ElmanModel {
  override noise = 0.5;
  onPass = () => {};

  override lossAndGradients(batch: ElmanBatch, state: ElmanState, options: StepOptions) {
    const result = super.lossAndGradients(batch, state, options);
    return this.#told(result) as never;
  }

  override evaluate(batch: ElmanBatch, state: ElmanState) {
    return this.#told(super.evaluate(batch, state)) as never;
  }

  async #told<T>(result: T): Promise<T> {
    await new Promise((resolve) => setImmediate(resolve));
    this.onPass();
    return result;
  }
}

const random = Random.seeded(3);
/** A list: the same in every run. */
const validation = [...tokenBatches({ seed: 4, count: 2 })];
const batches = () => tokenBatches({ count: 5 });
const weightsOf = (model: ElmanModel) => model.parameters.map(({ data }) => [...data]);

async function uninterrupted(options: Options, fit: FitOptions<ElmanBatch>) {
  const model = new Asynchronous();
  const trainer = new BpttTrainer(model, options);
  const { end } = await collect(trainer.fit(batches(), fit));
  return { end, weights: weightsOf(model), snapshot: timeless(trainer.snapshot()) };
}

async function resumed(options: Options, fit: FitOptions<ElmanBatch>) {
  const model = Object.assign(new ElmanModel({ seed: 99 }), { noise: 0.5 });
  const trainer = new BpttTrainer(model, { ...options, random: Random.seeded(77) });
  const { end } = await collect(trainer.fit(batches(), fit));
  return { end, weights: weightsOf(model), snapshot: timeless(trainer.snapshot()) };
}

const timeless = ({ memory, tensors }: TrainerSnapshot) => ({
  memory: { ...memory, seconds: 0 },
  tensors: new Map([...tensors].sort()),
});

const averaged: Options = {
  optimizer: averagedSgd(0.1, { startAt: 0, groups: [frozenSecondBiases] }),
  random,
};

describe('a snapshot', () => {
  it.each<[string, Options, Partial<FitOptions<ElmanBatch>>]>([
    ['averages', averaged, {}],
    ['the best weights', { optimizer: sgd(4), random }, { validation, restoreBest: true }],
    [
      'the best averages',
      { ...averaged, optimizer: averagedSgd(6, { startAt: 0 }) },
      { validation, restoreBest: true },
    ],
  ])('of a finished run that left the model %s continues from its last weights', async (_, options, fit) => {
    const model = new Asynchronous();
    const trainer = new BpttTrainer(model, options);
    await collect(trainer.fit(batches(), { epochs: 3, ...fit }));
    const shown = weightsOf(model);
    const resume = trainer.snapshot();
    expect([...resume.tensors.get('parameter/output.bias')!.data]).not.toEqual(shown[4]);
    expect(await resumed(options, { epochs: 5, ...fit, resume })).toEqual(
      await uninterrupted(options, { epochs: 5, ...fit }),
    );
    // Resumed with no epoch left, the model is given the same.
    expect((await resumed(options, { epochs: 3, ...fit, resume })).weights).toEqual(shown);
  });

  it.each<[string, Options]>([
    ['with averages', averaged],
    ['with accumulation and an update left over', { optimizer: sgd(0.5), accumulate: 3, random }],
  ])('taken during any pass or validation continues exactly: %s', async (_, options) => {
    const fit = { epochs: 2, validation };
    const expected = await uninterrupted(options, fit);
    const snapshots: TrainerSnapshot[] = [];
    const model = new Asynchronous();
    const trainer = new BpttTrainer(model, options);
    model.onPass = () => snapshots.push(trainer.snapshot());
    await collect(trainer.fit(batches(), fit));
    expect(snapshots.length).toBe(2 * (5 + 2));
    for (const resume of snapshots) expect(await resumed(options, { ...fit, resume })).toEqual(expected);
  });

  it('continues exactly from an abort in any pass, left-over ones included', async () => {
    const options: Options = { optimizer: sgd(0.5), accumulate: 2, random };
    const expected = await uninterrupted(options, { epochs: 2 });
    for (let aborted = 1; aborted <= 10; aborted++) {
      const controller = new AbortController();
      let passes = 0;
      const model = new Asynchronous();
      model.onPass = () => {
        if (++passes === aborted) controller.abort();
      };
      const trainer = new BpttTrainer(model, options);
      await collect(trainer.fit(batches(), { epochs: 2, signal: controller.signal }));
      // Heard at once, not after all that is to be accumulated.
      expect(passes).toBe(aborted);
      expect(await resumed(options, { epochs: 2, resume: trainer.snapshot() })).toEqual(expected);
    }
  });

  it('without the weights of its best validation is refused where they are to be restored', async () => {
    const options: Options = { optimizer: sgd(0.5), random };
    const trainer = new BpttTrainer(new Asynchronous(), options);
    await collect(trainer.fit(batches(), { epochs: 1, validation }));
    const resume = trainer.snapshot();
    const refused = resumed(options, { epochs: 2, validation, restoreBest: true, resume });
    await expect(refused).rejects.toThrow(
      'restoreBest: expected a snapshot with the weights of its best validation (epoch 1), got one without',
    );
    await resumed(options, { epochs: 2, validation, resume });
  });

  it('holds the weights of the best validation there was, or none', async () => {
    const options: Options = { optimizer: sgd(0.02), random };
    const trainer = new BpttTrainer(new Asynchronous(), options);
    await collect(trainer.fit(batches(), { epochs: 1, validation, restoreBest: true }));
    const resume = trainer.snapshot();
    expect(resume.tensors.has('best/output.bias')).toBe(true);
    const further = await resumed(options, { epochs: 2, validation, resume });
    // The second epoch's was better, and its weights were not kept.
    expect(further.snapshot.memory.best?.epoch).toBe(2);
    expect(further.snapshot.tensors.has('best/output.bias')).toBe(false);
  });
});

import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { CheckpointMismatchError } from '../errors.js';
import type { TrainingEvent } from '../events.js';
import type { FitOptions } from '../fit-options.js';
import { collect } from '../fixtures/collect.js';
import { type ElmanBatch, ElmanModel } from '../fixtures/elman-model.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import { adam } from '../optimizers/adam.js';
import { nonMonotonicAveragedSgd } from '../optimizers/averaged-sgd.js';
import { nadam } from '../optimizers/nadam.js';
import { rmsProp } from '../optimizers/rms-prop.js';
import { sgd } from '../optimizers/sgd.js';
import { cosine } from '../schedules/cosine.js';
import { cyclical } from '../schedules/cyclical.js';
import { onPlateau } from '../schedules/on-plateau.js';
import { warmUp } from '../schedules/warm-up.js';
import { BpttTrainer } from '../trainer.js';
import type { TrainerOptions } from '../trainer-options.js';
import { randomLengths } from '../truncation/random-lengths.js';
import { randomized } from '../truncation/randomized.js';
import { regular } from '../truncation/regular.js';
import { decodeCheckpoint, encodeCheckpoint } from './format.js';
import type { RunIdentity, TrainerSnapshot } from './snapshot.js';
import type { CheckpointStore } from './store.js';

const random = Random.seeded(3);
const validation = tokenBatches({ seed: 11, count: 2 });

interface Case {
  readonly trainer: TrainerOptions<ElmanBatch>;
  readonly fit?: Partial<FitOptions<ElmanBatch>>;
  readonly continues?: boolean;
}

/** Checkpoints as bytes in memory. */
class MemoryStore implements CheckpointStore {
  readonly saved: Uint8Array[] = [];

  async save(snapshot: TrainerSnapshot): Promise<string> {
    const pieces = encodeCheckpoint(snapshot);
    this.saved.push(Uint8Array.from(pieces.flatMap((piece) => [...piece])));
    return `${this.saved.length}`;
  }

  async latest(): Promise<TrainerSnapshot | undefined> {
    return this.saved.length ? decodeCheckpoint(this.saved.at(-1)!) : undefined;
  }
}

const newModel = () => Object.assign(new ElmanModel(), { noise: 0.5 });
const weightsOf = (model: ElmanModel) => model.parameters.map(({ data }) => [...data]);

/** Events without what depends on the clock. */
const timeless = (events: readonly TrainingEvent[]) =>
  events
    .filter(({ type }) => type !== 'checkpoint')
    .map((event) => ({ ...event, tokensPerSecond: 0, timeLeft: 0, seconds: 0 }));

const cases: Record<string, Case> = {
  'momentum and a cosine, carried state': {
    trainer: { optimizer: sgd(0.3, { momentum: 0.9 }), schedule: cosine(), clipNorm: 1, random },
  },
  'adam on batches in random order, warm-up, the best restored': {
    trainer: { optimizer: adam(0.05), schedule: warmUp(5), random },
    fit: { validation, restoreBest: true },
    continues: false,
  },
  'windows within batches': { trainer: { optimizer: rmsProp(0.01), truncation: regular(2), random } },
  'nadam, whose momentum follows the update, and cycles': {
    trainer: { optimizer: nadam(0.02), schedule: cyclical(), random },
  },
  'overlapping windows': {
    trainer: { optimizer: sgd(0.5), truncation: regular({ every: 2, back: 5 }), random },
  },
  'randomized truncation, accumulated': {
    trainer: { optimizer: adam(0.02), truncation: randomized(0.7), accumulate: 3, random },
  },
  'chunks of random lengths': {
    trainer: {
      optimizer: sgd(0.3),
      truncation: randomLengths({ steps: 2, deviation: 1, shortest: 1 }),
      random,
    },
  },
  'the averaging trigger, a plateau, early stopping': {
    trainer: {
      optimizer: nonMonotonicAveragedSgd(2, { patience: 1 }),
      schedule: onPlateau({ patience: 0, factor: 0.5 }),
      reduction: 'sum-over-time',
      random,
    },
    fit: { validation, earlyStopping: { patience: 2 } },
  },
};

describe.each(Object.entries(cases))('a run with %s', (_, { trainer, fit, continues = true }) => {
  const source = () => tokenBatches({ continues });

  it('continues from each of its checkpoints exactly, to the byte', async () => {
    const store = new MemoryStore();
    const whole = newModel();
    const checkpoints = { store, everySteps: 1 };
    const uninterrupted = await collect(
      new BpttTrainer(whole, trainer).fit(source(), { epochs: 5, ...fit, checkpoints }),
    );
    const expected = weightsOf(whole);
    expect(store.saved.length).toBeGreaterThan(8);

    for (const bytes of store.saved) {
      const resume = decodeCheckpoint(bytes);
      const model = Object.assign(new ElmanModel({ seed: 99 }), { noise: 0.5 });
      // Another seed everywhere: all of it must come from the checkpoint.
      const options = { ...trainer, random: Random.seeded(77) };
      const resumed = await collect(
        new BpttTrainer(model, options).fit(tokenBatches({ continues, seed: 78 }), {
          epochs: 5,
          ...fit,
          resume,
        }),
      );
      expect(weightsOf(model)).toEqual(expected);
      const rest = timeless(uninterrupted.all).slice(-resumed.all.length);
      expect(timeless(resumed.all)).toEqual(rest);
    }
  });

  it('continues from its own snapshot after an abort', async () => {
    const [whole, halves] = [newModel(), newModel()];
    await collect(new BpttTrainer(whole, trainer).fit(source(), { epochs: 3, ...fit }));
    const controller = new AbortController();
    const first = new BpttTrainer(halves, trainer);
    for await (const { type, step } of first.fit(source(), {
      epochs: 3,
      ...fit,
      signal: controller.signal,
    })) {
      if (type === 'step' && step === 2) controller.abort();
    }
    const resume = first.snapshot();
    await collect(new BpttTrainer(halves, trainer).fit(source(), { epochs: 3, ...fit, resume }));
    expect(weightsOf(halves)).toEqual(weightsOf(whole));
  });
});

describe('resuming', () => {
  const options = { optimizer: sgd(0.1, { momentum: 0.5 }), random };
  const snapshotOf = async (model: ElmanModel, chosen = options) => {
    const trainer = new BpttTrainer(model, chosen);
    await collect(trainer.fit(tokenBatches(), { epochs: 1 }));
    return trainer.snapshot();
  };

  it('refuses a checkpoint of another model or optimizer, and leaves the weights alone', async () => {
    const resume = await snapshotOf(new ElmanModel());
    const larger = new ElmanModel({ hiddenSize: 7 });
    const before = weightsOf(larger);
    const fit = (model: ElmanModel, chosen = options) =>
      collect(new BpttTrainer(model, chosen).fit(tokenBatches(), { epochs: 2, resume }));
    await expect(fit(larger)).rejects.toThrow(CheckpointMismatchError);
    await expect(fit(larger)).rejects.toThrow("shape of 'rnn.weight_ih_l0': expected [7,5], got [4,5]");
    await expect(fit(new ElmanModel(), { ...options, optimizer: adam() })).rejects.toThrow(
      "optimizer: expected 'adam', got 'sgd'",
    );
    await expect(fit(new ElmanModel(), { ...options, optimizer: sgd(0.1) })).rejects.toThrow(
      "got 'optimizer/rnn.weight_ih_l0/momentum_buffer' as well",
    );
    const fewer = new ElmanModel();
    const parameters = fewer.parameters.slice(1);
    await expect(fit(Object.assign(fewer, { parameters }))).rejects.toThrow('as well');
    expect(weightsOf(larger)).toEqual(before);
  });

  it('of a finished run with more epochs trains those', async () => {
    const [twice, whole] = [newModel(), newModel()];
    const first = new BpttTrainer(twice, options);
    await collect(first.fit(tokenBatches(), { epochs: 1 }));
    const resumed = await collect(
      new BpttTrainer(twice, options).fit(tokenBatches(), { epochs: 2, resume: first.snapshot() }),
    );
    expect(resumed.epochs.map(({ epoch }) => epoch)).toEqual([2]);
    await collect(new BpttTrainer(whole, options).fit(tokenBatches(), { epochs: 2 }));
    expect(weightsOf(twice)).toEqual(weightsOf(whole));
  });
});

describe('the identity of a run', () => {
  const options: TrainerOptions<ElmanBatch> = { optimizer: sgd(0.1), random };
  const fit = (run?: RunIdentity, resume?: TrainerSnapshot) =>
    collect(
      new BpttTrainer(newModel(), options).fit(tokenBatches(), {
        epochs: resume ? 2 : 1,
        ...(run && { run }),
        ...(resume && { resume }),
        ...(!resume && { checkpoints: { store } }),
      }),
    );
  const store = new MemoryStore();

  it('stands in every checkpoint, and one of another run is refused', async () => {
    await fit({ id: 'one', engine: 'plain' });
    const saved = (await store.latest())!;
    expect(saved.memory.run).toEqual({ id: 'one', engine: 'plain' });
    const other = fit({ id: 'two', engine: 'plain' }, saved);
    await expect(other).rejects.toThrow(CheckpointMismatchError);
    await expect(other).rejects.toThrow("run: expected 'two', got 'one'");
    // Another engine computes other last bits of the same run: whoever resumes may say so.
    await fit({ id: 'one', engine: 'relaxed' }, saved);
    await fit(undefined, saved);
  });

  it('is not asked of checkpoints that do not say it', async () => {
    await fit();
    const saved = (await store.latest())!;
    expect(saved.memory).not.toHaveProperty('run');
    await fit({ id: 'two', engine: 'plain' }, saved);
  });

  it('must be one', async () => {
    await expect(fit({ id: '', engine: 'plain' })).rejects.toThrow(
      'run.id: expected a string that is not empty',
    );
    await expect(fit({ id: 'x' } as RunIdentity)).rejects.toThrow('run.engine');
  });
});

describe('a run that begins with the moments of another', () => {
  // In one order: every epoch is the same.
  const batches = () => tokenBatches({ continues: true });
  const quiet = () => new ElmanModel();

  it.each([
    ['adam', () => adam(0.02)],
    ['momentum', () => sgd(0.1, { momentum: 0.9 })],
    ['rmsprop', () => rmsProp(0.01)],
  ])(
    'moves the weights as the other would have gone on, and counts its own updates: %s',
    async (_, optimizer) => {
      const store = new MemoryStore();
      const whole = quiet();
      const events = await collect(
        new BpttTrainer(whole, { optimizer: optimizer(), random }).fit(batches(), {
          epochs: 2,
          checkpoints: { store, everyEpochs: 1 },
        }),
      );
      const before = decodeCheckpoint(store.saved[0]);
      const model = quiet();
      for (const { name, data } of model.parameters) data.set(before.tensors.get(`parameter/${name}`)!.data);
      const trainer = new BpttTrainer(model, { optimizer: optimizer(), random });
      const continued = await collect(trainer.fit(batches(), { epochs: 1, optimizerFrom: before }));
      expect(weightsOf(model)).toEqual(weightsOf(whole));
      const count = continued.steps.length;
      expect(events.steps.length).toBe(2 * count);
      const { updater } = trainer.snapshot().memory;
      expect(updater).toMatchObject({ step: count, stepsBefore: count });

      // The moments of such a run carry on in turn, and so does its checkpoint.
      const third = new BpttTrainer(quiet(), { optimizer: optimizer(), random });
      await collect(third.fit(batches(), { epochs: 1, optimizerFrom: trainer.snapshot() }));
      expect(third.snapshot().memory.updater.stepsBefore).toBe(2 * count);
    },
  );

  it('takes no averages, which are of the weights that the other had', async () => {
    const other = new BpttTrainer(quiet(), { optimizer: nonMonotonicAveragedSgd(0.1), random });
    await collect(other.fit(batches(), { epochs: 1, validation }));
    const trainer = new BpttTrainer(quiet(), { optimizer: nonMonotonicAveragedSgd(0.1), random });
    await collect(trainer.fit(batches(), { epochs: 1, validation, optimizerFrom: other.snapshot() }));
    expect(trainer.snapshot().memory.updater.stepsBefore).toBeUndefined();
  });

  it('refuses moments of another rule or another model, and a run that continues', async () => {
    const other = new BpttTrainer(quiet(), { optimizer: adam(0.1), random });
    await collect(other.fit(batches(), { epochs: 1 }));
    const optimizerFrom = other.snapshot();
    const begin = (trainer: TrainerOptions<ElmanBatch>, fit: Partial<FitOptions<ElmanBatch>> = {}) =>
      collect(new BpttTrainer(quiet(), trainer).fit(batches(), { epochs: 1, optimizerFrom, ...fit }));
    await expect(begin({ optimizer: rmsProp(0.1), random })).rejects.toThrow(
      "optimizer: expected 'rmsprop', got 'adam'",
    );
    await expect(begin({ optimizer: adam(0.1), random }, { resume: optimizerFrom })).rejects.toThrow(
      'optimizerFrom: expected none beside resume',
    );
    const [name] = [...optimizerFrom.tensors.keys()].filter((key) => key.startsWith('optimizer/'));
    const without = {
      ...optimizerFrom,
      tensors: new Map([...optimizerFrom.tensors].filter(([key]) => key !== name)),
    };
    await expect(begin({ optimizer: adam(0.1), random }, { optimizerFrom: without })).rejects.toThrow(
      `expected '${name}' among them`,
    );
  });
});

import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import type { FitOptions } from './fit-options.js';
import { collect } from './fixtures/collect.js';
import { type ElmanBatch, ElmanModel } from './fixtures/elman-model.js';
import { tokenBatches } from './fixtures/token-batches.js';
import { nonMonotonicAveragedSgd } from './optimizers/averaged-sgd.js';
import { sgd } from './optimizers/sgd.js';
import { onPlateau } from './schedules/on-plateau.js';
import { warmUp } from './schedules/warm-up.js';
import { BpttTrainer } from './trainer.js';
import type { TrainerOptions } from './trainer-options.js';

const options = { optimizer: sgd(0.1), random: Random.seeded(1) };
const trainer = new BpttTrainer(new ElmanModel(), options);
const fit = (more: object) => collect(trainer.fit(tokenBatches(), { epochs: 1, ...more }));

describe('the options of fit', () => {
  it('are named where they cannot be', async () => {
    await expect(fit({ epochs: -1 })).rejects.toThrow(
      'epochs: expected a whole number of at least 0, got -1',
    );
    await expect(fit({ timeLimit: -1 })).rejects.toThrow('timeLimit: expected a finite number of at least 0');
    await expect(fit({ signal: new AbortController() })).rejects.toThrow('signal: expected an AbortSignal');
    await expect(fit({ resume: 'out/checkpoints' })).rejects.toThrow('resume: expected a snapshot, such as');
    await expect(fit({ checkpoints: { store: 'out' } })).rejects.toThrow(
      "checkpoints.store: expected a checkpoint store, such as checkpointFolder(path), got 'out'",
    );
    const store = { save: async () => '', latest: async () => undefined };
    await expect(fit({ checkpoints: { store, everySteps: 0 } })).rejects.toThrow('checkpoints.everySteps: ');
    await expect(fit({ validation: tokenBatches(), earlyStopping: { patience: -1 } })).rejects.toThrow(
      'earlyStopping.patience: expected a whole number of at least 0, got -1',
    );
    await expect(fit({ validation: tokenBatches(), earlyStopping: 3 })).rejects.toThrow(
      'earlyStopping: expected an object with the options patience, minDelta, got 3',
    );
  });

  it('are known by name, also inside others', async () => {
    await expect(fit({ validate: tokenBatches() })).rejects.toThrow("(did you mean 'validation'?)");
    const earlyStopping = { patience: 1, delta: 0.1 };
    await expect(fit({ validation: tokenBatches(), earlyStopping })).rejects.toThrow(
      'earlyStopping.delta: expected the name of an option',
    );
    const none = collect(trainer.fit(tokenBatches(), undefined as never));
    await expect(none).rejects.toThrow('options: expected an object with the options epochs, signal');
  });

  it('come with batches', async () => {
    await expect(collect(trainer.fit([], { epochs: 1 }))).rejects.toThrow(
      'batches: expected at least one batch, got none',
    );
    await expect(collect(trainer.fit(3 as never, { epochs: 1 }))).rejects.toThrow(
      'batches: expected a list of batches or a batch source, got 3',
    );
    expect(() => new BpttTrainer(new ElmanModel(), options).snapshot()).toThrow('call fit first');
  });

  it('ask for validation where something waits for it', async () => {
    const first = (trainer: Partial<TrainerOptions<ElmanBatch>>, fit: Partial<FitOptions<ElmanBatch>> = {}) =>
      new BpttTrainer(new ElmanModel(), { ...options, ...trainer })
        .fit(tokenBatches(), { epochs: 1, ...fit })
        .next();
    await expect(first({ schedule: warmUp(3, onPlateau()) })).rejects.toThrow('as onPlateau needs them');
    await expect(first({ optimizer: nonMonotonicAveragedSgd(1) })).rejects.toThrow(
      'as nonMonotonicAveragedSgd needs them',
    );
    await expect(first({}, { earlyStopping: { patience: 1 } })).rejects.toThrow(
      'as earlyStopping needs them',
    );
    await expect(first({}, { restoreBest: true })).rejects.toThrow('as restoreBest needs them');
    await expect(first({}, { restoreBest: false })).resolves.toMatchObject({ done: false });
  });
});

import { ArgumentError, UnknownOptionError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { ElmanModel } from './fixtures/elman-model.js';
import { sgd } from './optimizers/sgd.js';
import { BpttTrainer } from './trainer.js';

const options = { optimizer: sgd(0.5), random: Random.seeded(3) };
const trainer = (more: unknown, model: unknown = new ElmanModel()) => {
  const chosen = typeof more === 'object' && more !== null ? { ...options, ...more } : more;
  return () => new BpttTrainer(model as ElmanModel, chosen as typeof options);
};

describe('the options of BpttTrainer', () => {
  it('are required where they have no default', () => {
    expect(trainer(undefined)).toThrow(ArgumentError);
    expect(trainer(undefined)).toThrow('options: expected an object with the options');
    expect(trainer({ random: undefined })).toThrow(
      'random: expected a Random, such as Random.seeded(1), got undefined',
    );
    expect(trainer({ optimizer: 'adam' })).toThrow(
      "optimizer: expected an optimizer, such as adam(0.002), got 'adam'",
    );
  });

  it('are known by name', () => {
    expect(trainer({ clipnorm: 1 })).toThrow(UnknownOptionError);
    expect(trainer({ clipnorm: 1 })).toThrow('clipnorm: expected the name of an option');
    expect(trainer({ clipnorm: 1 })).toThrow("(did you mean 'clipNorm'?)");
    expect(trainer({ reduction: 'sum' })).toThrow(
      "reduction: expected one of 'mean', 'sum-over-time', got 'sum'",
    );
  });

  it('have types and ranges', () => {
    expect(trainer({ clipNorm: 0 })).toThrow('clipNorm: expected a finite number above 0, got 0');
    expect(trainer({ clipValue: '1' })).toThrow("clipValue: expected a finite number above 0, got '1'");
    expect(trainer({ accumulate: 0 })).toThrow('accumulate: expected a whole number of at least 1, got 0');
    expect(trainer({ truncation: 35 })).toThrow(
      'truncation: expected a truncation, such as regular(35), got 35',
    );
    expect(trainer({ schedule: 0.5 })).toThrow('schedule: expected a schedule, such as cosine(), got 0.5');
    expect(trainer({ carryState: 'yes' })).toThrow("carryState: expected true or false, got 'yes'");
  });

  it('come with a model that can be trained, whose parameters have names of their own', () => {
    expect(trainer({}, null)).toThrow('model: expected a model that can be trained, got null');
    const { parameters } = new ElmanModel();
    const twice = Object.assign(new ElmanModel(), { parameters: [parameters[0], parameters[0]] });
    expect(trainer({}, twice)).toThrow("names that differ, got 'rnn.weight_ih_l0' twice");
    const none = Object.assign(new ElmanModel(), { parameters: [] });
    expect(trainer({}, none)).toThrow('model.parameters: expected at least one, got none');
  });
});

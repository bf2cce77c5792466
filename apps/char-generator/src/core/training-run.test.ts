import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { completeSettings, type TrainSettings } from './settings.js';
import { batchSteps, prepareRun, trainingBatches, validationBatches } from './training-run.js';

const settings = (given: Partial<TrainSettings> = {}) =>
  completeSettings({ batch: 2, steps: 3, hiddenSize: 4, ...given });
const ids = Int32Array.from({ length: 50 }, (_, i) => i % 5);

describe('batches', () => {
  it.each([
    ['regular', 3],
    ['full', 24],
    ['randomized', 12],
  ] as const)('of %s truncation have %i steps of a text of 50 tokens', (truncation, steps) => {
    expect(batchSteps(settings({ truncation }), 50)).toBe(steps);
    const [batch] = trainingBatches(ids, settings({ truncation }), Random.seeded(1));
    expect(batch).toMatchObject({ batchSize: 2, steps });
  });

  it('for validation are as many streams as the text has room for', () => {
    const streams = (given: Partial<TrainSettings>) =>
      validationBatches(ids.subarray(0, 20), settings(given)).streams;
    expect(streams({ batch: 32, steps: 5 })).toBe(3);
    expect(streams({ batch: 2, steps: 5 })).toBe(2);
    expect(streams({ batch: 32, steps: 50 })).toBe(1);
  });
});

describe('prepareRun', () => {
  const corpus = { name: 'text', text: 'abcde'.repeat(10) };

  it('validates on the end of the text, if that is more than one token', () => {
    expect(prepareRun(corpus, settings()).validation?.length).toBe(5);
    expect(prepareRun(corpus, settings({ validation: 0.02 })).validation).toBeUndefined();
    expect(prepareRun(corpus, settings({ validation: 0 })).unigram.validation).toBeUndefined();
  });

  it.each([
    [
      { schedule: 'on-plateau' },
      /^schedule: expected a text to validate on, which on-plateau waits for, got none/,
    ],
    [
      { optimizer: 'nt-asgd' },
      /^optimizer: expected a text to validate on, which nt-asgd waits for, got none/,
    ],
  ] as const)('refuses %o without a text to validate on', (given, message) => {
    expect(() => prepareRun(corpus, settings({ ...given, validation: 0 }))).toThrow(message);
    expect(prepareRun(corpus, settings(given)).validation).toBeDefined();
  });
});

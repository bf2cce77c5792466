import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { presetRecipe } from './presets.js';
import { completeSettings, type TrainSettings } from './settings.js';
import { batchSteps, fitOptions, prepareRun, trainingBatches, validationOf } from './training-run.js';

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
    const rows = (given: Partial<TrainSettings>) =>
      [...validationOf(ids, ids.subarray(0, 20), settings(given)).batches][0].batchSize;
    expect(rows({ batch: 32, steps: 5 })).toBe(3);
    expect(rows({ batch: 2, steps: 5 })).toBe(2);
    expect(rows({ batch: 32, steps: 50 })).toBe(1);
  });

  it('for validation follow the sampling, and predict every token after the first that was kept for it', () => {
    const sizes = fc.record({
      length: fc.integer({ min: 2, max: 60 }),
      held: fc.integer({ min: 2, max: 40 }),
      batch: fc.integer({ min: 1, max: 6 }),
      steps: fc.integer({ min: 1, max: 12 }),
      sampling: fc.constantFrom<TrainSettings['sampling']>('sequential', 'random', 'windows'),
    });
    fc.assert(
      fc.property(sizes, ({ length, held, ...given }) => {
        // Every id is its own place in the text.
        const text = Int32Array.from({ length: length + held }, (_, i) => i);
        const [training, kept] = [text.subarray(0, length), text.subarray(length)];
        const { batches, tokens } = validationOf(training, kept, settings(given));
        const places = new Set<number>();
        for (const { targets, batchSize, steps, lengths } of batches)
          for (let row = 0; row < batchSize; row++)
            for (let t = 0; t < (lengths?.[row] ?? steps); t++) places.add(targets[row * steps + t]);
        expect(tokens).toBe(held);
        for (let place = length + 1; place < length + held; place++) expect(places).toContain(place);
      }),
    );
  });
});

describe('the windows of edition 1.0', () => {
  const text = 'The Time Traveller (for so it will be convenient to speak of him) was expounding.\n'.repeat(
    300,
  );

  it('are 10,000 for training and the next 5,000 for validation, each from a zero state', () => {
    const { training, validation, batches } = prepareRun(
      { name: 'text', text },
      completeSettings({ hiddenSize: 4 }, presetRecipe('d2l-1.0')),
    );
    const count = (source: Iterable<{ readonly batchSize: number }>) =>
      [...source].reduce((sum, { batchSize }) => sum + batchSize, 0);
    expect(count(batches)).toBe(10_000);
    expect(count(validation!.batches)).toBe(5_000);
    expect(validation!.batches.continues).toBe(false);
    expect(validation!.how).toBe('on 5,000 windows of 32 tokens, each from a zero state');
    // The first of them begins where the last for training did, and one token on.
    const [first] = validation!.batches;
    expect([...first.inputs.subarray(0, 32)]).toEqual([...training.subarray(10_000, 10_032)]);
  });
});

describe('prepareRun', () => {
  const corpus = { name: 'text', text: 'abcde'.repeat(10) };

  it('validates on the end of the text, if that is more than one token', () => {
    expect(prepareRun(corpus, settings()).validation?.tokens).toBe(5);
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

it('asks for a factor on the learning rate before every update', async () => {
  const corpus = { name: 'rhyme', text: 'the owl sat on the wall and sang of the sea. '.repeat(20) };
  const rates = async (rateFactor?: () => number) => {
    const run = prepareRun(corpus, settings({ epochs: 1, steps: 8 }), rateFactor && { rateFactor });
    const seen: number[] = [];
    for await (const event of run.trainer.fit(run.batches, fitOptions(run)))
      if (event.type === 'step') seen.push(event.learningRate);
    return seen;
  };
  const planned = await rates();
  let updates = 0;
  const changed = await rates(() => (updates++ < 3 ? 1 : 0.25));
  expect(changed).toEqual(planned.map((rate, i) => (i < 3 ? rate : rate * 0.25)));
  expect(updates).toBe(planned.length);
});

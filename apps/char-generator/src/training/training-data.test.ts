import { UsageError } from '@throughtime/command-line';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeSettings, type TrainSettings } from './train-settings.js';
import { batchSteps, prepareData, trainingBatches, validationBatches } from './training-data.js';

const settings = (given: Partial<TrainSettings> = {}) => completeSettings({ batch: 2, steps: 3, ...given });
const corpus = (text: string) => ({ name: 'text', text });

describe('prepareData', () => {
  it('keeps the end of the text for validation, and loses nothing', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(text, fc.double({ min: 0, max: 0.9, noNaN: true }), (whole, validation) => {
        const data = prepareData(corpus(whole), settings({ validation }));
        const characters = (ids: Int32Array | undefined) => data.vocabulary.decode(ids ?? []).join('');
        const held = Math.floor(whole.length * validation);
        expect(characters(data.training)).toBe(whole.slice(0, whole.length - held));
        if (data.validation) expect(data.validation.length).toBe(held);
        else expect(held).toBeLessThan(2);
      }),
    );
  });

  it('takes the validation part that a corpus comes with', () => {
    const data = prepareData({ ...corpus('abcabc'), validationText: 'bca' }, settings());
    expect(data.training.length).toBe(6);
    expect(data.vocabulary.decode(data.validation!).join('')).toBe('bca');
  });

  it('has no token in the vocabulary that only the validation text has', () => {
    const { vocabulary, validation } = prepareData(corpus('aaaaaaaaab'), settings({ validation: 0.2 }));
    expect(vocabulary.has('b')).toBe(false);
    expect(vocabulary.decode(validation!)).toEqual(['a', '<unk>']);
  });

  it('gives the unigram perplexity of either part', () => {
    // a twice and b once in the text that is counted, plus one for each of <unk>, a and b where another text is predicted.
    const { unigram } = prepareData({ ...corpus('aab'), validationText: 'ab' }, settings());
    expect(unigram.training).toBeCloseTo((4 / 9) ** (-1 / 3) * (1 / 3) ** (-1 / 3), 9);
    expect(unigram.validation).toBeCloseTo(((3 / 6) * (2 / 6)) ** (-1 / 2), 9);
  });

  it('refuses a text without tokens', () => {
    expect(() => prepareData(corpus(''), settings())).toThrow(UsageError);
    expect(() => prepareData(corpus('42 - 42'), settings({ clean: 'letters' }))).toThrow(/no tokens/);
  });
});

describe('batches', () => {
  it.each([
    ['regular', 3],
    ['full', 24],
    ['randomized', 12],
  ] as const)('of %s truncation have %i steps of a text of 50 tokens', (truncation, steps) => {
    expect(batchSteps(settings({ truncation }), 50)).toBe(steps);
    const data = prepareData(corpus('abcde'.repeat(10)), settings({ validation: 0 }));
    const [batch] = trainingBatches(data, settings({ truncation }), Random.seeded(1));
    expect(batch).toMatchObject({ batchSize: 2, steps });
  });

  it('for validation are as many streams as the text has room for', () => {
    const ids = Int32Array.from({ length: 20 }, (_, i) => i);
    expect(validationBatches(ids, settings({ batch: 32, steps: 5 })).streams).toBe(3);
    expect(validationBatches(ids, settings({ batch: 2, steps: 5 })).streams).toBe(2);
    expect(validationBatches(ids, settings({ batch: 32, steps: 50 })).streams).toBe(1);
  });
});

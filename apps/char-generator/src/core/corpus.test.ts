import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCorpus, joined, loadCorpus, unigramFloor } from './corpus.js';
import { completeSettings, type TextSettings } from './settings.js';

const settings = (given: Partial<TextSettings> = {}) => completeSettings(given);
const corpus = (text: string) => ({ name: 'text', text });

/** Not shipped: where a mirror has it. */
const wells = join(process.env.THROUGHTIME_MIRROR ?? '', 'war-of-the-worlds.txt');

describe('encodeCorpus', () => {
  it('keeps the end of the text for validation, and loses nothing', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(text, fc.double({ min: 0, max: 0.9, noNaN: true }), (whole, validation) => {
        const data = encodeCorpus(corpus(whole), settings({ validation }));
        const characters = (ids: Int32Array | undefined) => data.vocabulary.decode(ids ?? []).join('');
        const held = Math.floor(whole.length * validation);
        expect(data.training.map(characters)).toEqual([whole.slice(0, whole.length - held)]);
        expect(data.validation.map(({ length }) => length)).toEqual(held === 0 ? [] : [held]);
      }),
    );
  });

  it('takes the validation part that a corpus comes with', () => {
    const data = encodeCorpus({ ...corpus('abcabc'), validationText: 'bca' }, settings());
    expect(data.training.map(({ length }) => length)).toEqual([6]);
    expect(data.validation.map((ids) => data.vocabulary.decode(ids).join(''))).toEqual(['bca']);
  });

  it('has no token in the vocabulary that only the validation text has', () => {
    const { vocabulary, validation } = encodeCorpus(corpus('aaaaaaaaab'), settings({ validation: 0.2 }));
    expect(vocabulary.has('b')).toBe(false);
    expect(vocabulary.decode(validation[0])).toEqual(['a', '<unk>']);
  });

  it('makes each line a sentence where lines are wanted', () => {
    const lines = { ...settings({ validation: 0.5 }), lines: true };
    const { training, validation, sentences, vocabulary } = encodeCorpus(
      corpus('ab\n\nba\r\nbb\naa\n'),
      lines,
    );
    expect(training.map((ids) => vocabulary.decode(ids).join(''))).toEqual(['ab', 'ba']);
    expect(validation.map((ids) => vocabulary.decode(ids).join(''))).toEqual(['bb', 'aa']);
    expect(sentences).toEqual({ begin: vocabulary.idOf('<s>'), end: vocabulary.idOf('\n') });
  });

  it("takes a model's own tokens, and refuses others by name", () => {
    const known = encodeCorpus(corpus('abcabcabc'), settings());
    const again = encodeCorpus(corpus('cab'), settings({ validation: 0 }), known);
    expect(again.vocabulary).toBe(known.vocabulary);
    expect(again.vocabulary.decode(again.training[0]).join('')).toBe('cab');
    expect(() => encodeCorpus(corpus('cat'), settings({ validation: 0 }), known)).toThrow(
      "corpus: expected tokens of the model's vocabulary, got 't' in 'text'",
    );
  });

  it('refuses a text without tokens', () => {
    expect(() => encodeCorpus(corpus(''), settings())).toThrow(ArgumentError);
    expect(() => encodeCorpus(corpus('42 - 42'), settings({ clean: 'letters' }))).toThrow(/no tokens/);
    expect(() => encodeCorpus(corpus('a'), settings({ clean: 'eos' }))).toThrow(/^tokens: expected 'word'/);
  });
});

describe('unigramFloor', () => {
  it('is the perplexity of the training text’s frequencies on either part', () => {
    // a twice and b once in the text that is counted, plus one for each of <unk>, a and b where another text is predicted.
    const floor = unigramFloor(encodeCorpus({ ...corpus('aab'), validationText: 'ab' }, settings()));
    expect(floor.training).toBeCloseTo((4 / 9) ** (-1 / 3) * (1 / 3) ** (-1 / 3), 9);
    expect(floor.validation).toBeCloseTo(((3 / 6) * (2 / 6)) ** (-1 / 2), 9);
    expect(unigramFloor(encodeCorpus(corpus('aab'), settings({ validation: 0 }))).validation).toBeUndefined();
  });

  it('counts the ends of sentences', () => {
    const texts = [Int32Array.of(1, 2), Int32Array.of(3)];
    expect([...joined(texts, undefined)]).toEqual([1, 2, 3]);
    expect([...joined(texts, { begin: 8, end: 9 })]).toEqual([1, 2, 9, 3, 9]);
  });
});

describe('loadCorpus', () => {
  it('finds the texts of the catalog, and nothing else', async () => {
    const corpus = await loadCorpus('moby-dick');
    expect(corpus?.name).toBe('moby-dick');
    expect(corpus?.text).toContain('Call me Ishmael.');
    expect(corpus).not.toHaveProperty('validationText');
    expect(await loadCorpus('ulysses')).toBeUndefined();
    // A series, not a text.
    expect(await loadCorpus('sunspots')).toBeUndefined();
  });

  it.runIf(existsSync(wells))('reads a file of Project Gutenberg as the book alone', async () => {
    const corpus = await loadCorpus('war-of-the-worlds', { cache: '', mirror: dirname(wells) });
    expect(corpus?.text.startsWith('The War of the Worlds\n\nby H. G. Wells')).toBe(true);
    expect(corpus?.text.endsWith('that she has counted me, among the dead.')).toBe(true);
    expect(corpus?.text).not.toMatch(/Gutenberg|\r/);
  });
});

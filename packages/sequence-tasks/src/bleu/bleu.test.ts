import { readFileSync } from 'node:fs';
import { ArgumentError } from '@throughtime/errors';
import { describe, expect, it } from 'vitest';
import { type BleuOptions, chapterBleu, corpusBleu, sentenceBleu } from './bleu.js';

/** fixtures/bleu.json, made by fixtures/make_bleu.py. */
interface Fixtures {
  readonly options: readonly Record<string, unknown>[];
  readonly cases: readonly {
    system: string[];
    /** Stream by stream, as sacrebleu takes them. */
    references: string[][];
    scores: [number, number[], number, number, number][];
    sentence: number;
  }[];
}

const fixtures = JSON.parse(
  readFileSync(new URL('../fixtures/bleu.json', import.meta.url), 'utf8'),
) as Fixtures;

/** sacrebleu's names for our options. */
const ourNames: Readonly<Record<string, keyof BleuOptions>> = {
  tokenize: 'tokenize',
  lowercase: 'lowercase',
  smooth_method: 'smooth',
  smooth_value: 'smoothValue',
  max_ngram_order: 'order',
  effective_order: 'effectiveOrder',
};

const byHypothesis = (streams: readonly string[][]) =>
  streams[0].map((_, i) => streams.map((stream) => stream[i]));

describe('BLEU', () => {
  it.each(fixtures.options.map((options, i) => [options, i] as const))(
    'is that of sacrebleu: %o',
    (given, i) => {
      const options = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [ourNames[name], value]),
      );
      for (const { system, references, scores } of fixtures.cases) {
        const ours = corpusBleu(system, byHypothesis(references), options);
        const [score, precisions, brevityPenalty, hypothesisLength, referenceLength] = scores[i];
        expect({ ...ours, precisions: undefined, score: undefined, brevityPenalty: undefined }).toEqual({
          hypothesisLength,
          referenceLength,
        });
        expect(ours.score).toBeCloseTo(score, 9);
        expect(ours.brevityPenalty).toBeCloseTo(brevityPenalty, 9);
        expect(ours.precisions.length).toBe(precisions.length);
        ours.precisions.forEach((precision, n) => {
          expect(precision).toBeCloseTo(precisions[n], 9);
        });
      }
    },
  );

  it('of a sentence is that of sacrebleu', () => {
    for (const { system, references, sentence } of fixtures.cases) {
      expect(
        sentenceBleu(
          system[0],
          references.map(([first]) => first),
        ).score,
      ).toBeCloseTo(sentence, 9);
    }
  });

  // Of sacrebleu 2: its tokenizers get texts without the white space at their ends.
  it.each([
    ['a b c end-\n', 'a b c end', 59.460355750136046],
    ['a b c d end-', 'a b c d end-\n', 100],
    ['a b c d end-\n  ', 'a b c d end', 66.87403049764218],
    ['a b c d-\n\u001c\u0085', 'a b c d-', 100],
    ['x-\ny z w v', 'xy z w v', 100],
  ])('joins no words at the end of a text: %j', (system, reference, score) => {
    expect(corpusBleu([system], [reference]).score).toBeCloseTo(score, 9);
  });

  it('takes tokens as they are', () => {
    const tokens = [['a', 'b.c', 'd', 'e']];
    expect(corpusBleu(tokens, [tokens]).score).toBeCloseTo(100, 9);
    expect(corpusBleu(['a b.c d e'], ['a b.c d e'], { tokenize: 'none' }).hypothesisLength).toBe(4);
    expect(corpusBleu(['a b.c d e'], ['a b.c d e']).hypothesisLength).toBe(6);
  });

  it('refuses what is no corpus', () => {
    expect(() => corpusBleu(['a'], [])).toThrow('references.length: expected 1');
    expect(() => corpusBleu(['a'], [[]])).toThrow(ArgumentError);
    expect(() => corpusBleu(['a'], ['a'], { tokenize: 'zh' as never })).toThrow('tokenize');
    expect(() => corpusBleu(['a'], ['a'], { smoothing: 'exp' } as never)).toThrow('smoothing');
    expect(() => chapterBleu('a', 'a', 0)).toThrow('order');
  });
});

describe("the chapter's BLEU", () => {
  // The chapter's label A B C D E F and prediction A B B C D: p1 = 4/5, p2 = 3/4, p3 = 1/3, p4 = 0.
  it('has precisions to the power 1/2, 1/4, 1/8, ...', () => {
    const penalty = Math.exp(1 - 6 / 5);
    expect(chapterBleu('A B B C D', 'A B C D E F', 1)).toBeCloseTo(penalty * 0.8 ** 0.5, 12);
    expect(chapterBleu('A B B C D', 'A B C D E F', 3)).toBeCloseTo(
      penalty * 0.8 ** 0.5 * 0.75 ** 0.25 * (1 / 3) ** 0.125,
      12,
    );
    expect(chapterBleu('A B B C D', 'A B C D E F', 4)).toBe(0);
    expect(chapterBleu('il est calme .', 'il est calme .', 2)).toBe(1);
    expect(chapterBleu('va !', 'va !', 4)).toBe(1);
    expect(chapterBleu('', 'va !', 2)).toBe(0);
  });
});

import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { fitMixtureWeights, MixtureLanguageModel } from '../combination/mixture.js';
import { TokenOutOfRangeError } from '../errors.js';
import { bitsPerToken, evaluate, perplexity } from '../evaluation/perplexity.js';
import { generate } from '../generation/generate.js';
import { laplace } from './count-smoothing.js';
import { countCorpus } from './counts.js';
import { kenlmCounts } from './fixtures/kenlm.js';
import { kneserNey } from './kneser-ney.js';
import { evaluateSentences } from './sentence-evaluation.js';
import { wittenBell } from './witten-bell.js';

const { counts, vocabulary, heldout } = kenlmCounts('chars', 5);
const { begin, end } = vocabulary.sentences;
/** Lines with their </s>, end to end: how sentences are one text. */
const running = (lines: readonly Int32Array[]) => Int32Array.from(lines.flatMap((line) => [...line, end]));

describe('an n-gram model, through the interface of all language models', () => {
  const { model } = kneserNey(counts);

  it('has the perplexity of its sentences', () => {
    const bySentence = evaluateSentences(model, heldout);
    const text = running(heldout);
    expect(perplexity(model, text)).toBeCloseTo(bySentence.perplexity, 10);
    expect(bitsPerToken(model, text)).toBeCloseTo(Math.log2(bySentence.perplexity), 10);
    expect(evaluate(model, text).tokens).toBe(6580);
  });

  it.each<[string, { score: typeof model.score; advance: typeof model.advance; vocabularySize: number }]>([
    ['back-off', model],
    ['counted', laplace(counts)],
  ])('refuses ids that are none, where a walk through it would not end: %s', (_, asked) => {
    for (const wrong of [0.5, Number.NaN, 'a', '1', undefined, null, -1, asked.vocabularySize]) {
      const ids = [4, wrong] as unknown as Int32Array;
      expect(() => asked.score(ids)).toThrow(TokenOutOfRangeError);
      expect(() => asked.advance(0, wrong as number)).toThrow(TokenOutOfRangeError);
      expect(() => evaluateSentences(asked as typeof model, [Int32Array.of(4), ids])).toThrow(
        /^(sentences\[1\]|ids)\[1\]: expected a token id/,
      );
      expect(model.trie.find([4, wrong as number])).toBe(-1);
    }
    expect(() => evaluateSentences(model, [5 as never])).toThrow(
      'sentences[0]: expected a list of token ids, got 5',
    );
  });

  it('generates, without <s>, what looks like its training text', async () => {
    const ids: number[] = [];
    for await (const id of generate(model, { length: 2000, temperature: 0.8, random: Random.seeded(1) }))
      ids.push(id);
    expect(ids).not.toContain(begin);
    expect(ids).toContain(end);
    // To the model it should be about as likely as true text, and far likelier than a shuffle of it.
    const own = perplexity(model, Int32Array.from(ids));
    expect(own).toBeLessThan(7);
    expect(perplexity(model, Random.seeded(2).shuffle(Int32Array.from(ids)))).toBeGreaterThan(5 * own);
  });

  it('mixes with others better than each alone, by weights fitted on other text', () => {
    const models = [model, wittenBell(counts), laplace(counts, { epsilons: [1, 1, 1, 1, 1] })];
    const [tuning, test] = [running(heldout.slice(0, 50)), running(heldout.slice(50))];
    const weights = fitMixtureWeights(models, tuning);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 10);
    const mixture = new MixtureLanguageModel(models, weights);
    const alone = models.map((each) => perplexity(each, test));
    expect(perplexity(mixture, test)).toBeLessThan(Math.min(...alone));
  });
});

describe('smoothing of characters', () => {
  it('matters the more the longer the context: Kneser-Ney gains from every order up to 5, Laplace loses', () => {
    const text = running(heldout);
    const perplexities = [2, 3, 4, 5].map((order) =>
      perplexity(kneserNey(kenlmCounts('chars', order).counts).model, text),
    );
    expect(perplexities).toEqual([...perplexities].sort((a, b) => b - a));
    const laplaceOf = (order: number) => perplexity(laplace(kenlmCounts('chars', order).counts), text);
    expect(laplaceOf(5)).toBeGreaterThan(laplaceOf(3));
    expect(laplaceOf(5)).toBeGreaterThan(1.5 * perplexities[3]);
  });

  it('is not fooled by a text that ends in its longest n-gram', () => {
    // The context at the very end was never followed by anything.
    const ids = Int32Array.of(0, 1, 2, 3);
    const open = countCorpus(ids, { order: 3, vocabularySize: 5 });
    for (const smoothed of [kneserNey(open).model, wittenBell(open), laplace(open)]) {
      const state = [2, 3].reduce((before, id) => smoothed.advance(before, id), smoothed.initialState());
      const total = smoothed.logProbabilities(state).reduce((sum, log) => sum + Math.exp(log), 0);
      expect(total).toBeCloseTo(1, 6);
    }
  });
});

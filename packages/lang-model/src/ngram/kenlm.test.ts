import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ArpaModel, readArpa } from './arpa-reader.js';
import { arpaChunks } from './arpa-writer.js';
import type { BackoffNgramModel } from './backoff-model.js';
import { countCorpus } from './counts.js';
import { DiscountError, type Discounts } from './discounts.js';
import { arpaText, KenlmVocabulary, kenlmCounts } from './fixtures/kenlm.js';
import { kneserNey } from './kneser-ney.js';
import { evaluateSentences } from './sentence-evaluation.js';

// Every answer here is KenLM's own (lmplz and query); fixtures/README.md has the commands.
const models = [
  { name: 'words.o2', kind: 'words', order: 2 },
  { name: 'words.o3', kind: 'words', order: 3 },
  { name: 'words.o5', kind: 'words', order: 5 },
  { name: 'words.o3.prune001', kind: 'words', order: 3, prune: [0, 0, 1] },
  { name: 'chars.o3', kind: 'chars', order: 3 },
] as const;

/** Largest differences between two models, n-gram by n-gram, found by name. */
function differences(ours: BackoffNgramModel, ourTokens: readonly string[], { model, tokens }: ArpaModel) {
  const ids = new Map(ourTokens.map((token, id) => [token, id]));
  const parents = model.trie.parents();
  const worst = { ngrams: 0, logProbability: 0, backoff: 0, missing: 0 };
  for (let node = 1; node < model.trie.size; node++) {
    const ngram: number[] = [];
    for (let n = node; n !== 0; n = parents[n]) ngram.unshift(ids.get(tokens[model.trie.token[n]]) ?? -1);
    const same = ours.trie.find(ngram);
    if (same < 0) worst.missing++;
    else {
      worst.ngrams++;
      const [theirs, our] = [model.tables.logProbability[node], ours.tables.logProbability[same]];
      // Both -Infinity for <s>.
      if (theirs !== our) worst.logProbability = Math.max(worst.logProbability, Math.abs(theirs - our));
      if (node < model.trie.contexts)
        worst.backoff = Math.max(
          worst.backoff,
          Math.abs(model.tables.backoff[node] - ours.tables.backoff[same]),
        );
    }
  }
  return worst;
}

describe.each(models)('$name against lmplz', ({ name, kind, order, ...options }) => {
  it('has the same n-grams, probabilities and back-off weights to 1e-5', async () => {
    const { counts, vocabulary } = kenlmCounts(kind, order);
    const { model } = kneserNey(counts, options);
    const theirs = await readArpa([arpaText(name)]);
    const worst = differences(model, vocabulary.tokens, theirs);
    expect(worst.missing).toBe(0);
    expect(worst.ngrams).toBe(model.trie.size - 1);
    expect(worst.logProbability).toBeLessThan(1e-5);
    expect(worst.backoff).toBeLessThan(1e-5);
  });

  it('scores the held-out text the same, trained here or read from the ARPA file', async () => {
    const { counts, vocabulary, heldout } = kenlmCounts(kind, order);
    const { model } = kneserNey(counts, options);
    const theirs = await readArpa([arpaText(name)]);
    const ids = new Map(theirs.tokens.map((token, id) => [token, id]));
    const translated = heldout.map((line) => line.map((id) => ids.get(vocabulary.tokens[id]) ?? -1));
    const ours = evaluateSentences(model, heldout).sentences;
    const read = evaluateSentences(theirs.model, translated).sentences;
    for (let i = 0; i < ours.length; i++)
      expect(Math.abs(ours[i].logProbability / read[i].logProbability - 1)).toBeLessThan(1e-6);
  });

  it('reads KenLM files and writes them back with every float the same', async () => {
    const text = arpaText(name);
    const read = await readArpa([text]);
    const again = await readArpa(arpaChunks(read.model, read.tokens));
    expect(again.tokens).toEqual(read.tokens);
    expect(again.model.tables).toEqual(read.model.tables);
    // And what KenLM wrote is what is written, up to the order of n-grams and the digits of numbers.
    const numbers = (arpa: string) =>
      arpa
        .split('\n')
        .map((line) =>
          line.split('\t').map((field, i) => (i === 1 ? field : String(Math.fround(Number(field))))),
        )
        .filter((fields) => fields.length > 1)
        .map((fields) => fields.join('\t'))
        .sort();
    expect(numbers([...arpaChunks(read.model, read.tokens)].join(''))).toEqual(numbers(text));
  });
});

// "Perplexity including OOVs" and "excluding OOVs", "OOVs" and "Tokens" of KenLM's query on the held-out text.
const perplexities = [
  { name: 'words.o2', kind: 'words', order: 2, including: 404.0327534997377, excluding: 199.44760468623124 },
  { name: 'words.o3', kind: 'words', order: 3, including: 398.5263846182283, excluding: 197.13537083338386 },
  { name: 'words.o5', kind: 'words', order: 5, including: 397.91755865903826, excluding: 196.77627950414296 },
  {
    name: 'words.o3.prune001',
    kind: 'words',
    order: 3,
    prune: [0, 0, 1],
    including: 399.08175074984536,
    excluding: 197.97975796742827,
  },
  { name: 'chars.o3', kind: 'chars', order: 3, including: 7.850645620617916, excluding: 7.850645620617916 },
  { name: 'chars.o6', kind: 'chars', order: 6, including: 6.368675424691435, excluding: 6.368675424691435 },
] as const;

describe.each(perplexities)('$name against query', ({ kind, order, including, excluding, ...options }) => {
  it('has the same perplexity with and without unknown words', () => {
    const { counts, heldout } = kenlmCounts(kind, order);
    const prune = 'prune' in options ? options.prune : [];
    const evaluation = evaluateSentences(kneserNey(counts, { prune }).model, heldout);
    expect(Math.abs(evaluation.perplexity / including - 1)).toBeLessThan(1e-5);
    expect(Math.abs(evaluation.withoutUnknown.perplexity / excluding - 1)).toBeLessThan(1e-5);
    const expected =
      kind === 'words' ? { tokens: 2624, unknownTokens: 450 } : { tokens: 6580, unknownTokens: 0 };
    expect(evaluation).toMatchObject(expected);
  });
});

describe('details of words.o3', () => {
  it('has the discounts that lmplz reports', () => {
    const { discounts, warnings } = kneserNey(kenlmCounts('words', 3).counts);
    const reported = [
      [0.691981, 1.27371, 1.69232],
      [0.859365, 1.18391, 1.24221],
      [0.954905, 1.45115, 1.88206],
    ];
    expect(warnings).toEqual([]);
    discounts.forEach((triple, i) => {
      triple.forEach((discount, j) => {
        // lmplz prints six digits.
        expect(Math.abs(discount / reported[i][j] - 1)).toBeLessThan(1e-5);
      });
    });
  });

  it('has the totals of the first sentences that query reports', () => {
    const { counts, heldout } = kenlmCounts('words', 3);
    const { sentences } = evaluateSentences(kneserNey(counts).model, heldout.slice(0, 3));
    const reported = [-7.9931593, -40.284336, -30.827494];
    sentences.forEach(({ logProbability }, i) => {
      expect(Math.abs(logProbability / Math.LN10 / reported[i] - 1)).toBeLessThan(1e-6);
    });
    expect(sentences.map(({ unknownTokens }) => unknownTokens)).toEqual([0, 2, 2]);
  });
});

describe('discounts that cannot be estimated', () => {
  it('are replaced at the same order as by lmplz, with a warning', () => {
    expect(kneserNey(kenlmCounts('words', 5).counts).warnings).toEqual([
      // lmplz takes this estimate without a word.
      { order: 4, reason: expect.stringContaining('n-grams counted 3 times get nothing') },
      {
        order: 5,
        reason: 'order 5: the discount for adjusted count 3 would be -0.981258, outside 0 to 3',
        fallback: [0.5, 1, 1.5],
      },
    ]);
    expect(kneserNey(kenlmCounts('chars', 3).counts).warnings.map(({ order }) => order)).toEqual([1]);
    expect(kneserNey(kenlmCounts('chars', 6).counts).warnings.map(({ order }) => order)).toEqual([1]);
  });

  it('are refused without a fallback, as by lmplz', () => {
    const { counts } = kenlmCounts('words', 5);
    // lmplz: "5-gram discount out of range for adjusted count 3: -0.9812577".
    expect(() => kneserNey(counts, { discountFallback: false })).toThrow(DiscountError);
    expect(() => kneserNey(counts, { discountFallback: false })).toThrow(
      'adjusted count 3 would be -0.981258',
    );
  });
});

interface RandomCorpus {
  readonly order: number;
  readonly prune: readonly number[];
  readonly lines: readonly string[];
  /** As lmplz reports them, to 6 digits. */
  readonly discounts: readonly Discounts[];
  /** What lmplz made of the lines. */
  readonly arpa: string;
}

describe('lmplz on random corpora', () => {
  const fixture = new URL('fixtures/random-corpora.json.gz', import.meta.url);
  const corpora: RandomCorpus[] = JSON.parse(gunzipSync(readFileSync(fixture)).toString('utf8'));

  // For the very last n-gram of each lower order, lmplz enters its count among the counts of counts where its adjusted count
  // belongs (adjust_counts.cc, after its loop). In a text of some size one n-gram more or less does not show. In these it does:
  // lmplz then falls back, or does not, by a fault of its own. Given lmplz's discounts, these models are equal too.
  const touched = new Set([6, 15, 37, 41]);

  it('are 50, of orders 2 to 5, pruned or not', () => {
    expect(corpora.length).toBe(50);
    expect(new Set(corpora.map(({ order }) => order))).toEqual(new Set([2, 3, 4, 5]));
    expect(corpora.filter(({ prune }) => prune.length > 0).length).toBeGreaterThan(10);
  });

  it.each(corpora.map((corpus, i) => [i, corpus] as const))(
    'makes of corpus %i the same n-grams, probabilities and back-off weights',
    async (i, { order, prune, lines, discounts, arpa }) => {
      const sentences = lines.map((line) => line.split(' '));
      const vocabulary = new KenlmVocabulary(sentences);
      const counts = countCorpus(
        sentences.map((line) => vocabulary.encode(line)),
        {
          order,
          vocabularySize: vocabulary.tokens.length,
          sentences: vocabulary.sentences,
          unknown: vocabulary.unknown,
        },
      );
      const { model, ...estimated } = kneserNey(counts, {
        ...(prune.length > 0 && { prune }),
        ...(touched.has(i) && { discounts }),
      });
      estimated.discounts.flat().forEach((discount, j) => {
        expect(discount).toBeCloseTo(discounts.flat()[j], 4);
      });
      const worst = differences(model, vocabulary.tokens, await readArpa([arpa]));
      expect(worst.missing).toBe(0);
      expect(worst.ngrams).toBe(model.trie.size - 1);
      // Reported discounts have six digits.
      const tolerance = touched.has(i) ? 1e-4 : 1e-5;
      expect(worst.logProbability).toBeLessThan(tolerance);
      expect(worst.backoff).toBeLessThan(tolerance);
    },
  );
});

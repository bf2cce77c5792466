// The chapter's text: characters and words by edition, ids, n-grams and Zipf's law, smoothed counts, and how batches are cut.
import { loadText, randomBatches, sequentialBatches } from '@throughtime/datasets';
import { zipfFigure } from '@throughtime/figures';
import { countCorpus, evaluate, laplace, unigramPerplexity } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import {
  cleanLines,
  cleanTokens,
  countNgrams,
  fitZipf,
  TokenCounts,
  Vocabulary,
  vocabularyOptionsOf,
  vocabularySizes,
} from '@throughtime/text-preprocess';

export const description =
  'The chapter: The Time Machine as characters, words, ids and n-grams; smoothed counts; batches';
export const duration = 'about five seconds';

export async function run() {
  const { text } = await loadText('time-machine');
  return {
    checks: [...counts(text), ...ngrams(text).checks, ...smoothed(text), ...batches()],
    figures: ngrams(text).figures,
  };
}

/** @param {string} name @param {string | number} expected @param {string | number} ours */
function exact(name, expected, ours) {
  return { name, expected: String(expected), ours: String(ours), within: String(expected) === String(ours) };
}

/** @param {string} text */
function counts(text) {
  const lines = cleanLines(text, 'd2l-0.17');
  const characters = /** @type {const} */ ([
    ['d2l-0.7', 171_489],
    ['d2l-0.17', 170_580],
    ['d2l-1.0', 173_428],
  ]).map(([convention, expected]) => {
    const tokens = cleanTokens(text, { convention, unit: 'character' });
    return exact(`${convention}: characters`, expected, tokens.length);
  });
  const words = cleanTokens(text, { convention: 'd2l-0.17', unit: 'word' });
  const vocabulary = Vocabulary.fromTokens(words, vocabularyOptionsOf('d2l-0.17'));
  const letters = cleanTokens(text, { convention: 'd2l-1.0', unit: 'character' });
  const alphabet = Vocabulary.fromTokens(letters, vocabularyOptionsOf('d2l-1.0'));
  const empty = cleanTokens(text, { convention: 'd2l-0.7', unit: 'word' }).filter(
    (word) => word === '',
  ).length;
  return [
    exact(
      'lines (not empty)',
      '3221 (2848)',
      `${lines.length} (${text.split('\n').filter((line) => line.trim() !== '').length})`,
    ),
    ...characters,
    exact('characters of the vocabulary', 28, alphabet.size),
    exact('words (distinct)', '32775 (4579)', `${words.length} (${new Set(words).size})`),
    exact('d2l-0.7: empty words', 1282, empty),
    exact(
      'd2l-0.17: ids of the first line',
      '1 19 50 40 2183 2184 400',
      vocabulary.encode(cleanTokens(text.split('\n')[0], { convention: 'd2l-0.17', unit: 'word' })).join(' '),
    ),
    exact(
      'd2l-1.0: first ten ids',
      '21 9 6 0 21 10 14 6 0 14',
      alphabet.encode(letters.slice(0, 10)).join(' '),
    ),
    exact(
      'vocabulary by minimum frequency 1, 2, 3, 5, 10',
      '4580 2183 1420 825 400',
      vocabularySizes(TokenCounts.of(words), [1, 2, 3, 5, 10]).join(' '),
    ),
  ];
}

/** @param {string} text */
function ngrams(text) {
  const words = cleanTokens(text, { convention: 'd2l-0.17', unit: 'word' });
  const [unigrams, bigrams, trigrams] = [1, 2, 3].map((order) => countNgrams(words, order));
  /** @param {typeof unigrams} counted @param {number} most */
  const top = (counted, most) =>
    counted
      .mostCommon(most)
      .map(([ngram, count]) => `${ngram.join(' ')} ${count}`)
      .join(', ');
  const orders = [unigrams, bigrams, trigrams];
  return {
    checks: [
      exact(
        'most frequent words',
        'the 2261, i 1267, and 1245, of 1155, a 816, to 695, was 552, in 541, that 443, my 440',
        top(unigrams, 10),
      ),
      exact(
        'most frequent bigrams',
        'of the 309, in the 169, i had 130, i was 112, and the 109',
        top(bigrams, 5),
      ),
      exact(
        'most frequent trigrams',
        'the time traveller 59, the time machine 30, the medical man 24, it seemed to 16, it was a 15',
        top(trigrams, 5),
      ),
      exact(
        'distinct n-grams of order 1, 2, 3',
        '4579 20234 29882',
        orders.map(({ size }) => size).join(' '),
      ),
      exact(
        "Zipf's exponent, order 1, 2, 3",
        '1.044 0.689 0.466',
        orders.map((counted) => fitZipf(counted.frequencies()).exponent.toFixed(3)).join(' '),
      ),
    ],
    figures: {
      zipf: zipfFigure(
        ['unigrams', 'bigrams', 'trigrams'].map((label, i) => ({
          label,
          frequencies: orders[i].frequencies(),
        })),
      ),
    },
  };
}

/** Character models of counts, in the chapter's form of Laplace smoothing: what a network has to beat. @param {string} text */
function smoothed(text) {
  const early = cleanTokens(text, { convention: 'd2l-0.17', unit: 'character' });
  const vocabularySize = 28;
  const first = Vocabulary.fromTokens(early, vocabularyOptionsOf('d2l-0.17')).encode(early.slice(0, 10_000));
  const late = cleanTokens(text, { convention: 'd2l-1.0', unit: 'character' });
  const ids = Vocabulary.fromTokens(late, vocabularyOptionsOf('d2l-1.0')).encode(late.slice(0, 15_032));
  /** @param {number} order @param {number} epsilon */
  const validated = (order, epsilon) => {
    const model = laplace(countCorpus([ids.subarray(0, 10_000)], { order, vocabularySize }), {
      epsilons: new Array(order).fill(epsilon),
    });
    return evaluate(model, ids.subarray(10_000), { given: order - 1 }).perplexity;
  };
  const unigram = unigramPerplexity(first, { vocabularySize });
  const [bigram, trigram] = [validated(2, 1), validated(3, 1)];
  return [
    exact('unigram perplexity of the first 10,000 characters', '17.41', unigram.toFixed(2)),
    {
      name: '1.0, validation: bigram of smoothed counts',
      expected: '9.5 to 9.8',
      ours: bigram.toFixed(2),
      within: bigram > 9.5 && bigram < 9.8,
    },
    {
      name: '1.0, validation: trigram of smoothed counts',
      expected: '6.6 to 7.4',
      ours: trigram.toFixed(2),
      within: trigram > 6.6 && trigram < 7.4,
    },
  ];
}

/** The chapter's example: 0 to 34, two rows of five. */
function batches() {
  const ids = Int32Array.from({ length: 35 }, (_, i) => i);
  const shape = { batchSize: 2, steps: 5, random: Random.seeded(1) };
  const shifted = (/** @type {Iterable<import('@throughtime/datasets').TokenBatch>} */ all) =>
    [...all].every(({ inputs, targets }) => inputs.every((id, i) => targets[i] === id + 1));
  const [random, sequential] = [[...randomBatches(ids, shape)], [...sequentialBatches(ids, shape)]];
  const adjacent = sequential.every(
    ({ inputs }, i) => i === 0 || inputs[0] === sequential[i - 1].inputs[0] + 5,
  );
  return [
    exact(
      'range(35), two rows of five: batches, random and sequential',
      '3 3',
      `${random.length} ${sequential.length}`,
    ),
    exact('targets are the inputs shifted by one', 'true', String(shifted(random) && shifted(sequential))),
    exact('sequential batches are neighbors', 'true', String(adjacent)),
  ];
}

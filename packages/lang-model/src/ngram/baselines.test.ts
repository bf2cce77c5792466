import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanTokens, Vocabulary } from '@throughtime/text-preprocess';
import { describe, expect, it } from 'vitest';
import { perplexity } from '../evaluation/perplexity.js';
import { laplace, maximumLikelihood } from './count-smoothing.js';
import { countCorpus } from './counts.js';
import { kneserNey } from './kneser-ney.js';

// The chapter's baselines, without which the perplexity of a network says nothing. They are of The Time Machine, which is not
// part of this repository: it is looked for where downloads are mirrored, and beside the repository.
const besideRepository = fileURLToPath(new URL('../../../../../shared/data/text', import.meta.url));
const book = join(process.env.THROUGHTIME_MIRROR ?? besideRepository, 'timemachine.txt');

function theTimeMachine(): string | undefined {
  if (existsSync(book)) return readFileSync(book, 'utf8');
  console.warn(
    `NOTHING COMPARED: the chapter's baselines need timemachine.txt; set THROUGHTIME_MIRROR to its folder (looked for ${book})`,
  );
  return undefined;
}

describe('the chapter’s baselines', () => {
  it('are 17.41 for single characters of the first 10,000', () => {
    const text = theTimeMachine();
    if (text === undefined) return;
    const tokens = cleanTokens(text, { convention: 'd2l-0.17', unit: 'character' }).slice(0, 10_000);
    const vocabulary = Vocabulary.fromTokens(tokens);
    const ids = vocabulary.encode(tokens);
    const unigrams = maximumLikelihood(countCorpus(ids, { order: 1, vocabularySize: vocabulary.size }));
    expect(perplexity(unigrams, ids)).toBeCloseTo(17.41, 2);
  });

  it('are 9.5 to 9.8 for smoothed bigrams and 6.6 to 7.4 for tuned trigrams on the validation split of 1.0', () => {
    const text = theTimeMachine();
    if (text === undefined) return;
    const tokens = cleanTokens(text, { convention: 'd2l-1.0', unit: 'character' });
    const vocabulary = Vocabulary.fromTokens(tokens, { order: 'alphabetical' });
    const ids = vocabulary.encode(tokens);
    // 10,000 windows of 32 for training, the next 5,000 for validation.
    const training = ids.subarray(0, 10_032);
    const validation = ids.subarray(10_000, 15_032);
    const bigrams = countCorpus(training, { order: 2, vocabularySize: vocabulary.size });
    const trigrams = countCorpus(training, { order: 3, vocabularySize: vocabulary.size });

    const smoothed = perplexity(laplace(bigrams), validation);
    expect(smoothed).toBeGreaterThan(9.5);
    expect(smoothed).toBeLessThan(9.8);
    const tuned = [0.1, 0.3, 1, 3, 10].map((epsilon) =>
      perplexity(laplace(trigrams, { epsilons: [1, 1, epsilon] }), validation),
    );
    expect(Math.min(...tuned)).toBeGreaterThan(6.55);
    expect(Math.max(...tuned)).toBeLessThan(7.4);
    // What better smoothing makes of the same counts.
    expect(perplexity(kneserNey(trigrams).model, validation)).toBeLessThan(Math.min(...tuned));
  });
});

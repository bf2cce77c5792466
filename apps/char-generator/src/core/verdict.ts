// Is it any good? What a network's perplexity says beside those of models that only count.
import type { Baselines } from './ngram.js';

/** How far a network has come. */
export type Standing = 'below unigram' | 'below n-gram' | 'past n-gram';

/** What would help a network that is not past the counts; the most promising first. */
export type Advice = 'more passes' | 'more text' | 'more dropout' | 'lower rate' | 'larger network';

export interface Verdict {
  readonly standing: Standing;
  /** By how much the network's perplexity is lower than the 5-gram's, as a share of it; negative where it is higher. */
  readonly ahead: number;
  readonly advice: readonly Advice[];
}

export interface RunSoFar {
  /** Perplexities after each pass on the text that was kept for it, in order. */
  readonly validation: readonly number[];
  /** Perplexity of the last pass on the text that is learned from. */
  readonly training: number;
  /** Tokens that are learned from. */
  readonly tokens: number;
  /** Whether the run has come to its planned end. */
  readonly finished: boolean;
}

/** Below it, more text helps more than any setting. */
const shortText = 50_000;

/**
 * Where a network stands. Its best pass does not count: the model that is there is that of the last one.
 * @returns undefined before the first pass is over
 */
export function verdictOf(run: RunSoFar, { unigram, ngram }: Baselines): Verdict | undefined {
  const last = run.validation.at(-1);
  if (last === undefined) return undefined;
  const standing = last >= unigram ? 'below unigram' : last >= ngram ? 'below n-gram' : 'past n-gram';
  const ahead = 1 - last / ngram;
  return { standing, ahead, advice: standing === 'past n-gram' ? [] : adviceFor(run, last, standing) };
}

function adviceFor(run: RunSoFar, last: number, standing: Standing): Advice[] {
  const { validation, training, tokens, finished } = run;
  const best = Math.min(...validation);
  const advice: Advice[] = [];
  // A pass worse than an earlier one by more than noise, while what is learned by heart gets better.
  const byHeart = last > 1.03 * best && training < last;
  if (byHeart) advice.push('more dropout');
  else if (!finished || validation.length < 3 || last < 0.995 * validation[validation.length - 2])
    advice.push('more passes');
  else if (standing === 'below unigram') advice.push('lower rate');
  if (tokens < shortText) advice.push('more text');
  if (advice.length === 0) advice.push('larger network');
  return advice;
}

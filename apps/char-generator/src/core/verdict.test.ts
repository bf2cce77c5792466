import { describe, expect, it } from 'vitest';
import { type RunSoFar, verdictOf } from './verdict.js';

const baselines = { unigram: 20, ngram: 8 };
const run = (validation: number[], more: Partial<RunSoFar> = {}): RunSoFar => ({
  validation,
  training: validation.at(-1) ?? 1,
  tokens: 100_000,
  finished: true,
  ...more,
});
const advice = (...given: Parameters<typeof run>) => verdictOf(run(...given), baselines)?.advice;

describe('verdictOf', () => {
  it('says how far the network has come, by its last pass', () => {
    expect(verdictOf(run([]), baselines)).toBeUndefined();
    expect(verdictOf(run([30, 6]), baselines)).toEqual({ standing: 'past n-gram', ahead: 0.25, advice: [] });
    expect(verdictOf(run([4, 9]), baselines)).toMatchObject({ standing: 'below n-gram' });
    expect(verdictOf(run([10]), baselines)?.ahead).toBeCloseTo(-0.25);
    expect(verdictOf(run([20]), baselines)).toMatchObject({ standing: 'below unigram' });
  });

  it('advises more passes while the network improves or has hardly begun', () => {
    expect(advice([12, 11, 10])).toEqual(['more passes']);
    expect(advice([12])).toEqual(['more passes']);
    expect(advice([10, 10, 10], { finished: false })).toEqual(['more passes']);
  });

  it('advises more text where there is little, and less learning by heart where there is', () => {
    expect(advice([12, 9, 11], { training: 3, tokens: 5000 })).toEqual(['more dropout', 'more text']);
    expect(advice([12, 11, 10], { tokens: 5000 })).toEqual(['more passes', 'more text']);
  });

  it('advises a larger network where nothing moves any more, and a lower rate where nothing was learned', () => {
    expect(advice([10.01, 10, 10])).toEqual(['larger network']);
    expect(advice([25, 25, 25])).toEqual(['lower rate']);
  });
});

import { describe, expect, it } from 'vitest';
import { addLoss, fitOf, noLosses } from './losses.js';

describe('fitOf', () => {
  it('is the mean loss, perplexity e^loss and bits loss / ln 2', () => {
    // A uniform guess among 8: a loss of ln 8 nats, or 3 bits.
    const { loss, perplexity, bitsPerToken, predictions } = fitOf({ sum: 5 * Math.log(8), predictions: 5 });
    expect(loss).toBeCloseTo(Math.log(8), 12);
    expect(perplexity).toBeCloseTo(8, 12);
    expect(bitsPerToken).toBeCloseTo(3, 12);
    expect(predictions).toBe(5);
  });

  it('is NaN before the first prediction', () => {
    expect(fitOf(noLosses)).toMatchObject({ loss: Number.NaN, perplexity: Number.NaN, predictions: 0 });
  });
});

describe('addLoss', () => {
  it('weighs each mean by its predictions, and passes over a loss of no predictions', () => {
    const first = addLoss(noLosses, { loss: 1, predictions: 3 });
    const both = addLoss(first, { loss: 2, predictions: 1 });
    expect(both).toEqual({ sum: 5, predictions: 4 });
    expect(addLoss(both, { loss: Number.NaN, predictions: 0 })).toBe(both);
    expect(first).toEqual({ sum: 3, predictions: 3 });
  });
});

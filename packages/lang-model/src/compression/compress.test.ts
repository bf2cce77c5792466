import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../evaluation/perplexity.js';
import type { LanguageModel } from '../language-model.js';
import { maximumLikelihood } from '../ngram/count-smoothing.js';
import { countCorpus } from '../ngram/counts.js';
import { kneserNey } from '../ngram/kneser-ney.js';
import { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import { compress, decompress } from './compress.js';

/** Weights as probabilities, the same after any text. */
function fixed(weights: readonly number[]): LanguageModel<number> {
  const total = weights.reduce((a, b) => a + b, 0);
  const logs = Float64Array.from(weights, (weight) => Math.log(weight / total));
  return {
    vocabularySize: weights.length,
    initialState: () => 0,
    advance: (state) => state + 1,
    logProbabilities: () => logs,
  };
}

const roundTrip = async <S>(model: LanguageModel<S>, ids: Int32Array) => {
  const bytes = await compress(model, { ids, literals: [] });
  const { ids: back } = await decompress(model, bytes, { tokens: ids.length });
  expect(back).toEqual(ids);
  return bytes;
};

describe('compress', () => {
  it('gives any ids back under any distribution, impossible tokens and huge odds included', async () => {
    const weights = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-12, max: 1e6, noNaN: true })), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(weights, fc.array(fc.nat(), { maxLength: 300 }), async (given, drawn) => {
        const model = fixed(given.some((weight) => weight > 0) ? given : [...given, 1]);
        const ids = Int32Array.from(drawn, (value) => value % model.vocabularySize);
        await roundTrip(model, ids);
      }),
      { numRuns: 300 },
    );
  });

  it('gives back what unknown tokens stood for', async () => {
    const model = fixed([1, 2, 3]);
    const literal = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(literal, fc.constantFrom(1, 2)), { maxLength: 30 }),
        async (text) => {
          const ids = Int32Array.from(text, (one) => (typeof one === 'number' ? one : 0));
          const literals = text.filter((one) => typeof one !== 'number');
          const bytes = await compress(model, { ids, literals }, { unknown: 0 });
          const back = await decompress(model, bytes, { tokens: ids.length, unknown: 0 });
          expect(back).toEqual({ ids, literals });
        },
      ),
    );
    await expect(compress(model, { ids: Int32Array.of(0), literals: [] }, { unknown: 0 })).rejects.toThrow(
      'literals: expected one for each of 1 unknown tokens, got 0',
    );
  });

  it('takes the bits that the perplexity promises', async () => {
    const random = Random.seeded(1);
    const ids = new Int32Array(20_000);
    for (let t = 1; t < ids.length; t++)
      ids[t] = random.uniform() < 0.9 ? (3 * ids[t - 1] + 1) % 64 : random.integer(0, 64);
    const { model } = kneserNey(countCorpus([ids.subarray(0, 5_000)], { order: 3, vocabularySize: 64 }));
    const bytes = await roundTrip(model, ids);
    const { bitsPerToken } = evaluate(model, ids);
    expect((bytes.length * 8) / ids.length / bitsPerToken).toBeGreaterThan(0.999);
    expect((bytes.length * 8) / ids.length / bitsPerToken).toBeLessThan(1.002);
  });

  it('codes what the model holds impossible, at a price', async () => {
    const model = maximumLikelihood(
      countCorpus([Int32Array.of(0, 1, 0, 1)], { order: 2, vocabularySize: 3 }),
    );
    const bytes = await roundTrip(model, Int32Array.of(0, 1, 2, 2, 0, 1));
    expect(bytes.length).toBeGreaterThan(4);
  });

  it('gives the ids of a recurrent network back', async () => {
    const model = new RecurrentLanguageModel({
      vocabularySize: 20,
      cell: 'rnn',
      hiddenSize: 4,
      random: Random.seeded(2),
    });
    const random = Random.seeded(3);
    const ids = Int32Array.from({ length: 100_000 }, () => random.integer(0, 20));
    const bytes = await compress(model, { ids, literals: [] });
    const { ids: back } = await decompress(model, bytes, { tokens: ids.length });
    expect(Buffer.compare(Buffer.from(back.buffer), Buffer.from(ids.buffer))).toBe(0);
    expect(bytes.length / 1e5).toBeGreaterThan(Math.log2(20) / 8 - 0.001);
  });

  it('ends on damaged bytes, with another text', async () => {
    const model = fixed([1, 5, 2]);
    const ids = Int32Array.from({ length: 400 }, (_, i) => (i * i) % 3);
    const bytes = await compress(model, { ids, literals: [] });
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = bytes.slice();
        damaged[at] ^= flip;
        const { ids: back } = await decompress(model, damaged, { tokens: 400, unknown: 0 });
        expect(back.length).toBe(400);
      }),
    );
  });

  it('stops when asked, and names what it cannot do', async () => {
    const model = fixed([1, 1]);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(compress(model, { ids: Int32Array.of(1), literals: [] }, { signal })).rejects.toThrow(
      'enough',
    );
    await expect(compress(model, { ids: Int32Array.of(2), literals: [] })).rejects.toThrow(/2/);
    await expect(decompress(model, Uint8Array.of(), { tokens: -1 })).rejects.toThrow(/^tokens: expected/);
    const large = fixed(new Array(65_537).fill(1));
    await expect(compress(large, { ids: Int32Array.of(1), literals: [] })).rejects.toThrow(
      'at most 65536 tokens',
    );
  });
});

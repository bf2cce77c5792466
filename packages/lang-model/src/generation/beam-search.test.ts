import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BigramTable } from '../fixtures/bigram-table.js';
import { beamSearch } from './beam-search.js';

// Greedy takes 0 (0.6) and then can only get 0.5; the best pair is 1, 1 with 0.4 * 1.
const trap = new BigramTable([
  [0.5, 0.5],
  [0, 1],
  [0.6, 0.4],
]);

/** Every sequence of a length, with its log-probability, best first. */
function exhaustive(model: BigramTable, length: number) {
  let all = [{ tokens: [] as number[], state: model.initialState(), logProbability: 0 }];
  for (let step = 0; step < length; step++)
    all = all.flatMap(({ tokens, state, logProbability }) =>
      Array.from(model.logProbabilities(state), (value, token) => ({
        tokens: [...tokens, token],
        state: model.advance(state, token),
        logProbability: logProbability + value,
      })),
    );
  return all.sort((a, b) => b.logProbability - a.logProbability);
}

describe('beamSearch', () => {
  it('finds a more probable whole than greedy choice', async () => {
    const [best] = await beamSearch(trap, { length: 2, beams: 2 });
    expect(best.tokens).toEqual([1, 1]);
    expect(best.logProbability).toBeCloseTo(Math.log(0.4), 12);
    expect(best.score).toBeCloseTo(Math.log(0.4) / 2, 12);
    const [greedy] = await beamSearch(trap, { length: 2, beams: 1 });
    expect(greedy.tokens[0]).toBe(0);
  });

  it('is exact when the beam holds every sequence', async () => {
    const row = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        async (rows, length) => {
          const model = new BigramTable(rows);
          const expected = exhaustive(model, length);
          const found = await beamSearch(model, { length, beams: 3 ** length });
          found.forEach(({ logProbability }, i) => {
            expect(logProbability).toBeCloseTo(expected[i].logProbability, 9);
          });
          expect(found.length).toBe(3 ** length);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('reads the prompt first and leaves it out', async () => {
    const [best] = await beamSearch(trap, { prompt: [0, 1], length: 2 });
    expect(best.tokens).toEqual([1, 1]);
    expect(best.logProbability).toBeCloseTo(0, 12);
  });

  it('ends hypotheses at the end token and ranks them by the length penalty', async () => {
    // After 0: end (token 2) with 0.4, or 1 with 0.6, after which the end is certain to come with 0.9.
    const model = new BigramTable([
      [0, 0.6, 0.4],
      [0, 0.1, 0.9],
      [1, 1, 1],
      [1, 0, 0],
    ]);
    const options = { prompt: [0], length: 4, beams: 3, endToken: 2 };
    const byMean = await beamSearch(model, options);
    expect(byMean[0]).toMatchObject({ tokens: [1], ended: true });
    // ln(0.6 * 0.9) / 2 tokens, the end token counted.
    expect(byMean[0].score).toBeCloseTo(Math.log(0.54) / 2, 12);
    const short = await beamSearch(model, { ...options, lengthPenalty: 0 });
    expect(short.map(({ tokens }) => tokens.length)).toContain(0);
  });

  it('leaves out continuations that the model rules out, in any model', async () => {
    const certain = new BigramTable([
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 1, 0],
      [0.25, 0.25, 0.25, 0.25],
      [0, 1, 0, 0],
    ]);
    const [only, ...others] = await beamSearch(certain, { length: 4, beams: 4 });
    expect(only).toMatchObject({ tokens: [1, 2, 2, 2], logProbability: 0 });
    expect(others).toEqual([]);
    // A dead end: what could be found up to there.
    expect(await beamSearch(certain, { length: 4, beams: 4, exclude: [2] })).toEqual([
      { tokens: [1], logProbability: 0, score: 0, ended: false },
    ]);
    expect(await beamSearch(certain, { length: 4, exclude: [1] })).toEqual([
      { tokens: [], logProbability: 0, score: 0, ended: false },
    ]);
    const ended = await beamSearch(certain, { length: 4, beams: 4, endToken: 2 });
    expect(ended).toEqual([{ tokens: [1], logProbability: 0, score: 0, ended: true }]);

    const row = fc
      .array(fc.constantFrom(0, 0, 1, 2), { minLength: 3, maxLength: 3 })
      .filter((r) => r.some((v) => v > 0));
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 90 }),
        async (rows, length, beams) => {
          const found = await beamSearch(new BigramTable(rows), { length, beams });
          expect(found.length).toBeGreaterThan(0);
          expect(found.length).toBeLessThanOrEqual(beams);
          for (const { logProbability, score } of found) {
            expect(logProbability).toBeGreaterThan(-Infinity);
            expect(score).toBeGreaterThan(-Infinity);
          }
          const possible = exhaustive(new BigramTable(rows), length).filter(
            (all) => all.logProbability > -Infinity,
          );
          if (beams >= 3 ** length) expect(found).toHaveLength(possible.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('names log-probabilities that are NaN', async () => {
    const broken = Object.assign(
      new BigramTable([
        [1, 1],
        [1, 1],
        [1, 1],
      ]),
      {
        logProbabilities: () => Float64Array.of(0, Number.NaN),
      },
    );
    await expect(beamSearch(broken, { length: 2 })).rejects.toThrow(ArgumentError);
    await expect(beamSearch(broken, { length: 2 })).rejects.toThrow(
      'logProbabilities[1]: expected a number or -Infinity, got NaN',
    );
  });

  it('never chooses excluded ids and stops when aborted', async () => {
    const [best] = await beamSearch(trap, { length: 3, exclude: [0] });
    expect(best.tokens).toEqual([1, 1, 1]);
    const aborted = await beamSearch(trap, { length: 3, signal: AbortSignal.abort() });
    expect(aborted[0].tokens).toEqual([]);
  });

  it('stops while it reads a long prompt, too', async () => {
    const controller = new AbortController();
    let read = 0;
    const slow = Object.assign(new BigramTable([[1], [1]]), {
      advance(state: number) {
        read++;
        const start = performance.now();
        while (performance.now() - start < 2);
        return state;
      },
    });
    setTimeout(() => controller.abort(), 0);
    const found = await beamSearch(slow, {
      prompt: new Int32Array(5000),
      length: 3,
      signal: controller.signal,
    });
    expect(read).toBeLessThan(5000);
    expect(found).toEqual([{ tokens: [], logProbability: 0, score: 0, ended: false }]);
  });

  it('refuses impossible options by name', async () => {
    await expect(beamSearch(trap, { length: 0 })).rejects.toThrow(/^length/);
    await expect(beamSearch(trap, { length: 1, beams: 0 })).rejects.toThrow(/^beams/);
    await expect(beamSearch(trap, { length: 1, endToken: 2 })).rejects.toThrow(
      'endToken: expected an id from 0 to 1, got 2',
    );
    await expect(beamSearch(trap, { length: 1, exclude: [0, -1] })).rejects.toThrow(
      /^exclude\[1\]: expected a whole/,
    );
    await expect(beamSearch(trap, { length: 1, exclude: [0, 1] })).rejects.toThrow(
      /^exclude: expected fewer/,
    );
    await expect(beamSearch(trap, { length: 1, prompt: [0, 2] })).rejects.toThrow(/^ids\[1\]/);
  });
});

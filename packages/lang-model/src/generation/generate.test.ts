import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { TokenOutOfRangeError } from '../errors.js';
import { BigramTable, uniformModel } from '../fixtures/bigram-table.js';
import { type GenerateOptions, generate } from './generate.js';

/** Counts up: after v comes v + 1 (9 to 1), after the last the first; starts with 0. */
const counting = () =>
  new BigramTable(
    Array.from({ length: 6 }, (_, row) =>
      Array.from({ length: 5 }, (_, v) => (v === (row === 5 ? 0 : (row + 1) % 5) ? 9 : 0.25)),
    ),
  );

async function collect(model: BigramTable, options: GenerateOptions<number>): Promise<number[]> {
  const tokens: number[] = [];
  for await (const token of generate(model, options)) tokens.push(token);
  return tokens;
}

describe('generate', () => {
  it('continues the prompt without repeating it', async () => {
    expect(await collect(counting(), { prompt: [2, 3], greedy: true, length: 4 })).toEqual([4, 0, 1, 2]);
  });

  it('starts by itself without a prompt', async () => {
    expect(await collect(counting(), { greedy: true, length: 3 })).toEqual([0, 1, 2]);
  });

  it('advances the state once per token', async () => {
    const model = counting();
    await collect(model, { prompt: [0, 1, 2], greedy: true, length: 10 });
    // Three for the prompt; the last of the ten is not read again.
    expect(model.advances).toBe(12);
  });

  it('passes each token on before the next is made', async () => {
    const model = counting();
    const tokens = generate(model, { greedy: true, length: 100 });
    await tokens.next();
    await tokens.next();
    expect(model.advances).toBe(1);
  });

  it('gives the same text for the same seed and another for another', async () => {
    const text = (seed: number) => collect(uniformModel(9), { random: Random.seeded(seed), length: 40 });
    expect(await text(1)).toEqual(await text(1));
    expect(await text(1)).not.toEqual(await text(2));
  });

  it('ends before a stop sequence', async () => {
    const options = { prompt: [4], greedy: true, length: 50, stop: [[2, 3]] };
    expect(await collect(counting(), options)).toEqual([0, 1]);
  });

  it('passes on a started stop sequence when the length ends the text', async () => {
    expect(await collect(counting(), { greedy: true, length: 3, stop: [[2, 3]] })).toEqual([0, 1, 2]);
  });

  it('finishes quietly when aborted', async () => {
    const controller = new AbortController();
    const tokens: number[] = [];
    for await (const token of generate(counting(), { greedy: true, signal: controller.signal })) {
      tokens.push(token);
      if (tokens.length === 5) controller.abort();
    }
    expect(tokens).toEqual([0, 1, 2, 3, 4]);
  });

  it('continues from a state', async () => {
    expect(await collect(counting(), { state: 3, greedy: true, length: 2 })).toEqual([4, 0]);
  });

  it('lets timers run while it works', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    // Endless but for the timer.
    for await (const _ of generate(counting(), { greedy: true, signal: controller.signal }));
    expect(controller.signal.aborted).toBe(true);
  });

  it('keeps penalising within the window however long the text grows', async () => {
    // Uniform but for the penalty: each token of the last four is (1/5)^9 as probable, so the fifth comes next.
    const options = { random: Random.seeded(1), repetitionPenalty: 10, repetitionWindow: 4, length: 400 };
    const tokens = await collect(uniformModel(5), options);
    const repeats = tokens.filter((token, i) => i >= 4 && tokens.slice(i - 4, i).includes(token));
    expect(repeats).toEqual([]);
  });

  it('refuses a prompt outside the vocabulary', async () => {
    await expect(collect(counting(), { prompt: [5], greedy: true })).rejects.toThrow(TokenOutOfRangeError);
  });
});

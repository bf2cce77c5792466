import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { BigramTable, uniformModel } from '../fixtures/bigram-table.js';
import type { BatchLanguageModel } from '../language-model.js';
import { generate } from './generate.js';
import { generateBatch } from './generate-batch.js';

/** The same table as a model of many rows, which counts its calls. */
class BatchTable implements BatchLanguageModel<Int32Array> {
  readonly vocabularySize: number;
  advances = 0;
  distributions = 0;
  readonly #table: BigramTable;

  constructor(table: BigramTable) {
    this.#table = table;
    this.vocabularySize = table.vocabularySize;
  }

  initialState(batchSize: number): Int32Array {
    return new Int32Array(batchSize).fill(this.#table.initialState());
  }

  advanceBatch(_state: Int32Array, tokens: Int32Array): Int32Array {
    this.advances++;
    return tokens.slice();
  }

  logProbabilitiesBatch(state: Int32Array): Float32Array {
    this.distributions++;
    return Float32Array.from(Array.from(state, (row) => [...this.#table.logProbabilities(row)]).flat());
  }
}

const table = new BigramTable([
  [1, 5, 2],
  [4, 1, 4],
  [3, 3, 1],
  [1, 2, 3],
]);
const prompts = [[0, 1, 2], [], [2], [1, 1]];

async function single(prompt: readonly number[], random: Random, stop: number[][] = []): Promise<number[]> {
  const tokens: number[] = [];
  for await (const token of generate(table, { prompt, random, length: 12, stop })) tokens.push(token);
  return tokens;
}

describe('generateBatch', () => {
  it.each([
    ['one state advance for all rows', new BatchTable(table)],
    ['a model that knows single texts only', table],
  ])('gives what generate gives row by row, with %s', async (_, model) => {
    const forks = Random.seeded(4);
    const stop = [[0, 0]];
    const expected: number[][] = [];
    for (const prompt of prompts) expected.push(await single(prompt, forks.fork(), stop));
    expect(await generateBatch(model, { prompts, random: Random.seeded(4), length: 12, stop })).toEqual(
      expected,
    );
  });

  it('advances once per position and asks for no distribution while prompts are read', async () => {
    const model = new BatchTable(table);
    await generateBatch(model, { prompts: [[0, 1, 2], [1]], greedy: true, length: 3 });
    // Three positions of the longer prompt and two of its three tokens; the last is not read.
    expect(model.advances).toBe(5);
    expect(model.distributions).toBe(5);
    const reading = new BatchTable(table);
    await generateBatch(reading, { prompts: [[0, 1, 2]], greedy: true, length: 1 });
    expect(reading.distributions).toBe(1);
  });

  it('returns what was made when aborted, and nothing for length 0', async () => {
    const aborted = { prompts: [[0]], greedy: true, length: 5, signal: AbortSignal.abort() };
    expect(await generateBatch(table, aborted)).toEqual([[]]);
    expect(await generateBatch(table, { prompts: [[0]], greedy: true, length: 0 })).toEqual([[]]);
  });

  it('draws the same texts each time without a source of draws, and different ones in its rows', async () => {
    const options = { prompts: [[0], [0]], length: 20 };
    const texts = await generateBatch(uniformModel(3), options);
    expect(texts[0]).not.toEqual(texts[1]);
    expect(await generateBatch(uniformModel(3), options)).toEqual(texts);
    expect(await generateBatch(uniformModel(3), { ...options, random: Random.seeded(2) })).not.toEqual(texts);
  });

  it('refuses impossible options by name', async () => {
    const model = uniformModel(3);
    await expect(generateBatch(model, { prompts: [], length: 1, greedy: true })).rejects.toThrow(
      ArgumentError,
    );
    await expect(generateBatch(model, { prompts: [[3]], length: 1, greedy: true })).rejects.toThrow(
      /ids\[0\]/,
    );
  });
});

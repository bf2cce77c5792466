import type { Awaitable } from '@throughtime/contract';
import {
  ArgumentError,
  abortSignal,
  checkOptions,
  inWords,
  list,
  type OptionChecks,
  required,
  whole,
} from '@throughtime/errors';
import { eventLoopTurn } from '@throughtime/platform';
import type { Random } from '@throughtime/random';
import { millisecondsBetweenTurns, requireTokens, tokenSequence } from '../checks.js';
import type { AwaitableLanguageModel, BatchLanguageModel } from '../language-model.js';
import { createSampler, defaultRandom, type SamplingOptions, samplingChecks } from './sampler.js';
import { StopSequences } from './stop-sequences.js';

/** How many texts are generated side by side, and how their tokens are chosen. */
export interface GenerateBatchOptions extends Omit<SamplingOptions, 'random'> {
  /** The ids each text starts with; lengths may differ, and a prompt may be empty. They are not repeated in the output. */
  readonly prompts: readonly ArrayLike<number>[];
  /** How many tokens to add to each text at most. */
  readonly length: number;
  /**
   * Forked once for each row in order, so that a row's text does not depend on the rows beside it. Default `Random.seeded(1)`, made
   * for this call: the same call gives the same texts.
   */
  readonly random?: Random;
  /** Id sequences that end a text; they are not part of it. Default: none. */
  readonly stop?: readonly (readonly number[])[];
  /** Ends all texts when aborted; what was made so far is returned. */
  readonly signal?: AbortSignal;
}

const generateBatchChecks: OptionChecks<GenerateBatchOptions> = {
  ...samplingChecks,
  prompts: required(list(tokenSequence)),
  length: required(whole({ from: 0 })),
  stop: list(tokenSequence),
  signal: abortSignal,
};

/**
 * Continues many prompts side by side: one state advance of the whole batch per position, so that a hundred texts cost far
 * less than a hundred times one. Each row is the text that `generate` gives with the row's fork of `random`.
 *
 * @returns the generated ids of each row
 * @throws ArgumentError naming the option; TokenOutOfRangeError of a prompt
 */
export async function generateBatch<S, L>(
  model: BatchLanguageModel<S> | AwaitableLanguageModel<L>,
  options: GenerateBatchOptions,
): Promise<number[][]> {
  checkOptions<GenerateBatchOptions>(options, generateBatchChecks);
  const { prompts, length, random = defaultRandom(), stop = [], signal, ...sampling } = options;
  if (prompts.length === 0) throw new ArgumentError('prompts', 'at least one prompt', inWords('none'));
  for (const prompt of prompts) requireTokens(prompt, model.vocabularySize);
  const V = model.vocabularySize;
  const rows = prompts.map((prompt) => ({
    history: Array.from(prompt),
    given: prompt.length,
    sampler: createSampler({ ...sampling, random: random.fork() }, V),
    stops: new StopSequences(stop),
    made: 0,
    output: [] as number[],
    ended: length === 0,
  }));
  const stepper =
    'advanceBatch' in model ? batchStepper(model, rows.length) : singleStepper(model, rows.length);
  const next = new Int32Array(rows.length);
  const turn = eventLoopTurn(millisecondsBetweenTurns);

  for (let position = 0; rows.some(({ ended }) => !ended) && !signal?.aborted; position++) {
    await turn();
    for (const [r, row] of rows.entries()) {
      if (row.ended) continue; // its last token is read again: harmless, and the batch keeps its size
      if (position >= row.given) {
        const token = row.sampler.choose(await stepper.logProbabilities(r), row.history);
        row.history.push(token);
        row.made++;
        const { released, stopped } = row.stops.push(token);
        row.output.push(...released);
        row.ended = stopped || row.made === length;
      }
      next[r] = row.history[position];
    }
    if (rows.some(({ ended }) => !ended)) await stepper.advance(next);
  }
  return rows.map(({ output, stops }) => [...output, ...stops.rest()]);
}

/** Steps all rows and reads one row's distribution. */
interface Stepper {
  advance(tokens: Int32Array): Promise<void>;
  logProbabilities(row: number): Awaitable<ArrayLike<number>>;
}

function batchStepper<S>(model: BatchLanguageModel<S>, batchSize: number): Stepper {
  const V = model.vocabularySize;
  let state = model.initialState(batchSize);
  let current: Float32Array | undefined;
  return {
    async advance(tokens) {
      state = await model.advanceBatch(state, tokens);
      current = undefined;
    },
    async logProbabilities(row) {
      // Not computed while every row still reads its prompt.
      current ??= await model.logProbabilitiesBatch(state);
      return current.subarray(row * V, (row + 1) * V);
    },
  };
}

function singleStepper<L>(model: AwaitableLanguageModel<L>, batchSize: number): Stepper {
  const states = Array.from({ length: batchSize }, () => model.initialState());
  return {
    async advance(tokens) {
      for (const [row, token] of tokens.entries()) states[row] = await model.advance(states[row], token);
    },
    logProbabilities: (row) => model.logProbabilities(states[row]),
  };
}

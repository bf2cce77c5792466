import { abortSignal, anything, checkOptions, list, type OptionChecks } from '@throughtime/errors';
import { eventLoopTurn } from '@throughtime/platform';
import { countOrInfinity, millisecondsBetweenTurns, requireTokens, tokenSequence } from '../checks.js';
import type { AwaitableLanguageModel } from '../language-model.js';
import { createSampler, type SamplingOptions, samplingChecks } from './sampler.js';
import { StopSequences } from './stop-sequences.js';

/** What to continue, how far, and how tokens are chosen. */
export interface GenerateOptions<S = unknown> extends SamplingOptions {
  /** Ids the model reads first; they are not repeated in the output. Default: none. */
  readonly prompt?: ArrayLike<number>;
  /** What the model has seen before the prompt. Default: nothing, its initial state. */
  readonly state?: S;
  /** How many tokens at most. Default: unlimited, until `stop`, `signal` or the consumer ends it. */
  readonly length?: number;
  /** Id sequences that end the text; they are not part of the output. Default: none. */
  readonly stop?: readonly (readonly number[])[];
  /** Ends the text when aborted: the iterator finishes, it does not throw. */
  readonly signal?: AbortSignal;
}

export const generateChecks: OptionChecks<GenerateOptions> = {
  ...samplingChecks,
  prompt: tokenSequence,
  state: anything,
  length: countOrInfinity,
  stop: list(tokenSequence),
  signal: abortSignal,
};

/**
 * Continues a prompt, token by token: the model reads each token once (one state advance), and each new token is
 * passed on as soon as it cannot be part of a stop sequence.
 *
 * @example for await (const id of generate(model, { prompt, temperature: 0.8, random, length: 100 })) ...
 * @throws ArgumentError naming the option, TokenOutOfRangeError of the prompt; both at the first request
 */
export async function* generate<S>(
  model: AwaitableLanguageModel<S>,
  options: GenerateOptions<S> = {},
): AsyncGenerator<number, void, undefined> {
  checkOptions<GenerateOptions>(options, generateChecks);
  const {
    prompt = [],
    state: given,
    length = Number.POSITIVE_INFINITY,
    stop = [],
    signal,
    ...sampling
  } = options;
  requireTokens(prompt, model.vocabularySize);
  const sampler = createSampler(sampling, model.vocabularySize);
  const stops = new StopSequences(stop);
  const turn = eventLoopTurn(millisecondsBetweenTurns);
  const history = Array.from(prompt);
  const historyLimit = 2 * (sampling.repetitionWindow ?? samplingChecks.repetitionWindow.fallback);

  let state = given === undefined ? model.initialState() : given;
  for (const token of history) {
    await turn();
    if (signal?.aborted) return;
    state = await model.advance(state, token);
  }
  for (let made = 0; made < length; made++) {
    await turn();
    if (signal?.aborted) break;
    const token = sampler.choose(await model.logProbabilities(state), history);
    history.push(token);
    // Only a window is looked at; dropping the rest at times keeps endless generation in bounded memory.
    if (history.length > 2 * historyLimit) history.splice(0, history.length - historyLimit);
    const { released, stopped } = stops.push(token);
    yield* released;
    if (stopped) return;
    if (made + 1 < length) state = await model.advance(state, token);
  }
  yield* stops.rest();
}

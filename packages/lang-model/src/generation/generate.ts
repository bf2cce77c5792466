import { requireTokens } from '../evaluation/token-log-probabilities.js';
import { pauser } from '../event-loop.js';
import type { LanguageModel } from '../language-model.js';
import { requireInteger } from '../options.js';
import { createSampler, type SamplingOptions } from './sampler.js';
import { StopSequences } from './stop-sequences.js';

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

/**
 * Continues a prompt, token by token: the model reads each token once (one state advance), and each new token is
 * passed on as soon as it cannot be part of a stop sequence.
 *
 * @example for await (const id of generate(model, { prompt, temperature: 0.8, random, length: 100 })) ...
 * @throws ArgumentError, TokenOutOfRangeError at the first request, when an option or a prompt token is impossible
 */
export async function* generate<S>(
  model: LanguageModel<S>,
  options: GenerateOptions<S> = {},
): AsyncGenerator<number, void, undefined> {
  const { prompt = [], length = Number.POSITIVE_INFINITY, stop = [], signal } = options;
  if (length !== Number.POSITIVE_INFINITY) requireInteger('length', length, 0);
  requireTokens(prompt, model.vocabularySize);
  const sampler = createSampler(options, model.vocabularySize);
  const stops = new StopSequences(stop);
  const pause = pauser();
  const history = Array.from(prompt);
  const historyLimit = 2 * (options.repetitionWindow ?? 64);

  let state = options.state === undefined ? model.initialState() : options.state;
  for (const token of history) {
    await pause();
    if (signal?.aborted) return;
    state = model.advance(state, token);
  }
  for (let made = 0; made < length; made++) {
    await pause();
    if (signal?.aborted) break;
    const token = sampler.choose(model.logProbabilities(state), history);
    history.push(token);
    // Only a window is looked at; dropping the rest at times keeps endless generation in bounded memory.
    if (history.length > 2 * historyLimit) history.splice(0, history.length - historyLimit);
    const { released, stopped } = stops.push(token);
    yield* released;
    if (stopped) return;
    if (made + 1 < length) state = model.advance(state, token);
  }
  yield* stops.rest();
}

import {
  abortSignal,
  anything,
  checkOptions,
  number,
  type OptionChecks,
  required,
  whole,
} from '@throughtime/errors';
import { eventLoopTurn } from '@throughtime/platform';
import {
  excludedIds,
  millisecondsBetweenTurns,
  requireExcludable,
  requireId,
  requireTokens,
  tokenSequence,
} from '../checks.js';
import type { AwaitableLanguageModel } from '../language-model.js';
import { noLogProbability } from './sampler.js';

/** How wide, how long and from where {@link beamSearch} looks. */
export interface BeamSearchOptions<S = unknown> {
  /** Ids the model reads first; they are not part of the results. Default: none. */
  readonly prompt?: ArrayLike<number>;
  /** What the model has seen before the prompt. Default: nothing, its initial state. */
  readonly state?: S;
  /** How many tokens at most. */
  readonly length: number;
  /** Hypotheses kept at each step. Default 4. */
  readonly beams?: number;
  /** The token that ends a hypothesis (it is not part of the result). Default: none, all grow to `length`. */
  readonly endToken?: number;
  /**
   * The exponent of length normalization: hypotheses are ranked by logProbability / tokens^lengthPenalty. 0 favors short
   * ones; default 1, the mean log-probability per token.
   */
  readonly lengthPenalty?: number;
  /** Ids never chosen. Default: none. */
  readonly exclude?: readonly number[];
  /** Ends the search when aborted; the best hypotheses so far are returned. */
  readonly signal?: AbortSignal;
}

const beamSearchChecks: OptionChecks<BeamSearchOptions> = {
  prompt: tokenSequence,
  state: anything,
  length: required(whole({ from: 1 })),
  beams: whole({ from: 1 }),
  endToken: whole({ from: 0 }),
  lengthPenalty: number({ from: 0, to: 10 }),
  exclude: excludedIds,
  signal: abortSignal,
};

/** A continuation that was found. */
export interface Hypothesis {
  /** The tokens after the prompt, without the end token. */
  readonly tokens: readonly number[];
  /** Sum of their natural log-probabilities, the end token's included. */
  readonly logProbability: number;
  /** What hypotheses are ranked by. */
  readonly score: number;
  /** Whether the end token was reached. */
  readonly ended: boolean;
}

interface Beam<S> {
  readonly state: S;
  readonly tokens: readonly number[];
  readonly logProbability: number;
}

/**
 * The most probable continuations of a prompt that a breadth-limited search finds, best first. Unlike greedy choice it
 * can give up a probable token for a more probable whole.
 *
 * Continuations to which the model gives no probability are left out, so there may be fewer hypotheses than beams. Where none
 * can be continued, and none has ended, the result is shorter than `length`.
 *
 * @returns at least one hypothesis, at most `beams`; when aborted before the prompt was read, one without tokens
 * @throws ArgumentError naming the option, or for log-probabilities that are NaN or positive infinity; TokenOutOfRangeError of
 *   the prompt
 */
export async function beamSearch<S>(
  model: AwaitableLanguageModel<S>,
  options: BeamSearchOptions<S>,
): Promise<Hypothesis[]> {
  checkOptions<BeamSearchOptions>(options, beamSearchChecks);
  const {
    prompt = [],
    length,
    beams: width = 4,
    endToken,
    lengthPenalty = 1,
    exclude = [],
    signal,
  } = options;
  requireTokens(prompt, model.vocabularySize);
  if (endToken !== undefined) requireId('endToken', endToken, model.vocabularySize);
  requireExcludable(exclude, model.vocabularySize);

  const turn = eventLoopTurn(millisecondsBetweenTurns);
  let state = options.state === undefined ? model.initialState() : options.state;
  for (const token of Array.from(prompt)) {
    await turn();
    if (signal?.aborted) break; // the loop below sees it too, and searches nothing
    state = await model.advance(state, token);
  }
  let beams: Beam<S>[] = [{ state, tokens: [], logProbability: 0 }];
  const finished: Hypothesis[] = [];

  for (let step = 0; step < length && beams.length > 0 && !signal?.aborted; step++) {
    await turn();
    const candidates: { beam: Beam<S>; token: number; logProbability: number }[] = [];
    for (const beam of beams) {
      const scores = await model.logProbabilities(beam.state);
      // No beam can place more than `width` candidates among the best, plus the end token.
      for (const token of mostProbable(scores, width + 1, exclude))
        candidates.push({ beam, token, logProbability: beam.logProbability + scores[token] });
    }
    candidates.sort((a, b) => b.logProbability - a.logProbability);
    const next: Beam<S>[] = [];
    for (const { beam, token, logProbability } of candidates) {
      if (next.length === width) break;
      if (token === endToken) finished.push(hypothesis(beam.tokens, logProbability, lengthPenalty, true));
      else
        next.push({
          state: await model.advance(beam.state, token),
          tokens: [...beam.tokens, token],
          logProbability,
        });
    }
    if (next.length === 0 && finished.length === 0) break; // a dead end: keep what there is
    beams = next;
    if (enough(finished, beams, width, lengthPenalty, length)) break;
  }
  const unfinished = beams.map(({ tokens, logProbability }) =>
    hypothesis(tokens, logProbability, lengthPenalty, false),
  );
  // Cut short by `length` is not an end: ended hypotheses go first only by their score.
  return [...finished, ...unfinished].sort((a, b) => b.score - a.score).slice(0, width);
}

function hypothesis(
  tokens: readonly number[],
  logProbability: number,
  lengthPenalty: number,
  ended: boolean,
): Hypothesis {
  const scored = tokens.length + (ended ? 1 : 0);
  return { tokens, logProbability, score: logProbability / Math.max(1, scored) ** lengthPenalty, ended };
}

/** True when no open beam can still beat the worst of `width` finished ones, even if the rest of it were certain. */
function enough<S>(
  finished: readonly Hypothesis[],
  beams: readonly Beam<S>[],
  width: number,
  lengthPenalty: number,
  length: number,
): boolean {
  if (finished.length < width || beams.length === 0) return false;
  const worst = finished.map(({ score }) => score).sort((a, b) => b - a)[width - 1];
  return beams[0].logProbability / length ** lengthPenalty < worst;
}

/** The `count` most probable tokens, fewer where the others are impossible. */
function mostProbable(scores: ArrayLike<number>, count: number, exclude: readonly number[]): number[] {
  const best: number[] = [];
  for (let token = 0; token < scores.length; token++) {
    if (!(scores[token] < Number.POSITIVE_INFINITY)) throw noLogProbability(token, scores[token]);
    if (scores[token] === Number.NEGATIVE_INFINITY || exclude.includes(token)) continue;
    if (best.length === count && scores[token] <= scores[best[count - 1]]) continue;
    let place = best.length;
    while (place > 0 && scores[best[place - 1]] < scores[token]) place--;
    best.splice(place, 0, token);
    if (best.length > count) best.pop();
  }
  return best;
}

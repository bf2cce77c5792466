import { createSampler, encodePrompt } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { TextForm } from '../../src/core/text-form.js';
import type { TextModel } from '../../src/core/text-model.js';
import type { Candidate, Drawing, ForeignReading, Reading } from './protocol.js';

/** The model's own probabilities. */
export const undrawn: Drawing = { temperature: 1, topK: undefined, topP: 1 };

/** Longest text that is read, in tokens, from its end: a screenful or two. */
const mostTokens = 2000;

/** How many of the likeliest tokens are told for each place. */
const mostCandidates = 12;

/**
 * Reads a text as the model does: what it expected at each place, and its units' activations after each token.
 * @param prompt what the text begins with that the model did not write
 * @param drawing how its tokens were drawn: the probabilities are those that were drawn from
 * @param turn awaited now and then, so that training continues meanwhile
 * @throws UnknownPromptTokenError
 */
export async function readText(
  saved: TextModel,
  text: string,
  prompt: string,
  drawing: Drawing,
  turn: () => Promise<void> | undefined,
): Promise<Reading> {
  const tokenizer = TextForm.of(saved).prompts;
  const all = tokenizer.tokenize(text);
  const tokens = all.slice(-mostTokens);
  const given = tokenizer.tokenize(prompt).length - (all.length - tokens.length);
  const ids = encodePrompt(tokens, saved.vocabulary);
  const known = Math.min(Math.max(0, given), tokens.length);
  return readTokens(saved, { tokens, ids, given: known, drawing }, turn);
}

/**
 * Reads a text that comes from elsewhere, from its beginning. Tokens that the model has never seen are read as its unknown token,
 * and left out where it has none.
 */
export async function readForeignText(
  saved: TextModel,
  text: string,
  turn: () => Promise<void> | undefined,
): Promise<ForeignReading> {
  const { vocabulary } = saved;
  const all = TextForm.of(saved).prompts.tokenize(text);
  const isKnown = (token: string) => vocabulary.has(token);
  const unknown = [...new Set(all.filter((token) => !isKnown(token)))];
  const tokens = (vocabulary.unknownId === null ? all.filter(isKnown) : all).slice(0, mostTokens);
  const ids = vocabulary.encode(tokens);
  return {
    ...(await readTokens(saved, { tokens, ids, given: tokens.length, drawing: undrawn }, turn)),
    unknown,
  };
}

async function readTokens(
  saved: TextModel,
  {
    tokens,
    ids,
    given,
    drawing,
  }: {
    readonly tokens: readonly string[];
    readonly ids: Int32Array;
    readonly given: number;
    readonly drawing: Drawing;
  },
  turn: () => Promise<void> | undefined,
): Promise<Reading> {
  const { model, vocabulary } = saved;
  const tokenizer = TextForm.of(saved).prompts;
  const detokenizer = tokenizer.detokenizer();
  const pieces = tokens.map((token) => detokenizer.push(token));
  const hiddenSizes = model.initialState().layers.map(({ h }) => h.length);
  const width = hiddenSizes.reduce((sum, hiddenSize) => sum + hiddenSize, 0);
  const hidden = new Float32Array(ids.length * width);
  const probabilities = new Float32Array(ids.length);
  const surprise = new Float32Array(ids.length);
  const { topK, ...others } = drawing;
  const sampler = createSampler(
    {
      ...others,
      ...(topK !== undefined && { topK }),
      // It is never written.
      exclude: vocabulary.unknownId === null ? [] : [vocabulary.unknownId],
      // Nothing is drawn here: the sampler only says what would be drawn from.
      random: Random.seeded(0),
    },
    model.vocabularySize,
  );
  const candidates: Candidate[][] = [];

  let state = model.initialState();
  for (let i = 0; i <= ids.length; i++) {
    const logs = await model.logProbabilities(state);
    const drawn = sampler.probabilities(logs);
    candidates.push(
      listed(drawn, ids[i]).map((id) => ({ token: vocabulary.tokenOf(id), probability: drawn[id] })),
    );
    if (i === ids.length) break;
    probabilities[i] = drawn[ids[i]];
    surprise[i] = -logs[ids[i]] / Math.LN2;
    state = await model.advance(state, ids[i]);
    let at = i * width;
    for (const { h } of state.layers) {
      hidden.set(h, at);
      at += h.length;
    }
    await turn();
  }
  return {
    tokens,
    given,
    pieces,
    probabilities,
    surprise,
    drawing,
    candidates,
    hidden,
    hiddenSizes,
  };
}

/**
 * The ids that are told of a place: those that may be drawn, the likeliest first, and the one that came in any case. At temperature 0,
 * for one, only the likeliest is drawn, and what someone else wrote is not among them.
 * @param came undefined after the end of the text
 */
function listed(probabilities: ArrayLike<number>, came: number | undefined): number[] {
  const ids = likeliest(probabilities).filter((id) => probabilities[id] > 0);
  if (came === undefined || ids.includes(came)) return ids;
  return [...ids.slice(0, mostCandidates - 1), came];
}

/** The ids of the highest values, highest first. */
function likeliest(logs: ArrayLike<number>): number[] {
  const best: number[] = [];
  for (let id = 0; id < logs.length; id++) {
    if (best.length === mostCandidates && logs[id] <= logs[best[mostCandidates - 1]]) continue;
    let at = best.length;
    while (at > 0 && logs[best[at - 1]] < logs[id]) at--;
    best.splice(at, 0, id);
    best.length = Math.min(best.length, mostCandidates);
  }
  return best;
}

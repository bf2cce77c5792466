// What a model has learned: which of its units follow what, and which earlier tokens a prediction depended on.
import { connectivity, type RankedUnit, rankUnits, textFeatures } from '@throughtime/lang-model';
import { TextForm } from '../../src/core/text-form.js';
import type { TextModel } from '../../src/core/text-model.js';
import type { Dependence, FollowedFeature } from './protocol.js';

/** Read to rank units by. Two thousand tokens of a book hold some hundred quoted ones; four times as many are read within a second. */
const tokensRead = 8000;

/** How many units are told for each feature. */
const unitsTold = 3;

/** Weaker than this, a unit follows something else, which goes along with the feature. */
const faintest = 0.3;

/** How far back a prediction is followed. */
const window = 80;

/**
 * The units that follow each feature of a text most closely, the best first.
 * @param turn awaited now and then, so that training continues meanwhile
 */
export async function followedFeatures(
  saved: TextModel,
  text: string,
  turn: () => Promise<void> | undefined,
): Promise<FollowedFeature[]> {
  const { model, vocabulary } = saved;
  const tokenizer = TextForm.of(saved).prompts;
  // Characters that the model has never seen say nothing of what it learned.
  const tokens = tokenizer
    .tokenize(excerpt(text, tokensRead * 6))
    .filter((token) => vocabulary.has(token))
    .slice(0, tokensRead);
  const detokenizer = tokenizer.detokenizer();
  const pieces = tokens.map((token) => detokenizer.push(token));
  const ids = vocabulary.encode(tokens);
  const width = model.initialState().layers.reduce((sum, { h }) => sum + h.length, 0);
  const activations = new Float32Array(ids.length * width);
  let state = model.initialState();
  let at = 0;
  for (const id of ids) {
    state = await model.advance(state, id);
    for (const { h } of state.layers) {
      activations.set(h, at);
      at += h.length;
    }
    await turn();
  }
  const features = textFeatures(pieces);
  const rankings = rankUnits(activations, features);
  return features.map(({ name }, f) => ({ feature: name, units: closest(rankings[f]) }));
}

function closest(ranking: readonly RankedUnit[]): RankedUnit[] {
  return ranking.slice(0, unitsTold).filter(({ score }) => Math.abs(score) >= faintest);
}

/** From the middle of a text, from the beginning of a paragraph: inside one nobody knows what is quoted. */
function excerpt(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const middle = Math.floor((text.length - characters) / 2);
  const paragraph = /\n[ \t\r]*\n/g;
  paragraph.lastIndex = middle;
  const found = paragraph.exec(text);
  const from = found && found.index < middle + characters / 4 ? paragraph.lastIndex : middle;
  return text.slice(from, from + characters);
}

/**
 * How much a prediction depended on each token before it.
 * @param tokens what was read before the predicted token, at least one
 */
export async function dependenceOf(
  { model, vocabulary }: TextModel,
  tokens: readonly string[],
): Promise<Dependence> {
  const { token, from, norms } = await connectivity(model, vocabulary.encode(tokens), {
    window,
  });
  return {
    token: vocabulary.tokenOf(token),
    from,
    strengths: norms,
  };
}

import { showValue } from '@throughtime/errors';
import { type AddedToken, longestAddedToken } from '../bpe/added-tokens.js';
import { asList, asObject, flag, invalid } from './fields.js';

/** How many characters the search for a text may look at, per character of the text that is searched. */
export function requireShort(path: string, text: string): void {
  if (text.length > longestAddedToken)
    throw invalid(`${path}: expected at most ${longestAddedToken} characters, got ${text.length}`);
}

/** Tokens that a text is searched for, character by character. */
export function requireShortTokens(tokens: Iterable<string>): void {
  for (const token of tokens) requireShort('model.vocab', token);
}

const FLAGS = ['single_word', 'lstrip', 'rstrip', 'normalized', 'special'] as const;

/** The added tokens, after putting those that the vocabulary lacks in. */
export function addedTokensOf(value: unknown, ids: Map<string, number>): AddedToken[] {
  const modelSize = ids.size;
  let highest = -1;
  return asList(value ?? [], 'added_tokens').map((item): AddedToken => {
    const token = asObject(item, 'added_tokens');
    const { content, id } = token;
    if (typeof content !== 'string' || content === '')
      throw invalid('added_tokens: expected texts as content');
    requireShort('added_tokens: content', content);
    // What the library gives it, whatever the file says.
    const expected = ids.get(content) ?? Math.max(modelSize, highest + 1);
    if (ids.has(content) && expected !== id) throw invalid(`added_tokens: ${content} has two ids`);
    if (expected !== id) {
      const problem = `added_tokens: expected the id ${expected} for ${showValue(content)}, got ${showValue(id)}`;
      throw invalid(`${problem}; the library that wrote the format gives it the former: not supported`);
    }
    ids.set(content, expected);
    highest = Math.max(highest, expected);
    const flags = FLAGS.map((name) => {
      // Ordinary tokens are looked for after normalization, unless the file says otherwise.
      const usual = name === 'normalized' ? token.special !== true : false;
      return [name, flag(token, 'added_tokens', name, usual)];
    });
    return { id: expected, content, ...Object.fromEntries(flags) };
  });
}

/** More ids than any vocabulary has had, so that a damaged file cannot make us list billions. */
const MOST_IDS = 1 << 22;

/** The tokens in order of their ids. An id that none has gets a name that no token has. */
export function inOrder(ids: ReadonlyMap<string, number>): { tokens: string[]; gaps: Set<number> } {
  const byId = new Map<number, string>();
  let size = 0;
  for (const [token, id] of ids) {
    if (!Number.isInteger(id) || id < 0 || id >= MOST_IDS || byId.has(id)) {
      throw invalid(
        `model.vocab: expected ids from 0 to ${MOST_IDS - 1}, once each; ${token} has ${String(id)}`,
      );
    }
    byId.set(id, token);
    size = Math.max(size, id + 1);
  }
  // Files have a few hundred ids without a token; each takes memory, which a file of a few bytes must not ask for.
  if (size > 2 * ids.size + 10_000)
    throw invalid(
      `model.vocab: expected ids without wide gaps, got ${ids.size} tokens with ids up to ${size - 1}`,
    );
  const gaps = new Set<number>();
  const tokens = Array.from({ length: size }, (_, id) => {
    const token = byId.get(id);
    if (token !== undefined) return token;
    gaps.add(id);
    let name = `<no token ${id}>`;
    while (ids.has(name)) name = `<${name}>`;
    return name;
  });
  return { tokens, gaps };
}

/** The tokens of a model's own vocabulary with their ids, in order: without those that stand in `added_tokens` alone, and without gaps. */
export function modelVocabulary(
  tokens: readonly string[],
  { outsideModel, gaps }: { readonly outsideModel: ReadonlySet<string>; readonly gaps: ReadonlySet<number> },
): Record<string, number> {
  const entries = tokens.map((token, id) => [token, id] as const);
  return Object.fromEntries(entries.filter(([token, id]) => !outsideModel.has(token) && !gaps.has(id)));
}

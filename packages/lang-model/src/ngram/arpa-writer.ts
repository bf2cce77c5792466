import { ArgumentError } from '@throughtime/errors';
import { ArpaTokenError, arpaNames, LOG_ZERO } from './arpa-format.js';
import type { BackoffNgramModel } from './backoff-model.js';
import type { NgramVocabulary } from './corpus.js';

/** Pieces of this many characters are handed on. */
const CHUNK = 1 << 16;

/**
 * A model as the text of an ARPA file, piece by piece, which KenLM, SRILM and {@link readArpa} load. Numbers are written so
 * that they are read back as the same float32.
 *
 * The model's special tokens get the format's names `<s>`, `</s>` and `<unk>` whatever `tokens` calls them. `<s>` has the
 * probability 1, as in KenLM. A model without sentence marks gets `<s>` and `</s>` of probability 0 besides, since KenLM
 * refuses files that lack them. It gets none where a token is named `</s>`, as in the model of a file without `<s>`.
 *
 * @param tokens the name of each id, [V]; see {@link arpaTokenNames} for characters that are white space
 * @throws ArpaTokenError when a name is empty, has white space in it, or is another token's too
 * @throws ArgumentError when there are not V names
 */
export function* arpaChunks(
  model: BackoffNgramModel,
  tokens: readonly string[],
): Generator<string, void, void> {
  const { trie, logProbability, backoff } = model.tables;
  const names = checkedArpaNames(model, tokens);
  const hasMarks = model.sentences !== undefined || names.includes(arpaNames.end);
  const marks = hasMarks ? [] : [arpaNames.begin, arpaNames.end];

  let text = '\\data\\\n';
  for (let k = 1; k <= trie.order; k++)
    text += `ngram ${k}=${trie.countOf(k) + (k === 1 ? marks.length : 0)}\n`;
  const parents = trie.parents();
  for (let k = 1; k <= trie.order; k++) {
    text += `\n\\${k}-grams:\n`;
    if (k === 1) for (const mark of marks) text += `${LOG_ZERO}\t${mark}${trie.order > 1 ? '\t0' : ''}\n`;
    for (let context = trie.levelStart[k - 1]; context < trie.levelStart[k]; context++) {
      let prefix = '';
      for (let node = context; node !== 0; node = parents[node])
        prefix = `${names[trie.token[node]]} ${prefix}`;
      for (let node = trie.childStart[context]; node < trie.childStart[context + 1]; node++) {
        const token = trie.token[node];
        const isBegin = k === 1 && token === model.sentences?.begin;
        text += `${isBegin ? '0' : decimal(logProbability[node])}\t${prefix}${names[token]}`;
        text += node < trie.contexts ? `\t${decimal(backoff[node])}\n` : '\n';
        if (text.length >= CHUNK) {
          yield text;
          text = '';
        }
      }
    }
  }
  yield `${text}\n\\end\\\n`;
}

/**
 * Names for an ARPA file from tokens that may be white space, such as characters. A space becomes `▁` (U+2581, as sentencepiece
 * writes it). Other spaces, control characters, byte order marks, lone surrogates and `▁` itself become `<U+000A>` and the like.
 * Different tokens get different names: of a token that has `<U+` in it, the `<` is written `<U+003C>`.
 */
export function arpaTokenNames(tokens: readonly string[]): string[] {
  return tokens.map((token) =>
    token.replace(escaped, (character) => (character === ' ' ? '▁' : codePointName(character))),
  );
}

/** What some reader of ARPA files would cut a token at, or drop: Python's `split()` and JavaScript's `trim()` too. */
const unsafe = /[\p{Z}\p{Cc}\p{Cs}\ufeff]/u;
const escaped = /[\p{Z}\p{Cc}\p{Cs}\ufeff▁]|<(?=U\+)/gu;

function codePointName(character: string): string {
  return `<U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/**
 * The names that an ARPA file has for a vocabulary's tokens. Call it to know, before a model is trained, whether a file can hold it.
 * @throws ArpaTokenError when a name is empty, has white space in it, or is another token's too
 * @throws ArgumentError when there are not V names
 */
export function checkedArpaNames(
  { vocabularySize, sentences, unknown }: NgramVocabulary,
  tokens: readonly string[],
): string[] {
  if (tokens.length !== vocabularySize)
    throw new ArgumentError('tokens', `${vocabularySize} names`, tokens.length);
  const names = [...tokens];
  if (sentences !== undefined) {
    names[sentences.begin] = arpaNames.begin;
    names[sentences.end] = arpaNames.end;
  }
  if (unknown !== undefined) names[unknown] = arpaNames.unknown;
  // Without marks of its own the model gets both. One name alone would be no mark where the file is read.
  const taken = new Map<string, number>(sentences === undefined ? [[arpaNames.begin, -1]] : []);
  names.forEach((name, id) => {
    if (name === '') throw new ArpaTokenError(id, name, 'it is empty');
    if (unsafe.test(name)) throw new ArpaTokenError(id, name, 'it has white space in it');
    const other = taken.get(name);
    if (other !== undefined)
      throw new ArpaTokenError(
        id,
        name,
        other < 0 ? 'the name is kept for a sentence mark' : `it is token ${other} too`,
      );
    taken.set(name, id);
  });
  return names;
}

/** The shortest decimal of 7 to 9 digits that is read back as the same float32; nine always are. */
function decimal(value: number): string {
  if (value === 0) return '0';
  if (value === Number.NEGATIVE_INFINITY) return String(LOG_ZERO);
  for (let digits = 7; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return text;
  }
  return value.toPrecision(9);
}

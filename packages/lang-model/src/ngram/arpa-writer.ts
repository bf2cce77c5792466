import { ArgumentError } from '@throughtime/errors';
import { ArpaTokenError, arpaNames, LOG_ZERO } from './arpa-format.js';
import type { BackoffNgramModel } from './backoff-model.js';

/** Pieces of this many characters are handed on. */
const CHUNK = 1 << 16;

/**
 * A model as the text of an ARPA file, piece by piece, which KenLM, SRILM and {@link readArpa} load. Numbers are written so
 * that they are read back as the same float32.
 *
 * The model's special tokens get the format's names `<s>`, `</s>` and `<unk>` whatever `tokens` calls them. `<s>` has the
 * probability 1, as in KenLM. A model without sentence marks gets `<s>` and `</s>` of probability 0 besides, since KenLM
 * refuses files that lack them.
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
  const names = checkedNames(model, tokens);
  const marks = model.sentences === undefined ? [arpaNames.begin, arpaNames.end] : [];

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
 * Names for an ARPA file from tokens that may be white space, such as characters: a space becomes `▁` (U+2581, as
 * sentencepiece writes it), other control and space characters become `<U+000A>` and the like.
 */
export function arpaTokenNames(tokens: readonly string[]): string[] {
  return tokens.map((token) =>
    token
      .replaceAll(' ', '▁')
      .replace(/[\s\0]/g, (unit) => `<U+${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`),
  );
}

function checkedNames(
  { vocabularySize, sentences, unknown }: BackoffNgramModel,
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
  const taken = new Map<string, number>(
    sentences === undefined
      ? [
          ['<s>', -1],
          ['</s>', -1],
        ]
      : [],
  );
  names.forEach((name, id) => {
    if (name === '') throw new ArpaTokenError(id, name, 'it is empty');
    if (/[\s\0]/.test(name)) throw new ArpaTokenError(id, name, 'it has white space in it');
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
  if (value <= LOG_ZERO) return String(LOG_ZERO);
  for (let digits = 7; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return text;
  }
  return value.toPrecision(9);
}

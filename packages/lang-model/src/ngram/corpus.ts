import {
  ArgumentError,
  type Check,
  check,
  type OptionChecks,
  record,
  required,
  whole,
} from '@throughtime/errors';
import { requireId } from '../checks.js';
import { EmptySequenceError, TokenOutOfRangeError } from '../errors.js';

/**
 * Token ids to learn from: one running text, or texts one by one (sentences), across whose borders no n-gram reaches.
 */
export type NgramCorpus = Int32Array | Iterable<Int32Array>;

/** The ids of the marks around a sentence, KenLM's `<s>` and `</s>`. Both are part of the vocabulary. */
export interface SentenceMarks {
  /** `<s>`: context only, never predicted. */
  readonly begin: number;
  /** `</s>`: predicted like a word; what follows it starts again after `<s>`. */
  readonly end: number;
}

/** A vocabulary of ids, and which of them have a meaning of their own. */
export interface NgramVocabulary {
  /** V: ids are 0 .. V - 1. Every one of them has a probability, seen or not (only `<s>` has none). */
  readonly vocabularySize: number;
  /** The marks around sentences. Default: none, text runs on. */
  readonly sentences?: SentenceMarks | undefined;
  /**
   * The id that stands for every token outside the vocabulary (`<unk>`). Default: none, a closed vocabulary. In training it is
   * counted like any other token. It does not occur there when the vocabulary was made from the same text, and then gets
   * the probability of a word never seen.
   */
  readonly unknown?: number | undefined;
}

const id = whole({ from: 0 });

export const vocabularyChecks: OptionChecks<NgramVocabulary> = {
  vocabularySize: required(whole({ from: 1 })),
  sentences: record<SentenceMarks>({ begin: required(id), end: required(id) }),
  unknown: id,
};

const iterable: Check<NgramCorpus> = check(
  'an Int32Array, or Int32Arrays one by one',
  (value) => typeof value === 'object' && value !== null && Symbol.iterator in value,
);

/** A corpus laid out for counting. */
export interface MarkedText {
  /** Ids; -1 stands between texts, `<s>` before every sentence. */
  readonly text: Int32Array;
  /** How many of them are predicted: all but -1 and `<s>`. */
  readonly predicted: number;
}

/** @throws ArgumentError when a special id is not in the vocabulary, or two of them are one */
export function requireVocabulary({ vocabularySize, sentences, unknown }: NgramVocabulary): void {
  vocabularyChecks.vocabularySize('vocabularySize', vocabularySize);
  const special = [
    ['sentences.begin', sentences?.begin],
    ['sentences.end', sentences?.end],
    ['unknown', unknown],
  ] as const;
  const taken = new Map<number, string>();
  for (const [name, id] of special) {
    if (id === undefined) continue;
    requireId(name, id, vocabularySize);
    const other = taken.get(id);
    if (other !== undefined) throw new ArgumentError(name, `another id than ${other}`, id);
    taken.set(id, name);
  }
}

/**
 * Lays a corpus out with its marks. A running text is cut after every `</s>` in it; texts given one by one get theirs.
 * @throws TokenOutOfRangeError, ArgumentError, EmptySequenceError when the ids cannot be learned from
 */
export function markedText(corpus: NgramCorpus, vocabulary: NgramVocabulary): MarkedText {
  iterable('corpus', corpus);
  const marked =
    corpus instanceof Int32Array ? runningText(corpus, vocabulary) : separateTexts(corpus, vocabulary);
  if (marked.predicted === 0) throw new EmptySequenceError('corpus', 'at least one token', 0);
  return marked;
}

function runningText(ids: Int32Array, { vocabularySize, sentences }: NgramVocabulary): MarkedText {
  requireCorpusIds(ids, 'corpus', vocabularySize, sentences && [sentences.begin]);
  if (sentences === undefined) return { text: ids, predicted: ids.length };
  const { begin, end } = sentences;
  let ends = 0;
  // One after the very last token opens no further sentence.
  for (let i = 0; i + 1 < ids.length; i++) if (ids[i] === end) ends++;
  const text = new Int32Array(ids.length + ends + 1);
  let length = 0;
  text[length++] = begin;
  for (let i = 0; i < ids.length; i++) {
    text[length++] = ids[i];
    if (ids[i] === end && i + 1 < ids.length) text[length++] = begin;
  }
  return { text, predicted: ids.length };
}

function separateTexts(
  texts: Iterable<Int32Array>,
  { vocabularySize, sentences }: NgramVocabulary,
): MarkedText {
  let text = new Int32Array(1024);
  let length = 0;
  let predicted = 0;
  let index = 0;
  for (const ids of texts) {
    if (!(ids instanceof Int32Array)) throw new ArgumentError('corpus', iterable.expected, ids);
    requireCorpusIds(ids, `corpus[${index}]`, vocabularySize, sentences && [sentences.begin, sentences.end]);
    const needed = length + ids.length + 2;
    if (needed > text.length) {
      const grown = new Int32Array(Math.max(needed, 2 * text.length));
      grown.set(text.subarray(0, length));
      text = grown;
    }
    text[length++] = sentences === undefined ? -1 : sentences.begin;
    text.set(ids, length);
    length += ids.length;
    if (sentences !== undefined) text[length++] = sentences.end;
    predicted += ids.length + (sentences === undefined ? 0 : 1);
    index++;
  }
  return { text: text.slice(0, length), predicted };
}

function requireCorpusIds(
  ids: Int32Array,
  name: string,
  vocabularySize: number,
  [mark, otherMark = mark]: readonly number[] = [],
): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    if (id < 0 || id >= vocabularySize) throw new TokenOutOfRangeError(id, i, vocabularySize);
    if (id === mark || id === otherMark)
      throw new ArgumentError(`${name}[${i}]`, 'a token other than the sentence marks, which are added', id);
  }
}

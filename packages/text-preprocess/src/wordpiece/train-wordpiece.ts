import {
  ArgumentError,
  callback,
  checkOptions,
  list,
  number,
  required,
  text,
  whole,
} from '@throughtime/errors';
import { hasWhiteSpace, plainAddedToken } from '../bpe/added-tokens.js';
import { countPieces, mostFrequent } from '../subwords/count-pieces.js';
import { lastWhiteSpace } from '../subwords/last-white-space.js';
import { bertPieces } from '../subwords/pre-tokenizers.js';
import { learnWordPieces } from './learn-word-pieces.js';
import { WordPieceTokenizer } from './wordpiece-tokenizer.js';

/** Options of {@link trainWordPiece}. */
export interface TrainWordPieceOptions {
  /** How many tokens to end up with at most: the special ones, characters, and learned ones. */
  readonly vocabularySize: number;
  /** Pairs that occur less often are not merged. Default 2: a pair seen once says nothing about other text. */
  readonly minFrequency?: number;
  /** Tokens that stand for themselves, after `[UNK]`, which has the id 0. Without white space. Default: none. */
  readonly specialTokens?: readonly string[];
  /** Called after each learned token with the number of tokens so far. */
  readonly onToken?: (tokens: number) => void;
}

const UNKNOWN = '[UNK]';
const PREFIX = '##';
/** BERT's: longer words are unknown, so that nothing is learned of them. */
const LONGEST_WORD = 100;

/**
 * Learns WordPiece tokens (Schuster and Nakajima 2012) from a text, given whole or in chunks of any size. Memory grows with the number of
 * distinct words. Every character of the text becomes a token, at the beginning of words and within them; where there is no room for
 * all, the rarest are unknown. Ends with fewer tokens where no pair makes the text more likely.
 * @throws ArgumentError when an option is out of range
 */
export function trainWordPiece(
  source: string | Iterable<string>,
  options: TrainWordPieceOptions,
): WordPieceTokenizer {
  checkOptions<TrainWordPieceOptions>(options, {
    vocabularySize: required(whole({ from: 2 })),
    minFrequency: number({ from: 0 }),
    specialTokens: list(text),
    onToken: callback,
  });
  const { vocabularySize, minFrequency = 2, specialTokens = [], onToken } = options;
  const special = [UNKNOWN, ...specialTokens];
  for (const token of specialTokens) {
    if (token === '' || hasWhiteSpace(token) || special.indexOf(token) !== special.lastIndexOf(token))
      throw new ArgumentError('specialTokens', `distinct texts without whitespace, none ${UNKNOWN}`, token);
  }
  if (vocabularySize <= special.length)
    throw new ArgumentError(
      'vocabularySize',
      `more than ${special.length} (the special tokens)`,
      vocabularySize,
    );

  const counted = countPieces(source, {
    split: bertPieces,
    splitPoint: lastWhiteSpace,
    special: special.map(plainAddedToken),
  });
  const words = [...counted].flatMap(([word, count]) => {
    const characters = [...word].map((character, i) => (i === 0 ? character : PREFIX + character));
    return characters.length > LONGEST_WORD ? [] : [{ characters, count }];
  });
  const frequencies = new Map<string, number>();
  for (const { characters, count } of words)
    for (const character of characters) frequencies.set(character, (frequencies.get(character) ?? 0) + count);
  for (const token of special) frequencies.delete(token);
  const tokens = [...special, ...mostFrequent(frequencies, vocabularySize - special.length).sort()];
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const known = words.filter(({ characters }) => characters.every((character) => idOf.has(character)));
  learnWordPieces(
    known.map(({ characters, count }) => ({
      symbols: Int32Array.from(characters, (character) => idOf.get(character)!),
      count,
    })),
    { tokens, vocabularySize, minFrequency, prefix: PREFIX, onToken },
  );
  return new WordPieceTokenizer({ tokens, unknown: UNKNOWN, specialTokens: special });
}

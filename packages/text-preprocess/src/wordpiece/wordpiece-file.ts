import type { SavedFields } from '@throughtime/errors';
import { savedFields, showValue } from '@throughtime/errors';
import type { AddedToken } from '../bpe/added-tokens.js';
import { plainAddedToken } from '../bpe/added-tokens.js';
import { readSaved } from '../errors.js';
import { asObject, flag, invalid, requireValue } from '../subwords/fields.js';
import { normalizerOf } from '../subwords/normalizers.js';
import { bertPieces, preTokenizerParts, splittersOf } from '../subwords/pre-tokenizers.js';
import { inSequence, type Splitter } from '../subwords/splitter.js';
import { addedTokensOf, inOrder, modelVocabulary, requireShortTokens } from '../subwords/token-ids.js';

/** What a WordPiece tokenizer consists of. */
export interface WordPieceParts {
  /** All tokens in order of their ids; those that continue a word begin with `##`. */
  readonly tokens: readonly string[];
  /** The token of words that the others do not make up; one of `tokens`. Default `'[UNK]'`. */
  readonly unknown?: string;
  /** Tokens that stand for themselves, among `tokens`. Default: the unknown token alone. */
  readonly specialTokens?: readonly string[];
  /** Longer words, in characters, are unknown. Default 100, BERT's. At most 1000. */
  readonly longestWord?: number;
}

/** More characters than any word has: encoding may look at that many per character of a text. */
export const mostWordCharacters = 1000;

/** A `tokenizer.json` of Hugging Face's format with a WordPiece model; what does not change a text's ids is kept as read. */
export interface WordPieceFile {
  /** Tokens that are looked for before the text is split, special ones among them. */
  readonly added_tokens: readonly AddedToken[];
  /** The vocabulary, and what stands for unknown words. */
  readonly model: {
    readonly type: 'WordPiece';
    readonly unk_token: string;
    readonly vocab: Readonly<Record<string, number>>;
    readonly [more: string]: unknown;
  };
  readonly [more: string]: unknown;
}

/** What a `tokenizer.json` says beside the tokens. */
export interface WordPieceSettings {
  readonly unknown: string;
  /** What tokens begin with that continue a word, in the vocabulary and for the decoder. */
  readonly prefix: string;
  readonly decoderPrefix: string;
  readonly cleanup: boolean;
  readonly longestWord: number;
  readonly addedTokens: readonly AddedToken[];
  readonly outsideModel: ReadonlySet<string>;
  readonly gaps: ReadonlySet<number>;
  readonly normalize: ((text: string) => string) | undefined;
  readonly split: Splitter;
  /** The file without what is above: written back as read. */
  readonly rest: SavedFields;
  readonly modelRest: SavedFields;
}

/** The settings of tokens that were learned here. */
export function plainWordPieceSettings({
  tokens,
  unknown = '[UNK]',
  specialTokens = [unknown],
  longestWord = 100,
}: WordPieceParts): WordPieceSettings {
  return {
    ...{ unknown, prefix: '##', decoderPrefix: '##', cleanup: true, longestWord },
    addedTokens: specialTokens.map((content) => plainAddedToken(content, tokens.indexOf(content))),
    outsideModel: new Set(),
    gaps: new Set(),
    normalize: undefined,
    split: bertPieces,
    rest: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: null,
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
      model: {},
    },
    modelRest: {
      type: 'WordPiece',
      unk_token: unknown,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: longestWord,
      vocab: {},
    },
  };
}

export function wordPieceFile(tokens: readonly string[], settings: WordPieceSettings): WordPieceFile {
  const { addedTokens, rest, modelRest } = settings;
  // Assigning keeps the order of the fields as read.
  const model = { ...modelRest, vocab: modelVocabulary(tokens, settings) };
  return { ...rest, added_tokens: addedTokens, model } as unknown as WordPieceFile;
}

const PRE_TOKENIZERS = [
  'BertPreTokenizer',
  'Whitespace',
  'WhitespaceSplit',
  'Punctuation',
  'Digits',
  'Split',
] as const;

/**
 * Checks a `tokenizer.json` of a WordPiece model and takes what makes up its encoding.
 * @throws InvalidFormatError naming what is wrong, or what this package does not do
 */
export function parseWordPieceFile(json: unknown): { parts: WordPieceParts; settings: WordPieceSettings } {
  const file = readSaved('tokenizer.json', () => savedFields(json));
  const model = asObject(file.model, 'model');
  requireValue(model, 'model', 'type', ['WordPiece']);
  const ids = new Map(Object.entries(asObject(model.vocab, 'model.vocab')) as [string, number][]);
  requireShortTokens(ids.keys());
  const inModel = new Set(ids.keys());
  const addedTokens = addedTokensOf(file.added_tokens, ids);
  const { tokens, gaps } = inOrder(ids);

  const { unk_token: unknown = '[UNK]', continuing_subword_prefix: prefix = '##' } = model;
  if (typeof unknown !== 'string' || !inModel.has(unknown))
    throw invalid(`model.unk_token: expected a token of the vocabulary, got ${showValue(unknown)}`);
  if (typeof prefix !== 'string') throw invalid('model.continuing_subword_prefix: expected a text');
  const { max_input_chars_per_word: longestWord = 100 } = model;
  if (
    !Number.isInteger(longestWord) ||
    (longestWord as number) < 0 ||
    (longestWord as number) > mostWordCharacters
  ) {
    const expected = `expected a whole number from 0 to ${mostWordCharacters}`;
    throw invalid(`model.max_input_chars_per_word: ${expected}, got ${showValue(longestWord)}`);
  }
  const decoder = asObject(file.decoder, 'decoder');
  requireValue(decoder, 'decoder', 'type', ['WordPiece']);
  const { prefix: decoderPrefix = '##' } = decoder;
  if (typeof decoderPrefix !== 'string') throw invalid('decoder.prefix: expected a text');

  const splitters = preTokenizerParts(file.pre_tokenizer).flatMap((part) =>
    splittersOf(part, PRE_TOKENIZERS),
  );
  const { vocab: _, ...modelOptions } = model;
  return {
    parts: {
      tokens,
      specialTokens: addedTokens.filter(({ special }) => special).map(({ content }) => content),
    },
    settings: {
      ...{ unknown, prefix, decoderPrefix, cleanup: flag(decoder, 'decoder', 'cleanup', true) },
      longestWord: longestWord as number,
      addedTokens,
      outsideModel: new Set([...ids.keys()].filter((token) => !inModel.has(token))),
      gaps,
      normalize: normalizerOf(file.normalizer),
      split: splitters.length === 1 ? splitters[0] : inSequence(splitters),
      // A copy: what the caller does to its object later is nothing to this tokenizer.
      rest: structuredClone({ ...file, model: {}, added_tokens: [] }),
      modelRest: structuredClone({ ...modelOptions, vocab: {} }),
    },
  };
}

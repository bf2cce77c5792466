import { type SavedFields, savedFields, showValue } from '@throughtime/errors';
import { type AddedToken, plainAddedToken } from '../bpe/added-tokens.js';
import { readSaved } from '../errors.js';
import { asList, asObject, invalid, requireValue } from '../subwords/fields.js';
import { normalizerOf } from '../subwords/normalizers.js';
import { type Metaspace, metaspaceOf, preTokenizerParts, splittersOf } from '../subwords/pre-tokenizers.js';
import { inSequence, type Splitter } from '../subwords/splitter.js';
import { addedTokensOf, inOrder, requireShortTokens } from '../subwords/token-ids.js';

/** What a unigram tokenizer consists of. */
export interface UnigramParts {
  /** All tokens in order of their ids; a blank is written `▁`. */
  readonly tokens: readonly string[];
  /** The logarithm of each token's probability. */
  readonly scores: readonly number[];
  /** The token of characters that no other has; one of `tokens`. Default `'<unk>'`. */
  readonly unknown?: string;
  /** Tokens that stand for themselves, among `tokens`. Default: the unknown token alone. */
  readonly specialTokens?: readonly string[];
}

/** A `tokenizer.json` of Hugging Face's format with a Unigram model; what does not change a text's ids is kept as read. */
export interface UnigramFile {
  /** Tokens that are looked for before the text is split, special ones among them. */
  readonly added_tokens: readonly AddedToken[];
  /** The pieces and their log-probabilities. */
  readonly model: {
    readonly type: 'Unigram';
    readonly unk_id: number;
    readonly vocab: readonly (readonly [token: string, score: number])[];
    readonly [more: string]: unknown;
  };
  readonly [more: string]: unknown;
}

/** What a `tokenizer.json` says beside tokens and scores. */
export interface UnigramSettings {
  readonly unknown: string;
  /** Tokens with scores: the first ones. The others stand in `added_tokens` alone. */
  readonly inModel: number;
  readonly addedTokens: readonly AddedToken[];
  readonly normalize: ((text: string) => string) | undefined;
  readonly split: Splitter;
  /** How the decoder writes blanks. */
  readonly blanks: Metaspace;
  /** Whether a blank may be cut before, whatever else the text holds. */
  readonly cutsAtBlanks: boolean;
  /** The file without what is above: written back as read. */
  readonly rest: SavedFields;
  readonly modelRest: SavedFields;
}

/** Blanks begin words, and ends of lines stand alone. Nothing is put before a text, so that every character is kept. */
const LEARNED = {
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex: '[\\r\\n]+' }, behavior: 'Isolated', invert: false },
      { type: 'Metaspace', replacement: '▁', prepend_scheme: 'never', split: true },
    ],
  },
  decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'never', split: true },
} as const;

const PRE_TOKENIZERS = [
  'Metaspace',
  'Whitespace',
  'WhitespaceSplit',
  'Punctuation',
  'Digits',
  'Split',
] as const;

function splitOf(value: unknown): Splitter {
  return inSequence(preTokenizerParts(value).flatMap((part) => splittersOf(part, PRE_TOKENIZERS)));
}

/** The pieces that learned tokens do not cross. */
export const learnedSplit: Splitter = /* @__PURE__ */ (() => splitOf(LEARNED.pre_tokenizer))();

/** The settings of tokens that were learned here. */
export function plainUnigramSettings({
  tokens,
  unknown = '<unk>',
  specialTokens = [unknown],
}: UnigramParts): UnigramSettings {
  return {
    unknown,
    inModel: tokens.length,
    addedTokens: specialTokens.map((content) => plainAddedToken(content, tokens.indexOf(content))),
    normalize: undefined,
    split: learnedSplit,
    blanks: metaspaceOf(LEARNED.decoder, 'decoder'),
    cutsAtBlanks: true,
    rest: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: LEARNED.pre_tokenizer,
      post_processor: null,
      decoder: LEARNED.decoder,
      model: {},
    },
    modelRest: { type: 'Unigram', unk_id: tokens.indexOf(unknown), vocab: [], byte_fallback: false },
  };
}

export function unigramFile(
  tokens: readonly string[],
  scores: readonly number[],
  { addedTokens, inModel, rest, modelRest }: UnigramSettings,
): UnigramFile {
  const vocab = tokens.slice(0, inModel).map((token, id) => [token, scores[id]] as const);
  // Assigning keeps the order of the fields as read.
  return { ...rest, added_tokens: addedTokens, model: { ...modelRest, vocab } } as unknown as UnigramFile;
}

/**
 * Checks a `tokenizer.json` of a Unigram model and takes what makes up its encoding.
 * @throws InvalidFormatError naming what is wrong, or what this package does not do
 */
export function parseUnigramFile(json: unknown): { parts: UnigramParts; settings: UnigramSettings } {
  const file = readSaved('tokenizer.json', () => savedFields(json));
  const model = asObject(file.model, 'model');
  requireValue(model, 'model', 'type', ['Unigram']);
  requireValue(model, 'model', 'byte_fallback', [false, undefined]);
  const ids = new Map<string, number>();
  const scores: number[] = [];
  for (const entry of asList(model.vocab, 'model.vocab')) {
    const [token, score] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof token !== 'string' || !Number.isFinite(score))
      throw invalid(`model.vocab: expected texts with scores, got ${showValue(entry)} at ${scores.length}`);
    if (ids.has(token)) throw invalid(`model.vocab: ${showValue(token)} comes twice; not supported`);
    ids.set(token, scores.push(score as number) - 1);
  }
  requireShortTokens(ids.keys());
  const addedTokens = addedTokensOf(file.added_tokens, ids);
  const { tokens } = inOrder(ids);
  const { unk_id: unknownId } = model;
  const unknown = Number.isInteger(unknownId) ? tokens[unknownId as number] : undefined;
  if (unknown === undefined || (unknownId as number) >= scores.length)
    throw invalid(`model.unk_id: expected the id of a token, got ${showValue(unknownId)}; not supported`);
  const decoder = asObject(file.decoder, 'decoder');
  requireValue(decoder, 'decoder', 'type', ['Metaspace']);
  const { vocab: _, ...modelOptions } = model;
  return {
    parts: {
      tokens,
      scores,
      specialTokens: addedTokens.filter(({ special }) => special).map(({ content }) => content),
    },
    settings: {
      unknown,
      inModel: scores.length,
      addedTokens,
      normalize: normalizerOf(file.normalizer),
      split: splitOf(file.pre_tokenizer),
      blanks: metaspaceOf(decoder, 'decoder'),
      cutsAtBlanks: false,
      // A copy: what the caller does to its object later is nothing to this tokenizer.
      rest: structuredClone({ ...file, model: {}, added_tokens: [] }),
      modelRest: structuredClone({ ...modelOptions, vocab: [] }),
    },
  };
}

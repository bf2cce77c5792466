import { type SavedFields, savedFields, showValue } from '@throughtime/errors';
import { readSaved } from '../errors.js';
import { asList, asObject, flag, invalid, requireValue } from '../subwords/fields.js';
import { normalizerOf } from '../subwords/normalizers.js';
import { gpt2, preTokenizerParts, splittersOf } from '../subwords/pre-tokenizers.js';
import { inSequence, type Splitter } from '../subwords/splitter.js';
import { addedTokensOf, inOrder, modelVocabulary } from '../subwords/token-ids.js';
import { type AddedToken, plainAddedToken } from './added-tokens.js';
import { CHARACTER_OF_BYTE } from './byte-alphabet.js';
import type { BpeParts, Merge } from './merges.js';

/**
 * A `tokenizer.json` of Hugging Face's format, version 1.0, as far as byte-level BPE needs it.
 *
 * The format is theirs, and so is its version: it has no number and no migrations of ours. The decoder below reads what their
 * libraries have written so far, whatever the file's `version`: merges as "a b" or as ["a", "b"], fields that older files lack. It
 * refuses each part by name that it does not know. What does not change a text's ids (`truncation`, `padding`,
 * `post_processor`, options of the decoder) is kept as read.
 */
export interface TokenizerFile {
  /** The format's version; '1.0' in files that we write. */
  readonly version: unknown;
  /** How their library cuts long texts. Kept as read, not applied. */
  readonly truncation: unknown;
  /** How their library pads batches. Kept as read, not applied. */
  readonly padding: unknown;
  /** Tokens that are looked for before the text is split, special ones among them. */
  readonly added_tokens: readonly AddedToken[];
  /** What is done to the text first; null for nothing. Unknown ones are refused. */
  readonly normalizer: unknown;
  /** How the text is split before bytes are merged. Unknown ones are refused. */
  readonly pre_tokenizer: unknown;
  /** What is added around the ids. Kept as read, not applied. */
  readonly post_processor: unknown;
  /** How tokens become text again; byte-level. */
  readonly decoder: unknown;
  /** Vocabulary and merges. */
  readonly model: BpeModel;
  readonly [more: string]: unknown;
}

interface BpeModel {
  readonly type: 'BPE';
  readonly vocab: Readonly<Record<string, number>>;
  readonly merges: readonly (readonly [string, string])[];
  readonly [more: string]: unknown;
}

/** What a `tokenizer.json` says beside the parts of the encoding. */
export interface TokenizerSettings {
  readonly addedTokens: readonly AddedToken[];
  /** Tokens that stand in `added_tokens` alone, not in the model's vocabulary. */
  readonly outsideModel: ReadonlySet<string>;
  /** Ids below the highest that no token has; the encoding holds a name in their place. */
  readonly gaps: ReadonlySet<number>;
  /** `undefined`: text stays as it is. */
  readonly normalize: ((text: string) => string) | undefined;
  /** `undefined`: GPT-2's pattern. */
  readonly split: Splitter | undefined;
  /** Whether a piece that is a token as a whole is never taken apart. */
  readonly ignoreMerges: boolean;
  /** The unknown token, which stands for bytes without a token, and whether several in a row become one. */
  readonly unknown: { readonly id: number; readonly fuse: boolean } | undefined;
  /** The file without what is above: written back as read. */
  readonly rest: SavedFields;
  readonly modelRest: SavedFields;
}

const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };

/** The settings of an encoding that was learned here. */
export function plainSettings({ tokens, specialTokens }: BpeParts): TokenizerSettings {
  return {
    addedTokens: specialTokens.map((content) => plainAddedToken(content, tokens.indexOf(content))),
    outsideModel: new Set(),
    gaps: new Set(),
    normalize: undefined,
    split: undefined,
    ignoreMerges: false,
    unknown: undefined,
    rest: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: BYTE_LEVEL,
      post_processor: null,
      decoder: BYTE_LEVEL,
      model: {},
    },
    modelRest: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: {},
      merges: [],
    },
  };
}

export function tokenizerFile({ tokens, merges }: BpeParts, settings: TokenizerSettings): TokenizerFile {
  const { addedTokens, rest, modelRest } = settings;
  // Assigning keeps the order of the fields as read.
  return {
    ...rest,
    added_tokens: addedTokens,
    model: {
      ...modelRest,
      type: 'BPE',
      vocab: modelVocabulary(tokens, settings),
      merges: merges.map(({ left, right }) => [tokens[left], tokens[right]] as const),
    },
  } as unknown as TokenizerFile;
}

/**
 * Checks a `tokenizer.json` and takes what makes up the encoding.
 * @throws InvalidFormatError naming what is wrong, or what this package does not do: encoding differently from the library that
 *   wrote the file would be worse than refusing it
 */
export function parseTokenizerFile(json: unknown): { parts: BpeParts; settings: TokenizerSettings } {
  const file = readSaved('tokenizer.json', () => savedFields(json));
  const model = asObject(file.model, 'model');
  if (model.type !== undefined) requireValue(model, 'model', 'type', ['BPE']);
  requireValue(model, 'model', 'dropout', [null, undefined, 0]);
  for (const name of ['continuing_subword_prefix', 'end_of_word_suffix']) {
    requireValue(model, 'model', name, [null, undefined, '']);
  }
  const ignoreMerges = flag(model, 'model', 'ignore_merges', false);
  const fuse = flag(model, 'model', 'fuse_unk', false);
  requireValue(asObject(file.decoder, 'decoder'), 'decoder', 'type', ['ByteLevel']);

  const ids = new Map<string, number>();
  for (const [token, id] of Object.entries(asObject(model.vocab, 'model.vocab')))
    ids.set(token, id as number);
  const inModel = new Map(ids);
  const addedTokens = addedTokensOf(file.added_tokens, ids);
  const { tokens, gaps } = inOrder(ids);

  const { unk_token: unknownToken = null } = model;
  const unknown = typeof unknownToken === 'string' ? inModel.get(unknownToken) : undefined;
  if (unknownToken !== null && unknown === undefined) {
    throw invalid(`model.unk_token: expected a token of the vocabulary, got ${showValue(unknownToken)}`);
  }
  const missing = CHARACTER_OF_BYTE.find((character) => !inModel.has(character));
  if (missing !== undefined) {
    // The library would leave such bytes out of the text without a word.
    if (unknown === undefined)
      throw invalid(`model.vocab: expected a token for every byte, none for ${missing}`);
    requireValue(model, 'model', 'byte_fallback', [false, undefined]);
  }

  const { vocab: _, merges: __, ...modelOptions } = model;
  return {
    parts: {
      tokens,
      merges: mergesOf(model.merges, inModel),
      specialTokens: addedTokens.filter(({ special }) => special).map(({ content }) => content),
    },
    settings: {
      addedTokens,
      outsideModel: new Set([...ids.keys()].filter((token) => !inModel.has(token))),
      gaps,
      normalize: normalizerOf(file.normalizer),
      split: splitterOf(file.pre_tokenizer),
      ignoreMerges,
      unknown: unknown === undefined ? undefined : { id: unknown, fuse },
      // A copy: what the caller does to its object later is nothing to this tokenizer.
      rest: structuredClone({ ...file, model: {}, added_tokens: [] }),
      modelRest: structuredClone({ ...modelOptions, vocab: {}, merges: [] }),
    },
  };
}

const PRE_TOKENIZERS = ['ByteLevel', 'Split', 'Digits'] as const;

/** The pieces of a text; `undefined` for those of GPT-2's pattern alone, for which there is a faster way. */
function splitterOf(value: unknown): Splitter | undefined {
  const parts = preTokenizerParts(value);
  const byteLevel = parts.findIndex(({ part }) => part.type === 'ByteLevel');
  if (byteLevel < 0) {
    const types = parts.map(({ part }) => part.type).join(', ');
    throw invalid(`pre_tokenizer.type: expected 'ByteLevel', got ${showValue(types)}; not supported`);
  }
  if (byteLevel < parts.length - 1) {
    // What follows would see bytes, not characters.
    throw invalid(`${parts[byteLevel + 1].path}: expected none after ByteLevel; not supported`);
  }
  const splitters = parts.flatMap((part) => splittersOf(part, PRE_TOKENIZERS));
  if (splitters.length === 1 && splitters[0] === gpt2) return undefined;
  return inSequence(splitters);
}

function mergesOf(value: unknown, ids: ReadonlyMap<string, number>): Merge[] {
  const merges = new Map<string, Merge>();
  asList(value, 'model.merges').forEach((item, rank) => {
    // "a b" in files of older libraries, ["a", "b"] in newer ones.
    const pair: unknown[] = typeof item === 'string' ? item.split(' ') : Array.isArray(item) ? item : [];
    const [left, right] = pair.map((token) => ids.get(token as string));
    const merged = ids.get(pair.join(''));
    if (pair.length !== 2 || left === undefined || right === undefined || merged === undefined) {
      throw invalid(
        `model.merges: expected two tokens whose merger is a token, got ${showValue(item)} at ${rank}`,
      );
    }
    // Of a pair that comes twice the last place counts, as in the library.
    const name = pair.join(' ');
    merges.delete(name);
    merges.set(name, { left, right, merged });
  });
  return [...merges.values()];
}

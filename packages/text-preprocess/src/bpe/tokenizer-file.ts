import { type SavedFields, savedFields, showValue } from '@throughtime/errors';
import { InvalidFormatError, readSaved } from '../errors.js';
import {
  checkPatternLength,
  type Finder,
  linearFinder,
  NonlinearPatternError,
} from '../tokenizers/linear-pattern.js';
import { type AddedToken, longestAddedToken, plainAddedToken } from './added-tokens.js';
import { CHARACTER_OF_BYTE } from './byte-alphabet.js';
import type { BpeParts, Merge } from './merges.js';
import { translateOniguruma, UntranslatablePattern } from './oniguruma.js';
import {
  inSequence,
  NORMALIZER_STEPS,
  type NormalizerStep,
  normalizer,
  SPLIT_BEHAVIORS,
  type SplitBehavior,
  type Splitter,
  splitter,
} from './pre-tokenizer.js';
import { PretokenScanner } from './pretokens.js';

/**
 * A `tokenizer.json` of Hugging Face's format, version 1.0, as far as byte-level BPE needs it.
 *
 * The format is theirs, and so is its version: it has no number and no migrations of ours. The decoder below reads what their
 * libraries have written so far (merges as "a b" or as ["a", "b"], fields that older files lack), whatever the file's `version`,
 * and refuses each part by name that it does not know. What does not change a text's ids (`truncation`, `padding`,
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
  const { addedTokens, outsideModel, gaps, rest, modelRest } = settings;
  const vocab: [string, number][] = [];
  tokens.forEach((token, id) => {
    if (!outsideModel.has(token) && !gaps.has(id)) vocab.push([token, id]);
  });
  // Assigning keeps the order of the fields as read.
  return {
    ...rest,
    added_tokens: addedTokens,
    model: {
      ...modelRest,
      type: 'BPE',
      vocab: Object.fromEntries(vocab),
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

  const steps = normalizerSteps(file.normalizer ?? null, 'normalizer');
  checkCount('normalizer', steps);
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
      normalize: steps.length === 0 ? undefined : normalizer(steps),
      split: splitterOf(file.pre_tokenizer),
      ignoreMerges,
      unknown: unknown === undefined ? undefined : { id: unknown, fuse },
      // A copy: what the caller does to its object later is nothing to this tokenizer.
      rest: structuredClone({ ...file, model: {}, added_tokens: [] }),
      modelRest: structuredClone({ ...modelOptions, vocab: {}, merges: [] }),
    },
  };
}

/** More than any tokenizer has had. Each goes over the whole text, and calls the next. */
const MOST_PARTS = 100;

function checkCount(path: string, parts: readonly unknown[]): void {
  if (parts.length > MOST_PARTS)
    throw invalid(`${path}: expected at most ${MOST_PARTS} parts, got ${parts.length}`);
}

function normalizerSteps(value: unknown, path: string): NormalizerStep[] {
  if (value === null) return [];
  const part = asObject(value, path);
  if (part.type === 'Sequence') {
    return asList(part.normalizers, `${path}.normalizers`).flatMap((step, i) =>
      normalizerSteps(step, `${path}.normalizers[${i}]`),
    );
  }
  requireValue(part, path, 'type', NORMALIZER_STEPS);
  return [part.type as NormalizerStep];
}

/** The pieces of a text; `undefined` for those of GPT-2's pattern alone, for which there is a faster way. */
function splitterOf(value: unknown): Splitter | undefined {
  const parts = preTokenizers(value, 'pre_tokenizer');
  checkCount('pre_tokenizer', parts);
  const byteLevel = parts.findIndex(({ part }) => part.type === 'ByteLevel');
  if (byteLevel < 0) {
    const types = parts.map(({ part }) => part.type).join(', ');
    throw invalid(`pre_tokenizer.type: expected 'ByteLevel', got ${showValue(types)}; not supported`);
  }
  if (byteLevel < parts.length - 1) {
    // What follows would see bytes, not characters.
    throw invalid(`${parts[byteLevel + 1].path}: expected none after ByteLevel; not supported`);
  }
  const splitters = parts.flatMap(({ part, path }) => splittersOf(part, path));
  if (splitters.length === 1 && splitters[0] === gpt2) return undefined;
  return inSequence(splitters);
}

function preTokenizers(value: unknown, path: string): { part: SavedFields; path: string }[] {
  const part = asObject(value, path);
  if (part.type !== 'Sequence') return [{ part, path }];
  const list = asList(part.pretokenizers, `${path}.pretokenizers`);
  return list.flatMap((item, i) => preTokenizers(item, `${path}.pretokenizers[${i}]`));
}

const gpt2: Splitter = (text, visit) => {
  const scanner = new PretokenScanner(text);
  while (scanner.next()) visit(text.slice(scanner.start, scanner.end));
};

const withPrefixSpace: Splitter = (text, visit) => visit(text.startsWith(' ') ? text : ` ${text}`);

function splittersOf(part: SavedFields, path: string): Splitter[] {
  requireValue(part, path, 'type', ['ByteLevel', 'Split', 'Digits']);
  switch (part.type) {
    case 'Digits': {
      const each = flag(part, path, 'individual_digits', false);
      return [splitter((text) => text.matchAll(/\p{N}/gu), each ? 'Isolated' : 'Contiguous', false)];
    }
    case 'Split': {
      const pattern = asObject(part.pattern, `${path}.pattern`);
      requireValue(part, path, 'behavior', SPLIT_BEHAVIORS);
      const invert = flag(part, path, 'invert', false);
      return [splitter(finderOf(pattern, `${path}.pattern`), part.behavior as SplitBehavior, invert)];
    }
    default: {
      const prefix = flag(part, path, 'add_prefix_space', undefined);
      return [...(prefix ? [withPrefixSpace] : []), ...(flag(part, path, 'use_regex', true) ? [gpt2] : [])];
    }
  }
}

function finderOf(pattern: SavedFields, path: string): Finder {
  const { String: text, Regex: regex } = pattern;
  if (typeof text === 'string' && text !== '') {
    requireShort(`${path}.String`, text);
    // linear: no repetition: a text, escaped
    const literal = new RegExp(escapeAll(text), 'gu');
    return (searched) => searched.matchAll(literal);
  }
  if (typeof regex !== 'string') throw invalid(`${path}: expected { String } or { Regex }`);
  try {
    checkPatternLength(regex);
    return linearFinder(translateOniguruma(regex));
  } catch (cause) {
    if (!(cause instanceof UntranslatablePattern || cause instanceof NonlinearPatternError)) throw cause;
    const problem = `${path}.Regex: expected an expression that JavaScript has too, got ${showValue(regex)}`;
    throw new InvalidFormatError('tokenizer.json', `${problem}: ${cause.message}; not supported`, { cause });
  }
}

function requireShort(path: string, text: string): void {
  if (text.length > longestAddedToken)
    throw invalid(`${path}: expected at most ${longestAddedToken} characters, got ${text.length}`);
}

function escapeAll(text: string): string {
  return Array.from(text, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`).join('');
}

const FLAGS = ['single_word', 'lstrip', 'rstrip', 'normalized', 'special'] as const;

/** The added tokens, after putting those that the vocabulary lacks in. */
function addedTokensOf(value: unknown, ids: Map<string, number>): AddedToken[] {
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
function inOrder(ids: ReadonlyMap<string, number>): { tokens: string[]; gaps: Set<number> } {
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

/** The value of a field that is true or false; `usual` where it is absent, or an error where it must not be. */
function flag(object: SavedFields, path: string, name: string, usual: boolean | undefined): boolean {
  const value = object[name] ?? usual;
  if (typeof value === 'boolean') return value;
  throw invalid(`${path}.${name}: expected true or false, got ${showValue(object[name])}`);
}

function requireValue(object: SavedFields, path: string, name: string, allowed: readonly unknown[]): void {
  if (allowed.includes(object[name])) return;
  const place = path === '' ? name : `${path}.${name}`;
  const known = allowed.filter((value) => value !== undefined && value !== null);
  const expected = allowed.includes(null)
    ? showValue(null)
    : known.map((value) => showValue(value)).join(', ');
  throw invalid(`${place}: expected ${expected}, got ${showValue(object[name])}; not supported`);
}

function asObject(value: unknown, name: string): SavedFields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as SavedFields;
  throw invalid(`${name}: expected an object`);
}

function asList(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(`${name}: expected an array`);
}

function invalid(problem: string): InvalidFormatError {
  return new InvalidFormatError('tokenizer.json', problem);
}

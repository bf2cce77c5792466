import { showValue } from '@throughtime/errors';
import { InvalidFormatError } from '../errors.js';
import { type Json, savedJson } from '../saved-json.js';
import { CHARACTER_OF_BYTE } from './byte-alphabet.js';
import type { BpeParts, Merge } from './merges.js';

/**
 * A `tokenizer.json` of Hugging Face's format, version 1.0, as far as byte-level BPE needs it.
 *
 * The format is theirs, and so is its version: it has no number and no migrations of ours. The decoder below reads what their
 * libraries have written so far (merges as "a b" or as ["a", "b"], fields that older files lack), whatever the file's `version`,
 * and refuses each part by name that it does not know.
 */
export interface TokenizerFile {
  readonly version: '1.0';
  readonly truncation: null;
  readonly padding: null;
  readonly added_tokens: readonly AddedToken[];
  readonly normalizer: null;
  readonly pre_tokenizer: ByteLevel;
  readonly post_processor: null;
  readonly decoder: ByteLevel;
  readonly model: BpeModel;
  readonly [more: string]: unknown;
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: false;
  readonly lstrip: false;
  readonly rstrip: false;
  readonly normalized: false;
  readonly special: true;
}

interface ByteLevel {
  readonly type: 'ByteLevel';
  readonly add_prefix_space: false;
  readonly trim_offsets: true;
  readonly use_regex: true;
}

interface BpeModel {
  readonly type: 'BPE';
  readonly dropout: null;
  readonly unk_token: null;
  readonly continuing_subword_prefix: null;
  readonly end_of_word_suffix: null;
  readonly fuse_unk: false;
  readonly byte_fallback: false;
  readonly ignore_merges: false;
  readonly vocab: Readonly<Record<string, number>>;
  readonly merges: readonly (readonly [string, string])[];
}

export function tokenizerFile({ tokens, merges, specialTokens }: BpeParts): TokenizerFile {
  const byteLevel: ByteLevel = {
    type: 'ByteLevel',
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: true,
  };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content) => ({
      id: tokens.indexOf(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map(({ left, right }) => [tokens[left], tokens[right]] as const),
    },
  };
}

/**
 * Checks a `tokenizer.json` and takes what makes up the encoding.
 * @throws InvalidFormatError naming what is wrong, or what this package does not do: encoding differently from the library that
 *   wrote the file would be worse than refusing it
 */
export function parseTokenizerFile(json: unknown): BpeParts {
  const file = savedJson(json, 'tokenizer.json');
  const model = asObject(file.model, 'model');
  if (model.type !== undefined) requireValue(model, 'model', 'type', ['BPE']);
  for (const name of ['truncation', 'padding', 'normalizer']) requireValue(file, '', name, [null, undefined]);
  for (const name of ['dropout', 'unk_token']) requireValue(model, 'model', name, [null, undefined]);
  for (const name of ['continuing_subword_prefix', 'end_of_word_suffix']) {
    requireValue(model, 'model', name, [null, undefined, '']);
  }
  for (const name of ['byte_fallback', 'ignore_merges'])
    requireValue(model, 'model', name, [false, undefined]);
  const preTokenizer = asObject(file.pre_tokenizer, 'pre_tokenizer');
  requireValue(preTokenizer, 'pre_tokenizer', 'type', ['ByteLevel']);
  requireValue(preTokenizer, 'pre_tokenizer', 'add_prefix_space', [false]);
  requireValue(preTokenizer, 'pre_tokenizer', 'use_regex', [true, undefined]);
  requireValue(asObject(file.decoder, 'decoder'), 'decoder', 'type', ['ByteLevel']);
  if (file.post_processor !== null && file.post_processor !== undefined) {
    requireValue(asObject(file.post_processor, 'post_processor'), 'post_processor', 'type', ['ByteLevel']);
  }

  const ids = new Map<string, number>();
  for (const [token, id] of Object.entries(asObject(model.vocab, 'model.vocab')))
    ids.set(token, id as number);
  const specialTokens = addedTokens(file.added_tokens, ids);
  const tokens = inOrder(ids);
  for (const character of CHARACTER_OF_BYTE) {
    if (!ids.has(character))
      throw invalid(`model.vocab: expected a token for every byte, none for ${character}`);
  }
  return { tokens, merges: mergesOf(model.merges, ids), specialTokens };
}

/** The added tokens' texts, after putting those that the vocabulary lacks in. */
function addedTokens(value: unknown, ids: Map<string, number>): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid('added_tokens: expected an array');
  return value.map((item: unknown) => {
    const token = asObject(item, 'added_tokens');
    const { content, id } = token;
    if (typeof content !== 'string' || content === '')
      throw invalid('added_tokens: expected texts as content');
    for (const name of ['single_word', 'lstrip', 'rstrip']) {
      requireValue(token, 'added_tokens', name, [false, undefined]);
    }
    if ((ids.get(content) ?? id) !== id) throw invalid(`added_tokens: ${content} has two ids`);
    ids.set(content, id as number);
    return content;
  });
}

/** The tokens in order of their ids, which must be 0, 1, 2 and so on. */
function inOrder(ids: ReadonlyMap<string, number>): string[] {
  const tokens = new Array<string>(ids.size);
  for (const [token, id] of ids) {
    if (!Number.isInteger(id) || id < 0 || id >= ids.size || tokens[id] !== undefined) {
      throw invalid(
        `model.vocab: expected the ids 0 to ${ids.size - 1}, once each; ${token} has ${String(id)}`,
      );
    }
    tokens[id] = token;
  }
  return tokens;
}

function mergesOf(value: unknown, ids: ReadonlyMap<string, number>): Merge[] {
  if (!Array.isArray(value)) throw invalid('model.merges: expected an array');
  const seen = new Set<string>();
  return value.map((item: unknown, rank) => {
    // "a b" in files of older libraries, ["a", "b"] in newer ones.
    const pair: unknown[] = typeof item === 'string' ? item.split(' ') : Array.isArray(item) ? item : [];
    const [left, right] = pair.map((token) => ids.get(token as string));
    const merged = ids.get(pair.join(''));
    if (pair.length !== 2 || left === undefined || right === undefined || merged === undefined) {
      throw invalid(
        `model.merges: expected two tokens whose merger is a token, got ${showValue(item)} at ${rank}`,
      );
    }
    const name = pair.join(' ');
    if (seen.has(name)) throw invalid(`model.merges: expected each pair once, got ${name} again at ${rank}`);
    seen.add(name);
    return { left, right, merged };
  });
}

function requireValue(object: Json, path: string, name: string, allowed: readonly unknown[]): void {
  if (allowed.includes(object[name])) return;
  const place = path === '' ? name : `${path}.${name}`;
  throw invalid(`${place}: expected ${showValue(allowed[0])}, got ${showValue(object[name])}; not supported`);
}

function asObject(value: unknown, name: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw invalid(`${name}: expected an object`);
}

function invalid(problem: string): InvalidFormatError {
  return new InvalidFormatError('tokenizer.json', problem);
}

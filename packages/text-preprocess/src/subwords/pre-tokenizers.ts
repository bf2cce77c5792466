import { type SavedFields, showValue } from '@throughtime/errors';
import { PretokenScanner } from '../bpe/pretokens.js';
import { asList, asObject, checkCount, flag, invalid, requireValue } from './fields.js';
import { patternFinder } from './pattern-finder.js';
import { SPLIT_BEHAVIORS, type SplitBehavior, type Splitter, splitter } from './splitter.js';

/** A part of a file's `pre_tokenizer`, and where it stands. */
export interface PreTokenizerPart {
  readonly part: SavedFields;
  readonly path: string;
}

/** The parts of a file's `pre_tokenizer`, sequences within sequences laid out; none for null. */
export function preTokenizerParts(value: unknown): PreTokenizerPart[] {
  const parts = value === null || value === undefined ? [] : partsOf(value, 'pre_tokenizer');
  checkCount('pre_tokenizer', parts);
  return parts;
}

function partsOf(value: unknown, path: string): PreTokenizerPart[] {
  const part = asObject(value, path);
  if (part.type !== 'Sequence') return [{ part, path }];
  const list = asList(part.pretokenizers, `${path}.pretokenizers`);
  return list.flatMap((item, i) => partsOf(item, `${path}.pretokenizers[${i}]`));
}

/** The pieces of GPT-2's pattern. */
export const gpt2: Splitter = (text, visit) => {
  const scanner = new PretokenScanner(text);
  while (scanner.next()) visit(text.slice(scanner.start, scanner.end));
};

const withPrefixSpace: Splitter = (text, visit) => visit(text.startsWith(' ') ? text : ` ${text}`);

/** Words, and each mark of punctuation, without white space: BERT's pieces. */
export const bertPieces: Splitter = (text, visit) => {
  for (const [piece] of text.matchAll(/[^\p{White_Space}\p{P}$+<=>^`|~]+|[\p{P}$+<=>^`|~]/gu)) visit(piece);
};

/** What part of a pre-tokenizer does, one after the other. `known`: the types that the model at hand may have. */
export function splittersOf({ part, path }: PreTokenizerPart, known: readonly string[]): Splitter[] {
  requireValue(part, path, 'type', known);
  switch (part.type) {
    case 'Digits': {
      const each = flag(part, path, 'individual_digits', false);
      return [splitter((text) => text.matchAll(/\p{N}/gu), each ? 'Isolated' : 'Contiguous', false)];
    }
    case 'Split': {
      const find = patternFinder(asObject(part.pattern, `${path}.pattern`), `${path}.pattern`);
      return [splitter(find, behaviorOf(part, path), flag(part, path, 'invert', false))];
    }
    case 'BertPreTokenizer':
      return [bertPieces];
    case 'Punctuation': {
      const behavior = part.behavior === undefined ? 'Isolated' : behaviorOf(part, path);
      return [splitter((text) => text.matchAll(/[\p{P}$+<=>^`|~]/gu), behavior, false)];
    }
    case 'Whitespace':
      return [splitter((text) => text.matchAll(WORDS), 'Removed', true)];
    case 'WhitespaceSplit':
      return [splitter((text) => text.matchAll(/\p{White_Space}/gu), 'Removed', false)];
    case 'Metaspace':
      return [metaspaceSplitter(metaspaceOf(part, path))];
    default: {
      const prefix = flag(part, path, 'add_prefix_space', undefined);
      return [...(prefix ? [withPrefixSpace] : []), ...(flag(part, path, 'use_regex', true) ? [gpt2] : [])];
    }
  }
}

/** `\w+|[^\w\s]+` as Rust reads it. */
const WORDS =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;

function behaviorOf(part: SavedFields, path: string): SplitBehavior {
  requireValue(part, path, 'behavior', SPLIT_BEHAVIORS);
  return part.behavior as SplitBehavior;
}

/** Blanks written as a character of their own, which begins each word. */
export interface Metaspace {
  readonly replacement: string;
  /** Whether a piece that does not begin with a blank gets one. */
  readonly prepend: boolean;
  /** Whether pieces end before each blank. */
  readonly split: boolean;
}

/** The settings of a Metaspace, of a pre-tokenizer or a decoder. */
export function metaspaceOf(part: SavedFields, path: string): Metaspace {
  const { replacement = '▁', prepend_scheme: scheme } = part;
  if (typeof replacement !== 'string' || [...replacement].length !== 1)
    throw invalid(`${path}.replacement: expected a character, got ${showValue(replacement)}`);
  if (scheme !== undefined) requireValue(part, path, 'prepend_scheme', ['always', 'never']);
  // Files of older libraries have the flag.
  const prepend = scheme === undefined ? flag(part, path, 'add_prefix_space', true) : scheme === 'always';
  return { replacement, prepend, split: flag(part, path, 'split', true) };
}

function metaspaceSplitter({ replacement, prepend, split }: Metaspace): Splitter {
  return (text, visit) => {
    const replaced = text.replaceAll(' ', replacement);
    const piece = prepend && !replaced.startsWith(replacement) ? replacement + replaced : replaced;
    if (!split) return visit(piece);
    let start = 0;
    while (start < piece.length) {
      const next = piece.indexOf(replacement, start + 1);
      const end = next < 0 ? piece.length : next;
      visit(piece.slice(start, end));
      start = end;
    }
  };
}

import {
  ArgumentError,
  type Check,
  checkOptions,
  either,
  exactly,
  list,
  number,
  type OptionChecks,
  oneOf,
  text,
  whole,
  withMethods,
} from '@throughtime/errors';
import { InvalidTokenIdError, UnknownTokenError } from '../errors.js';
import { isHighSurrogate } from '../tokenizers/surrogates.js';
import { TokenCounts } from './token-counts.js';
import {
  parseVocabularyJson,
  VOCABULARY_FORMAT,
  VOCABULARY_VERSION,
  type VocabularyJson,
} from './vocabulary-json.js';

/**
 * In which order tokens get their ids:
 *
 * - `'frequency'`: most frequent first, ties in order of first occurrence (D2L 0.14 to 0.17);
 * - `'frequency-alphabetical'`: most frequent first, ties in alphabetical order (D2L 0.7, the Penn Treebank readers);
 * - `'alphabetical'`: by code points, as Python sorts (D2L 1.0).
 */
export type VocabularyOrder = 'frequency' | 'frequency-alphabetical' | 'alphabetical';

/** Which tokens of a text get an id, and which id. */
export interface VocabularyOptions {
  /** Tokens that occur less often are left out. Default 1: every token that occurs. */
  readonly minFrequency?: number;
  /** The most entries the vocabulary may have, unknown and reserved tokens included; the rarest go. Default: no limit. */
  readonly maxSize?: number;
  /** In which order tokens get their ids. Default `'frequency'`: short ids for frequent tokens, as most models expect. */
  readonly order?: VocabularyOrder;
  /**
   * The token that stands for every token left out; `null` for none, then encoding such a token throws. Default `'<unk>'`.
   */
  readonly unknown?: string | null;
  /** Tokens that are always in, whether they occur or not, such as `['<pad>', '<bos>', '<eos>']`. Default: none. */
  readonly reserved?: readonly string[];
  /**
   * Where the unknown token and the reserved ones go. `'first'`: ids from 0, the unknown token before the others unless it
   * is among `reserved` itself. `'sorted'`: among the rest, as `order` has it. Default: `'sorted'` for the alphabetical
   * order, `'first'` for the others, as the chapter's editions do.
   */
  readonly specials?: 'first' | 'sorted';
}

const listChecks = { unknown: either(text, exactly(null)), reserved: list(text) };

const sizeChecks: OptionChecks<Omit<VocabularyOptions, 'minFrequency'>> = {
  ...listChecks,
  maxSize: either(whole({ from: 1 }), exactly(Number.POSITIVE_INFINITY)),
  order: oneOf(['frequency', 'frequency-alphabetical', 'alphabetical']),
  specials: oneOf(['first', 'sorted']),
};

const frequency = number({ from: 0 });

const vocabularyChecks: OptionChecks<VocabularyOptions> = { ...sizeChecks, minFrequency: frequency };

interface VocabularyParts {
  readonly tokens: readonly string[];
  readonly counts: readonly number[];
  readonly unknown: string | null;
  readonly reserved: readonly string[];
}

/**
 * A list of distinct tokens; a token's place in it is its id. It never changes once made.
 *
 * @example
 * ```ts
 * import { charTokenizer, Vocabulary } from '@throughtime/text-preprocess';
 * const tokens = charTokenizer().tokenize('to be or not to be');
 * const vocabulary = Vocabulary.fromTokens(tokens);
 * const ids = vocabulary.encode(tokens); // Int32Array, one id per character
 * vocabulary.decode(ids).join(''); // 'to be or not to be'
 * ```
 */
export class Vocabulary {
  /** The tokens, in order of their ids. */
  readonly tokens: readonly string[];
  /** The token that stands for those left out, or `null`. */
  readonly unknown: string | null;
  /** The id of {@link unknown}, or `null`. */
  readonly unknownId: number | null;
  /** The reserved tokens, as given. */
  readonly reserved: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #counts: readonly number[];

  private constructor({ tokens, counts, unknown, reserved }: VocabularyParts) {
    this.tokens = tokens;
    this.unknown = unknown;
    this.reserved = reserved;
    this.#counts = counts;
    const ids = new Map<string, number>();
    for (let id = 0; id < tokens.length; id++) ids.set(tokens[id], id);
    this.#ids = ids;
    this.unknownId = unknown === null ? null : ids.get(unknown)!;
  }

  /**
   * The vocabulary of a corpus given as its tokens.
   * @throws ArgumentError when an option is out of range
   */
  static fromTokens(tokens: Iterable<string>, options: VocabularyOptions = {}): Vocabulary {
    return Vocabulary.fromCounts(TokenCounts.of(tokens), options);
  }

  /**
   * The vocabulary of a corpus whose tokens are counted.
   * @throws ArgumentError when an option is out of range
   */
  static fromCounts(counts: TokenCounts, options: VocabularyOptions = {}): Vocabulary {
    tokenCounts('counts', counts);
    checkOptions<VocabularyOptions>(options, vocabularyChecks);
    const {
      minFrequency = 1,
      maxSize = Number.POSITIVE_INFINITY,
      order = 'frequency',
      unknown = '<unk>',
      reserved = [],
      specials: placement = order === 'alphabetical' ? 'sorted' : 'first',
    } = options;
    const compare = comparators[order];
    const repeated = reserved.find((token, i) => reserved.indexOf(token) !== i);
    if (repeated !== undefined) throw new ArgumentError('reserved', 'each token once', repeated);
    const specials = specialTokens(unknown, reserved);
    if (maxSize < specials.length) {
      throw new ArgumentError(
        'maxSize',
        `at least ${specials.length} (the unknown and reserved tokens)`,
        maxSize,
      );
    }

    const special = new Set(specials);
    const frequent: [token: string, count: number][] = [];
    const ofSpecials = new Map(specials.map((token) => [token, 0]));
    for (const entry of counts) {
      if (special.has(entry[0])) ofSpecials.set(...entry);
      else if (entry[1] >= minFrequency) frequent.push(entry);
    }
    // The rarest go, whatever the order of ids is to be.
    const kept =
      frequent.length + specials.length <= maxSize
        ? frequent
        : frequent
            .sort(comparators[order === 'alphabetical' ? 'frequency' : order])
            .slice(0, maxSize - specials.length);
    const entries =
      placement === 'first' ? [...ofSpecials, ...kept.sort(compare)] : [...ofSpecials, ...kept].sort(compare);
    return new Vocabulary({
      tokens: entries.map(([token]) => token),
      counts: entries.map(([, count]) => count),
      unknown,
      reserved: [...reserved],
    });
  }

  /**
   * A vocabulary of given tokens in the given order, such as one made by another program. By default it has no unknown token.
   * @throws ArgumentError when a token comes twice, or the unknown one is not among them
   */
  static fromList(
    tokens: Iterable<string>,
    options: Pick<VocabularyOptions, 'unknown' | 'reserved'> = {},
  ): Vocabulary {
    checkOptions<Pick<VocabularyOptions, 'unknown' | 'reserved'>>(options, listChecks);
    const { unknown = null, reserved = [] } = options;
    const list = [...tokens];
    const distinct = new Set<string>();
    for (const token of list) {
      if (distinct.has(token)) throw new ArgumentError('tokens', 'each token once', token);
      distinct.add(token);
    }
    for (const token of specialTokens(unknown, reserved)) {
      if (!distinct.has(token))
        throw new ArgumentError(token === unknown ? 'unknown' : 'reserved', 'one of the tokens', token);
    }
    return new Vocabulary({ tokens: list, counts: list.map(() => 0), unknown, reserved: [...reserved] });
  }

  /**
   * The vocabulary that {@link toJSON} saved, from the parsed value or from its text.
   * @throws InvalidFormatError when it is damaged or something else
   */
  static fromJSON(json: unknown): Vocabulary {
    return new Vocabulary(parseVocabularyJson(json));
  }

  /** The number of entries. */
  get size(): number {
    return this.tokens.length;
  }

  /** Whether `token` has an id of its own. */
  has(token: string): boolean {
    return this.#ids.has(token);
  }

  /**
   * The id of `token`, or of the unknown token in its place.
   * @throws UnknownTokenError when the vocabulary has neither
   */
  idOf(token: string): number {
    const id = this.#ids.get(token) ?? this.unknownId;
    if (id === null) throw new UnknownTokenError(token);
    return id;
  }

  /** @throws InvalidTokenIdError when there is no such id */
  tokenOf(id: number): string {
    const token = this.tokens[id];
    if (token === undefined) throw new InvalidTokenIdError(id, this.size);
    return token;
  }

  /** How often the token with this id occurred in the corpus; 0 for a vocabulary from a list. */
  countOf(id: number): number {
    const count = this.#counts[id];
    if (count === undefined) throw new InvalidTokenIdError(id, this.size);
    return count;
  }

  /**
   * The ids of `tokens`; the unknown token's for those not in the vocabulary.
   * @throws UnknownTokenError when a token is not in a vocabulary without unknown token
   */
  encode(tokens: Iterable<string>): Int32Array {
    const list: readonly string[] = Array.isArray(tokens) ? tokens : [...tokens];
    const ids = new Int32Array(list.length);
    for (let i = 0; i < list.length; i++) ids[i] = this.#ids.get(list[i]) ?? this.idOf(list[i]);
    return ids;
  }

  /**
   * The tokens of `ids`. A tokenizer's `detokenize` makes text of them.
   * @throws InvalidTokenIdError when an id is not in the vocabulary
   */
  decode(ids: Iterable<number>): string[] {
    return Array.from(ids, (id) => this.tokenOf(id));
  }

  /**
   * The share of `tokens` that the vocabulary does not hold, from 0 to 1; `NaN` when there are none. The unknown token itself,
   * where a corpus already has it in place of rare words, counts as not held.
   */
  outOfVocabularyRate(tokens: Iterable<string>): number {
    let total = 0;
    let missing = 0;
    for (const token of tokens) {
      total++;
      if (token === this.unknown || !this.has(token)) missing++;
    }
    return missing / total;
  }

  /** The contents of `vocabulary.json` in a model directory. */
  toJSON(): VocabularyJson {
    return {
      format: VOCABULARY_FORMAT,
      version: VOCABULARY_VERSION,
      unknown: this.unknown,
      reserved: this.reserved,
      tokens: this.tokens,
      counts: this.#counts,
    };
  }
}

/** The check of an argument that must be a {@link Vocabulary}. */
export const vocabularyCheck: Check<Vocabulary> = /* @__PURE__ */ withMethods<Vocabulary>('a Vocabulary', [
  'encode',
  'decode',
  'idOf',
  'tokenOf',
]);

/**
 * How large the vocabulary would be at each minimum frequency, unknown and reserved tokens included: the table to choose a
 * cut-off from.
 * @throws ArgumentError when an option is out of range
 */
export function vocabularySizes(
  counts: TokenCounts,
  minFrequencies: readonly number[],
  options: Omit<VocabularyOptions, 'minFrequency'> = {},
): number[] {
  tokenCounts('counts', counts);
  list(frequency)('minFrequencies', minFrequencies);
  checkOptions<Omit<VocabularyOptions, 'minFrequency'>>(options, sizeChecks);
  return Array.from(
    minFrequencies,
    (minFrequency) => Vocabulary.fromCounts(counts, { ...options, minFrequency }).size,
  );
}

/** Tokens themselves are no counts: each would be taken for an entry. */
const tokenCounts = /* @__PURE__ */ withMethods<TokenCounts>(
  'TokenCounts, as countTokens or TokenCounts.of(tokens) makes them',
  ['add', 'frequencies'],
);

/** The unknown token first, unless it has its own place among the reserved ones (D2L 0.7: pad, bos, eos, unk). */
function specialTokens(unknown: string | null, reserved: readonly string[]): string[] {
  return unknown === null || reserved.includes(unknown) ? [...reserved] : [unknown, ...reserved];
}

type Entry = readonly [token: string, count: number];

/** How each order compares two entries; a stable sort leaves ties in order of first occurrence. */
const comparators: Readonly<Record<VocabularyOrder, (a: Entry, b: Entry) => number>> = {
  frequency: (a, b) => b[1] - a[1],
  'frequency-alphabetical': (a, b) => b[1] - a[1] || compareCodePoints(a[0], b[0]),
  alphabetical: (a, b) => compareCodePoints(a[0], b[0]),
};

/** Compares by code points; JavaScript's own order, by UTF-16 units, puts emoji before U+E000..U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    // A high surrogate shared by both may begin a pair in one and stand alone in the other.
    const start = i > 0 && isHighSurrogate(a.charCodeAt(i - 1)) ? i - 1 : i;
    return a.codePointAt(start)! - b.codePointAt(start)! || a.codePointAt(i)! - b.codePointAt(i)!;
  }
  return a.length - b.length;
}

import { checkOptions, instance, type OptionChecks, oneOf, required } from '@throughtime/errors';
import { requireText } from '../require-text.js';
import { type Detokenizer, detokenizeAll, joining, separating } from './detokenizer.js';
import { type Finder, linearFinder } from './linear-pattern.js';
import type { Tokenizer, TokenizerJson } from './tokenizer.js';

/** Options of {@link regexTokenizer}. */
export interface RegexTokenizerOptions {
  /** What to look for. Give it the `u` or `v` flag, or it sees halves of surrogate pairs; `g` and `y` make no difference. */
  readonly pattern: RegExp;
  /** Whether its matches are the tokens (default) or stand between them. */
  readonly matches?: 'tokens' | 'separators';
  /**
   * What becomes of the text that is no token by `matches`. `'drop'` (default): detokenizing puts single spaces. `'keep'`: each
   * stretch of it is a token too, and the text comes back exactly.
   */
  readonly rest?: 'drop' | 'keep';
  /**
   * What the pattern is applied to. `'text'` (default): all of it, so a stream is held in memory whole, since no one can tell
   * where an arbitrary pattern stops looking. `'line'`: each line with its `\n` by itself; streams are cut at line ends.
   */
  readonly scope?: 'text' | 'line';
}

const regexChecks: OptionChecks<RegexTokenizerOptions> = {
  pattern: required(instance(RegExp, 'a regular expression')),
  matches: oneOf(['tokens', 'separators']),
  rest: oneOf(['drop', 'keep']),
  scope: oneOf(['text', 'line']),
};

/**
 * Tokens by a regular expression. Keeps every character only with `rest: 'keep'`. An empty match is no token.
 * @throws ArgumentError when an option is out of range
 */
export function regexTokenizer(options: RegexTokenizerOptions): Tokenizer {
  checkOptions<RegexTokenizerOptions>(options, regexChecks);
  const { pattern, matches = 'tokens', rest = 'drop', scope = 'text' } = options;
  const own = globalCopy(pattern);
  return new RegexTokenizer({ pattern: own, matches, rest, scope }, (text) => text.matchAll(own));
}

/**
 * The same for a pattern that comes from a file: it is matched in linear time, whatever it is.
 * @throws ArgumentError when an option is out of range; NonlinearPatternError
 */
export function savedRegexTokenizer(options: RegexTokenizerOptions): Tokenizer {
  checkOptions<RegexTokenizerOptions>(options, regexChecks);
  const { pattern, matches = 'tokens', rest = 'drop', scope = 'text' } = options;
  const own = globalCopy(pattern);
  return new RegexTokenizer({ pattern: own, matches, rest, scope }, linearFinder(own));
}

/** A copy, since the position that a global pattern keeps is the caller's. */
function globalCopy(pattern: RegExp): RegExp {
  // linear: the caller's own, or matched by a linearFinder
  return new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`);
}

class RegexTokenizer implements Tokenizer {
  readonly type = 'regex';
  readonly #pattern: RegExp;
  readonly #find: Finder;
  readonly #options: Required<RegexTokenizerOptions>;

  constructor(options: Required<RegexTokenizerOptions>, find: Finder) {
    this.#pattern = options.pattern;
    this.#find = find;
    this.#options = options;
  }

  tokenize(text: string): string[] {
    requireText(text);
    const tokens: string[] = [];
    const pieces = this.#options.scope === 'line' ? text.split(/(?<=\n)/) : [text];
    for (const piece of pieces) this.#tokenizePiece(piece, tokens);
    return tokens;
  }

  detokenize(tokens: Iterable<string>): string {
    return detokenizeAll(tokens, this.detokenizer());
  }

  detokenizer(): Detokenizer {
    return this.#options.rest === 'keep' ? joining() : separating(() => ' ');
  }

  splitPoint(text: string): number {
    return this.#options.scope === 'line' ? text.lastIndexOf('\n') + 1 : 0;
  }

  toJSON(): TokenizerJson {
    const { matches, rest, scope } = this.#options;
    return {
      type: this.type,
      source: this.#pattern.source,
      flags: this.#pattern.flags,
      matches,
      rest,
      scope,
    };
  }

  #tokenizePiece(piece: string, tokens: string[]): void {
    const { matches, rest } = this.#options;
    const keepsMatches = matches === 'tokens' || rest === 'keep';
    const keepsGaps = matches === 'separators' || rest === 'keep';
    let end = 0;
    for (const match of this.#find(piece)) {
      if (match[0] === '') continue;
      if (keepsGaps && match.index > end) tokens.push(piece.slice(end, match.index));
      if (keepsMatches) tokens.push(match[0]);
      end = match.index + match[0].length;
    }
    if (keepsGaps && end < piece.length) tokens.push(piece.slice(end));
  }
}

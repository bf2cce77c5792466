import { whiteSpace } from '../cleaning/whitespace.js';

/** A regular expression that means something else in JavaScript, or that this package does not translate. */
export class UntranslatablePattern extends Error {
  override name = 'UntranslatablePattern';
}

/** What Oniguruma's `\w` has, as the inside of a class: six numbers of Latin-1 too. */
const WORD = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}²³¹¼½¾`;
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7, e: 27 };
/** Neighbors that Oniguruma takes together for one character where case does not count: `ss` is also `ß`. */
const FOLDED_PAIRS = /ss|ff|fi|fl|st|i\u0307|j\u030c|h\u0331|t\u0308|w\u030a|y\u030a|a\u02be|\u02bcn/i;
/** Groups within groups, and quantifiers of what is quantified: each takes a few frames of the call stack. */
const DEEPEST = 100;

/**
 * The JavaScript expression (flags `gu`) that finds the same as one written for Oniguruma, whose syntax the patterns of
 * `tokenizer.json` files have: `\s` is Unicode's White_Space, `.` is everything but a line feed, `^` and `$` are the ends of
 * lines, `++` is possessive, `(?i:...)` lets case not count. Takes time proportional to the pattern's length.
 * @throws UntranslatablePattern naming the part that has no translation
 */
export function translateOniguruma(pattern: string): RegExp {
  const source = new Translator(pattern).translate();
  try {
    // linear: only compiled; whoever uses it takes a linearFinder
    return new RegExp(source, 'gu');
  } catch (cause) {
    throw new UntranslatablePattern('no regular expression', { cause });
  }
}

class Translator {
  readonly #pattern: string;
  /** In units of the string. */
  #position = 0;
  #atomics = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  translate(): string {
    const source = this.#alternatives(false);
    if (this.#position < this.#pattern.length) this.#refuse(')');
    return source;
  }

  /** Alternatives up to a closing parenthesis or the end. */
  #alternatives(ignoreCase: boolean): string {
    if (++this.#depth > DEEPEST) this.#refuse(`more than ${DEEPEST} groups within groups`);
    let source = '';
    // The letter before, to find two that fold together.
    let literal = '';
    let isFirst = true;
    while (this.#position < this.#pattern.length && this.#peek() !== ')') {
      const character = this.#next();
      if (character === '|') {
        source += '|';
        literal = '';
        isFirst = false;
        continue;
      }
      if (character === '(' && this.#rest(3) === '?i)') {
        // In the middle it would hold for what is left of all alternatives.
        if (!isFirst) this.#refuse('(?i) that does not stand at the start');
        this.#position += 3;
        const rest = this.#alternatives(true);
        this.#depth--;
        return source + rest;
      }
      isFirst = false;
      const atom = this.#atom(character, ignoreCase);
      if (atom === '') continue;
      const quantified = this.#quantified(atom);
      const single = /^\[(.)|^(\p{L}|\p{M})$/u.exec(quantified);
      const letter = single === null ? '' : (single[2] ?? single[1]);
      if (ignoreCase && FOLDED_PAIRS.test(literal + letter))
        this.#refuse(`(?i:${literal}${letter}), which one character may match`);
      literal = letter;
      source += quantified;
    }
    this.#depth--;
    return source;
  }

  #atom(character: string, ignoreCase: boolean): string {
    switch (character) {
      case '(':
        return this.#group(ignoreCase);
      case '[':
        return this.#class(ignoreCase);
      case '.':
        return '[^\\n]';
      case '^':
        return '(?<![^\\n])';
      case '$':
        return '(?![^\\n])';
      case '\\':
        return this.#escape(ignoreCase);
      case '*':
      case '+':
      case '?':
        return this.#refuse(`${character} with nothing before it`);
      default:
        return this.#literal(character.codePointAt(0)!, ignoreCase);
    }
  }

  #group(ignoreCase: boolean): string {
    let open = '(?:';
    let inner = ignoreCase;
    let isAtomic = false;
    if (this.#peek() === '?') {
      this.#position++;
      const kind = this.#here(/(?:#|[:=!>]|<[=!]|<[A-Za-z_]\w*>|i:|-i:)/y)?.[0];
      if (kind === undefined) this.#refuse(`(?${this.#rest(2)}`);
      this.#position += kind.length;
      if (kind === '#') {
        while (this.#next() !== ')');
        return '';
      }
      if (kind === 'i:' || kind === '-i:') inner = kind === 'i:';
      else if (kind === '>') isAtomic = true;
      else if (kind !== ':' && !kind.endsWith('>')) open = `(?${kind}`;
    }
    const body = this.#alternatives(inner);
    if (this.#next() !== ')') this.#refuse('a group without end');
    return isAtomic ? this.#atomic(body) : `${open}${body})`;
  }

  /** What matches as `body` does and gives nothing back: JavaScript's lookaheads do not. */
  #atomic(body: string): string {
    const name = `atomic${this.#atomics++}`;
    return `(?:(?=(?<${name}>${body}))\\k<${name}>)`;
  }

  #quantified(atom: string): string {
    const character = this.#peek();
    let quantifier = '';
    let isInterval = false;
    if (character === '*' || character === '+' || character === '?') {
      this.#position++;
      quantifier = character;
    } else if (character === '{') {
      const interval = this.#here(/\{(\d*)(?:(,)(\d*))?\}/y);
      // Anything else in braces is text.
      if (interval === null) return atom;
      const [, least, comma = '', most = ''] = interval;
      if (least === '' && most === '') return atom;
      this.#position += interval[0].length;
      isInterval = true;
      quantifier = `{${least || '0'}${comma}${most}}`;
    }
    if (quantifier === '') return atom;
    let quantified = atom + quantifier;
    const mode = this.#peek();
    if (mode === '?') {
      if (isInterval && !quantifier.includes(',')) this.#refuse(`${quantifier}?`);
      this.#position++;
      quantified += '?';
    } else if (mode === '+' && !isInterval) {
      this.#position++;
      quantified = this.#atomic(quantified);
    }
    const more = this.#peek();
    // A quantifier of what is quantified, such as the + of {1,3}+, which is not possessive.
    if (!['*', '+', '?', '{'].includes(more)) return quantified;
    if (++this.#depth > DEEPEST) this.#refuse(`more than ${DEEPEST} quantifiers in a row`);
    const all = this.#quantified(`(?:${quantified})`);
    this.#depth--;
    return all;
  }

  /** What follows a backslash outside a class. */
  #escape(ignoreCase: boolean): string {
    const character = this.#next();
    switch (character) {
      case 'b':
        return `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`;
      case 'B':
        return `(?:(?<=[${WORD}])(?=[${WORD}])|(?<![${WORD}])(?![${WORD}]))`;
      case 'A':
        return String.raw`(?<![\s\S])`; // whitespace: JavaScript's, as half of everything
      case 'z':
        return String.raw`(?![\s\S])`; // whitespace: JavaScript's, as half of everything
      case 'Z':
        return String.raw`(?=\n?(?![\s\S]))`; // whitespace: JavaScript's, as half of everything
      default:
        this.#position -= character.length;
        return this.#classEscape(ignoreCase, false);
    }
  }

  /** A class: what stands between brackets. */
  #class(ignoreCase: boolean): string {
    let open = '[';
    if (this.#peek() === '^') {
      this.#position++;
      open += '^';
    }
    // Once each: JavaScript's engine takes milliseconds to put one like \p{Alphabetic} to the others.
    const members = new Set<string>();
    let isFirst = true;
    for (; this.#peek() !== ']' || isFirst; isFirst = false) {
      if (this.#position >= this.#pattern.length) this.#refuse('[ without ]');
      if (this.#peek() === '[') this.#refuse('a class within a class');
      if (this.#rest(2) === '&&') this.#refuse('&& in a class');
      if (this.#peek() === ']') this.#refuse('] at the start of a class');
      const first = this.#member(ignoreCase);
      if (this.#peek() !== '-' || this.#rest(2) === '-]' || first.code === undefined) {
        members.add(first.source);
        continue;
      }
      this.#position++;
      const last = this.#member(ignoreCase);
      if (last.code === undefined || last.code < first.code) this.#refuse('a range with such ends');
      members.add(
        rangeSource(first.code, last.code, ignoreCase, () => this.#refuse('(?i) with letters beyond ASCII')),
      );
    }
    this.#position++;
    return `${open}${[...members].join('')}]`;
  }

  /** One member of a class, with its code point where it is one character. */
  #member(ignoreCase: boolean): { source: string; code?: number } {
    if (this.#peek() !== '\\') {
      const code = this.#next().codePointAt(0)!;
      return { code, source: this.#memberSource(code, ignoreCase) };
    }
    this.#position++;
    const start = this.#position;
    const code = this.#escapedCode();
    if (code !== undefined) return { code, source: this.#memberSource(code, ignoreCase) };
    this.#position = start;
    return { source: this.#classEscape(ignoreCase, true) };
  }

  #memberSource(code: number, ignoreCase: boolean): string {
    return rangeSource(code, code, ignoreCase, () => this.#refuse('(?i) with letters beyond ASCII'));
  }

  /** What follows a backslash: a kind of characters, or one character. */
  #classEscape(ignoreCase: boolean, isInClass: boolean): string {
    const start = this.#position;
    const character = this.#next();
    const within = (inside: string) => (isInClass ? inside : `[${inside}]`);
    switch (character) {
      case 's':
        return within(whiteSpace.unicode.inClass);
      case 'S':
        return within(whiteSpace.unicode.othersInClass);
      case 'd':
        return '\\p{Nd}';
      case 'D':
        return '\\P{Nd}';
      case 'w':
        return within(WORD);
      case 'W':
        if (isInClass) this.#refuse('\\W in a class');
        return `[^${WORD}]`;
      case 'h':
        return within('0-9a-fA-F');
      case 'p':
      case 'P':
        return this.#property(character, ignoreCase);
      default: {
        this.#position = start;
        const code = this.#escapedCode();
        if (code === undefined) this.#refuse(`\\${character}`);
        return this.#literal(code, ignoreCase);
      }
    }
  }

  #property(letter: string, ignoreCase: boolean): string {
    const property = this.#here(/\{(\^?)([A-Za-z_]+)\}/y);
    if (property === null) this.#refuse(`\\${letter} without a name`);
    const [whole, negation, name] = property;
    if (ignoreCase && /^(?:L[ult]|Lowercase|Uppercase|Titlecase)/i.test(name))
      this.#refuse(`(?i) with \\p{${name}}`);
    this.#position += whole.length;
    const isNegated = (letter === 'P') !== (negation === '^');
    for (const value of [`gc=${name}`, `Script=${name}`]) {
      const source = `\\${isNegated ? 'P' : 'p'}{${value}}`;
      if (isPattern(source)) return source;
    }
    return this.#refuse(`\\p{${name}}`);
  }

  /** The code point of an escape that stands for one character, or `undefined`. */
  #escapedCode(): number | undefined {
    const character = this.#next();
    const control = CONTROLS[character];
    if (control !== undefined) return control;
    if (character === 'x' || character === 'u') {
      const digits = this.#here(
        character === 'x' ? /(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/y : /()([0-9A-Fa-f]{4})/y,
      );
      if (digits === null) this.#refuse(`\\${character} without digits`);
      const code = Number.parseInt(digits[1] || digits[2], 16);
      // \xE9 is a byte there, not a character.
      if (character === 'x' && !digits[1] && code > 0x7f) this.#refuse(`\\x${digits[2]}, a byte`);
      this.#position += digits[0].length;
      return code;
    }
    return /[A-Za-z0-9]/.test(character) ? undefined : character.codePointAt(0)!;
  }

  #literal(code: number, ignoreCase: boolean): string {
    const source = this.#memberSource(code, ignoreCase);
    return source.length > 1 && !source.startsWith('\\') ? `[${source}]` : source;
  }

  /** The next character, or nothing at the end. */
  #peek(): string {
    const code = this.#pattern.codePointAt(this.#position);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  /** The next units. */
  #rest(length: number): string {
    return this.#pattern.slice(this.#position, this.#position + length);
  }

  /** A sticky pattern's match at the position; what is behind it is not looked at. */
  #here(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.#position;
    return sticky.exec(this.#pattern);
  }

  #next(): string {
    const character = this.#peek();
    if (character === '') this.#refuse('an end in the middle');
    this.#position += character.length;
    return character;
  }

  #refuse(what: string): never {
    throw new UntranslatablePattern(what);
  }
}

/** The members of a class from one code point to another, and where case does not count, what folds to the same. */
function rangeSource(first: number, last: number, ignoreCase: boolean, refuse: () => never): string {
  let source = first === last ? characterSource(first) : `${characterSource(first)}-${characterSource(last)}`;
  if (!ignoreCase) return source;
  for (let code = Math.max(first, 0x41); code <= Math.min(last, 0x7a); code++) {
    const character = String.fromCodePoint(code);
    if (!/[A-Za-z]/.test(character)) continue;
    const other = character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase();
    source += other;
    // The long s and the sign for kelvin.
    if (/s/i.test(character)) source += '\u017f';
    if (/k/i.test(character)) source += '\u212a';
  }
  // A single character without case is safe, as is ASCII; anything else would need all of Unicode's folding.
  if (last > 0x7f && !(first === last && isCaseless(first))) refuse();
  return source;
}

function isCaseless(code: number): boolean {
  return !/^[\p{Cased}\p{Changes_When_Casefolded}\p{M}]$/u.test(String.fromCodePoint(code));
}

function characterSource(code: number): string {
  const character = String.fromCodePoint(code);
  // Letters and digits as they are; what else there is by number, so that nothing has a second meaning.
  if (/^[A-Za-z0-9]$/.test(character) || (code > 0x7f && /^\p{L}$/u.test(character))) return character;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function isPattern(source: string): boolean {
  try {
    // linear: only compiled
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

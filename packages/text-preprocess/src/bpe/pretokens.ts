import { whiteSpace } from '../cleaning/whitespace.js';
import { HASH_SEED, hashUnit } from '../tokenizers/span-table.js';
import { isHighSurrogate, isLowSurrogate } from '../tokenizers/surrogates.js';

const OTHER = 0;
const SPACE = 1;
const LETTER = 2;
const NUMBER = 3;

/** The classes of the basic plane's characters, one byte each. */
const CLASSES: Uint8Array = /* @__PURE__ */ classTable();

const APOSTROPHE = 0x27;
const BLANK = 0x20;

/**
 * Walks over the pieces of a text that byte-level BPE never merges across: contractions, words, numbers and other characters,
 * each with the space before it, and white space. The same pieces as GPT-2's pattern
 *
 *     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * where `\s` is Unicode's White_Space, as in Rust and in Python's `regex`. By a table instead of a regular expression, with the
 * hash of each piece on the way.
 */
export class PretokenScanner {
  readonly text: string;
  /** Where the current piece begins, where it ends, and its `hashSpan`. */
  start = 0;
  end = 0;
  hash = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Moves to the next piece; false when there is none. */
  next(): boolean {
    this.start = this.end;
    if (this.start >= this.text.length) return false;
    this.hash = HASH_SEED;
    const first = this.text.charCodeAt(this.start);
    if (first === APOSTROPHE && this.#contraction()) return true;
    let position = this.start;
    if (first === BLANK && position + 1 < this.text.length) {
      if (classAt(this.text, position + 1) !== SPACE) this.#take(position++);
    }
    const kind = classAt(this.text, position);
    this.#run(position, kind);
    if (kind === SPACE && this.end < this.text.length && this.end - this.start > 1) {
      // The last space belongs to what follows it.
      this.end--;
      this.#rehash();
    }
    return true;
  }

  /** Whether `'s`, `'t`, `'m`, `'d`, `'re`, `'ve` or `'ll` begins here; then it is the piece. */
  #contraction(): boolean {
    const length = contractionLength(this.text, this.start);
    if (length === 0) return false;
    this.end = this.start + length;
    this.#rehash();
    return true;
  }

  #take(position: number): void {
    this.hash = hashUnit(this.hash, this.text.charCodeAt(position));
  }

  #run(from: number, kind: number): void {
    const { text } = this;
    let hash = this.hash;
    let i = from;
    while (i < text.length) {
      const unit = text.charCodeAt(i);
      if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) {
        if (classOfPair(text.codePointAt(i)!) !== kind) break;
        hash = hashUnit(hashUnit(hash, unit), text.charCodeAt(i + 1));
        i += 2;
      } else {
        if (CLASSES[unit] !== kind) break;
        hash = hashUnit(hash, unit);
        i++;
      }
    }
    this.hash = hash;
    this.end = i;
  }

  #rehash(): void {
    this.hash = HASH_SEED;
    for (let i = this.start; i < this.end; i++) this.#take(i);
  }
}

/** A whitespace character between two others, the last in `text`, where it may be cut: both sides keep their pieces. */
export function pretokenSplitPoint(text: string): number {
  for (let i = text.length - 2; i > 0; i--) {
    if (CLASSES[text.charCodeAt(i)] !== SPACE) continue;
    if (CLASSES[text.charCodeAt(i - 1)] !== SPACE && CLASSES[text.charCodeAt(i + 1)] !== SPACE) return i;
  }
  return 0;
}

function contractionLength(text: string, start: number): number {
  switch (text[start + 1]) {
    case 's':
    case 't':
    case 'm':
    case 'd':
      return 2;
    case 'r':
    case 'v':
      return text[start + 2] === 'e' ? 3 : 0;
    case 'l':
      return text[start + 2] === 'l' ? 3 : 0;
    default:
      return 0;
  }
}

function classAt(text: string, position: number): number {
  const unit = text.charCodeAt(position);
  const paired = isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(position + 1));
  return paired ? classOfPair(text.codePointAt(position)!) : CLASSES[unit];
}

const LETTER_PATTERN = /^\p{L}$/u;
const NUMBER_PATTERN = /^\p{N}$/u;
const pairClasses = new Map<number, number>();

/** The class of a character beyond the basic plane, remembered, since testing a regular expression each time would be slow. */
function classOfPair(codePoint: number): number {
  const known = pairClasses.get(codePoint);
  if (known !== undefined) return known;
  const character = String.fromCodePoint(codePoint);
  const kind = LETTER_PATTERN.test(character) ? LETTER : NUMBER_PATTERN.test(character) ? NUMBER : OTHER;
  pairClasses.set(codePoint, kind);
  return kind;
}

function classTable(): Uint8Array {
  const units: string[] = [];
  for (let unit = 0; unit < 0x10000; unit++) units.push(String.fromCharCode(unit));
  // Surrogates one by one are of no class; in a row they would pair up.
  const basicPlane = units.join('').replace(/[\ud800-\udfff]+/g, (run) => ' '.repeat(run.length));
  const table = new Uint8Array(0x10000);
  const mark = (pattern: RegExp, kind: number) => {
    for (const { 0: run, index } of basicPlane.matchAll(pattern)) table.fill(kind, index, index + run.length);
  };
  mark(/\p{L}+/gu, LETTER);
  mark(/\p{N}+/gu, NUMBER);
  whiteSpace.unicode.table.forEach((isSpace, unit) => {
    if (isSpace === 1) table[unit] = SPACE;
  });
  return table.fill(OTHER, 0xd800, 0xe000);
}

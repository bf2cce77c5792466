import { ThroughtimeError } from '@throughtime/errors';
import { isHighSurrogate, isLowSurrogate } from './surrogates.js';

/** One match, as `String.prototype.matchAll` gives it, without groups. */
export interface Found {
  readonly 0: string;
  readonly index: number;
}

/** What finds the matches of a text, one after another. */
export type Finder = (text: string) => Iterable<Found>;

/** A regular expression that cannot be matched in linear time, or is too large. The message names the part. */
export class NonlinearPatternError extends ThroughtimeError {
  override name = 'NonlinearPatternError';
}

/** More than any tokenizer's pattern has; it bounds the work for each character of a text. */
const MOST_STATES = 2000;
const DEEPEST = 100;
/** Several times the longest that a tokenizer is known to have. Compiling takes milliseconds for a few characters, `\p{L}` in a class. */
const MOST_CHARACTERS = 5000;

/**
 * For the source of a stranger's pattern, before it is compiled or translated.
 * @throws NonlinearPatternError when it is longer than any tokenizer's
 */
export function checkPatternLength(source: string): void {
  if (source.length > MOST_CHARACTERS) throw refused(`more than ${MOST_CHARACTERS} characters`);
}

/**
 * The same matches as `text.matchAll(pattern)` in time proportional to the text's length, for patterns of strangers: a tokenizer that
 * comes with a model may hold `(a+)+$`, with which JavaScript's own engine takes years for fifty characters.
 *
 * It backtracks as JavaScript does, so it finds the same match, and remembers the pairs of state and position that led nowhere, so
 * that none is tried twice. Lookarounds and atomic groups remember what they found likewise. That works since a state here means
 * the same however it was reached: groups are not captured. It is a good deal slower than JavaScript's engine on ordinary patterns.
 * @param pattern its `g` and `y` flags make no difference
 * @throws NonlinearPatternError for back references, modifiers, classes that match strings, and patterns that become too large
 */
export function linearFinder({ source, flags }: RegExp): Finder {
  const node = new Parser(source, flags).parse();
  if (isPlain(node)) {
    // linear: see isPlain
    const pattern = new RegExp(source, `${flags.replace(/[gy]/g, '')}g`);
    return (text) => text.matchAll(pattern);
  }
  const { program } = new Compiler(node);
  const isUnicode = /[uv]/.test(flags);
  return function* (text) {
    const run = new Run(program, text, isUnicode);
    for (let start = 0; start <= text.length; ) {
      const end = run.match(program.start, start);
      if (end >= 0) yield { 0: text.slice(start, end), index: start };
      start = end > start ? end : start + (isUnicode ? widthAt(text, start) : 1);
    }
  };
}

type Node =
  | { readonly type: 'character'; readonly set: CharacterSet }
  | { readonly type: 'assertion'; readonly holds: (text: string, position: number) => boolean }
  | { readonly type: 'sequence'; readonly parts: readonly Node[] }
  | { readonly type: 'choice'; readonly options: readonly Node[] }
  | {
      readonly type: 'repeat';
      readonly body: Node;
      readonly least: number;
      readonly most: number;
      readonly isLazy: boolean;
    }
  | {
      readonly type: 'look';
      readonly body: Node;
      readonly isBehind: boolean;
      readonly isNegative: boolean;
      /** The group's name where the lookahead is one named group: half of what stands for an atomic group. */
      readonly name: string | undefined;
    }
  | { readonly type: 'atomic'; readonly body: Node };

/** The characters that a part of a pattern matches, as JavaScript's engine says; each is asked for once. */
class CharacterSet {
  readonly #pattern: RegExp;
  /** By the high bits of the code; 0 not known, 1 no, 2 yes. */
  readonly #pages = new Map<number, Uint8Array>();

  constructor(source: string, flags: string) {
    // linear: one character, beginning and end
    this.#pattern = new RegExp(`^(?:${source})$`, flags.replace(/[gymd]/g, ''));
  }

  has(code: number): boolean {
    let page = this.#pages.get(code >> 8);
    if (page === undefined) {
      page = new Uint8Array(256);
      this.#pages.set(code >> 8, page);
    }
    let known = page[code & 255];
    if (known === 0) {
      known = this.#pattern.test(String.fromCodePoint(code)) ? 2 : 1;
      page[code & 255] = known;
    }
    return known === 2;
  }
}

/** Reads the source of an expression that JavaScript has accepted. */
class Parser {
  readonly #source: string;
  readonly #flags: string;
  readonly #isUnicode: boolean;
  /** One set for each source: it is asked about the same characters. */
  readonly #sets = new Map<string, CharacterSet>();
  #at = 0;
  #depth = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
    this.#isUnicode = /[uv]/.test(flags);
  }

  parse(): Node {
    return this.#choice();
  }

  #choice(): Node {
    const options: Node[] = [];
    let parts: Node[] = [];
    while (this.#at < this.#source.length && this.#source[this.#at] !== ')') {
      if (this.#source[this.#at] === '|') {
        this.#at++;
        options.push({ type: 'sequence', parts });
        parts = [];
        continue;
      }
      const atom = this.#atom(parts[parts.length - 1]);
      // The reference that makes an atomic group of the lookahead before it.
      if (atom.type === 'atomic') parts.pop();
      parts.push(this.#quantified(atom));
    }
    options.push({ type: 'sequence', parts });
    return options.length === 1 ? options[0] : { type: 'choice', options };
  }

  #atom(before: Node | undefined): Node {
    const character = this.#source[this.#at];
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return this.#class();
      case '.':
        return this.#characterOf(1);
      case '^':
        this.#at++;
        return assertion(
          (text, at) => at === 0 || (this.#flags.includes('m') && isLineEnd(text.charCodeAt(at - 1))),
        );
      case '$':
        this.#at++;
        return assertion(
          (text, at) => at === text.length || (this.#flags.includes('m') && isLineEnd(text.charCodeAt(at))),
        );
      case '\\':
        return this.#escape(before);
      default:
        return this.#characterOf(this.#isUnicode ? widthAt(this.#source, this.#at) : 1);
    }
  }

  #group(): Node {
    const kind = /\((?:\?(?::|<?[=!]|<[^>]*>|)|)/y;
    kind.lastIndex = this.#at;
    const [open] = kind.exec(this.#source) ?? [''];
    if (open === '(?') throw refused('modifiers');
    this.#at += open.length;
    // Each takes a few frames of the call stack.
    if (++this.#depth > DEEPEST) throw refused(`more than ${DEEPEST} groups within groups`);
    const isLook = /[=!]$/.test(open);
    const start = this.#at;
    const body = this.#choice();
    const inside = this.#source.slice(start, this.#at);
    this.#at++;
    this.#depth--;
    if (!isLook) return body;
    const name = /^\(\?<([^>=!]+)>/.exec(inside)?.[1];
    return {
      type: 'look',
      body,
      isBehind: open.includes('<'),
      isNegative: open.endsWith('!'),
      name: open === '(?=' ? name : undefined,
    };
  }

  #class(): Node {
    const isNested = this.#flags.includes('v');
    let depth = 0;
    let end = this.#at;
    do {
      const character = this.#source[end];
      if (character === '\\') end++;
      else if (character === '[' && (depth === 0 || isNested)) depth++;
      else if (character === ']') depth--;
      end++;
    } while (depth > 0 && end < this.#source.length);
    return this.#characterOf(end - this.#at);
  }

  #escape(before: Node | undefined): Node {
    const rest = this.#source.slice(this.#at, this.#at + 2);
    if (rest === '\\b' || rest === '\\B') {
      this.#at += 2;
      const words = this.#set('\\w');
      const isWord = (text: string, at: number) =>
        at >= 0 && at < text.length && words.has(text.charCodeAt(at));
      const isBoundary = rest === '\\b';
      return assertion((text, at) => (isWord(text, at - 1) !== isWord(text, at)) === isBoundary);
    }
    if (rest === '\\k') {
      const [reference, name] = /^\\k<([^>]*)>/.exec(this.#source.slice(this.#at, this.#at + 200)) ?? [''];
      const isAtomic = before?.type === 'look' && before.name !== undefined && before.name === name;
      if (!isAtomic) throw refused('back references');
      this.#at += reference.length;
      return { type: 'atomic', body: before.body };
    }
    if (/^\\[1-9]/.test(rest)) throw refused('back references');
    // Without the flag u, `\u{` and `\p` are letters, and what follows them is another part.
    const escaped = this.#isUnicode
      ? /\\(?:u\{[^}]*\}|u[dD][89abAB][\dA-Fa-f]{2}\\u[dD][c-fC-F][\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|[pP]\{[^}]*\}|x[\dA-Fa-f]{2}|c[A-Za-z]|.)/suy
      : /\\(?:u[\dA-Fa-f]{4}|x[\dA-Fa-f]{2}|c[A-Za-z]|.)/sy;
    escaped.lastIndex = this.#at;
    const [whole] = escaped.exec(this.#source) ?? [''];
    return this.#characterOf(whole.length);
  }

  /** The next units of the source, as one character. */
  #characterOf(length: number): Node {
    const source = this.#source.slice(this.#at, this.#at + length);
    this.#at += length;
    return { type: 'character', set: this.#set(source) };
  }

  #set(source: string): CharacterSet {
    let set = this.#sets.get(source);
    if (set === undefined) {
      if (this.#flags.includes('v') && /^(?:\[|\\[pP])/.test(source) && matchesStrings(source))
        throw refused('classes that match more than one character');
      // A brace or bracket that is no syntax is a character here, and would be syntax alone.
      set = new CharacterSet(/^[\]{}/]$/.test(source) ? `\\${source}` : source, this.#flags);
      this.#sets.set(source, set);
    }
    return set;
  }

  #quantified(atom: Node): Node {
    const quantifier = /(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})(\?)?/y;
    quantifier.lastIndex = this.#at;
    const match = quantifier.exec(this.#source);
    if (match === null) return atom;
    const [whole, least, comma, most, lazy] = match;
    this.#at += whole.length;
    const isLazy = lazy === '?';
    if (least === undefined) {
      return {
        type: 'repeat',
        body: atom,
        least: whole[0] === '+' ? 1 : 0,
        most: whole[0] === '?' ? 1 : Number.POSITIVE_INFINITY,
        isLazy,
      };
    }
    const upper = comma === undefined ? least : most || 'Infinity';
    return { type: 'repeat', body: atom, least: Number(least), most: Number(upper), isLazy };
  }
}

/**
 * Whether JavaScript's own engine, which is faster, takes linear time for sure: each alternative is a few characters, and at most
 * its end repeats one without bound. Nothing follows that could make the engine go back. All of them are tried at each place, so
 * they have no more parts than our own programs have states.
 */
function isPlain(node: Node): boolean {
  const options = node.type === 'choice' ? node.options : [node];
  let parts = 0;
  return options.every((option) => {
    if (option.type !== 'sequence') return false;
    let bounded = 0;
    parts += Math.max(1, option.parts.length);
    if (parts > MOST_STATES) return false;
    return option.parts.every((part, i) => {
      if (part.type === 'character') return true;
      if (part.type !== 'repeat' || part.body.type !== 'character') return false;
      if (i === option.parts.length - 1 && !part.isLazy && part.least <= 1) return true;
      return part.most <= 4 && ++bounded <= 3;
    });
  });
}

function assertion(holds: (text: string, position: number) => boolean): Node {
  return { type: 'assertion', holds };
}

function refused(what: string): NonlinearPatternError {
  return new NonlinearPatternError(
    `pattern: expected one that takes linear time, got one with ${what}; not supported in what comes with a model`,
  );
}

/** Whether a class of the flag `v` matches strings too: JavaScript refuses the class of all others. */
function matchesStrings(source: string): boolean {
  try {
    // linear: only compiled
    new RegExp(`[^${source}]`, 'v');
    return false;
  } catch {
    return true;
  }
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13 || code === 0x2028 || code === 0x2029;
}

/** How many units the character at a place has. */
function widthAt(text: string, at: number): number {
  return isHighSurrogate(text.charCodeAt(at)) && isLowSurrogate(text.charCodeAt(at + 1)) ? 2 : 1;
}

interface Program {
  readonly start: number;
  readonly states: readonly State[];
}

type State =
  | { readonly type: 'match' }
  | { readonly type: 'fail' }
  | {
      readonly type: 'character';
      readonly set: CharacterSet;
      readonly isBackward: boolean;
      readonly next: number;
    }
  | {
      readonly type: 'assertion';
      readonly holds: (text: string, position: number) => boolean;
      readonly next: number;
    }
  /** Tries `first`, and `second` where it leads nowhere. */
  | { readonly type: 'branch'; first: number; second: number }
  | { readonly type: 'look'; readonly body: number; readonly isNegative: boolean; readonly next: number }
  | { readonly type: 'atomic'; readonly body: number; readonly next: number };

const MATCH = 0;
const FAIL = 1;

class Compiler {
  readonly program: Program;
  readonly #states: State[] = [{ type: 'match' }, { type: 'fail' }];

  constructor(node: Node) {
    this.program = { states: this.#states, start: this.#add(node, MATCH, MATCH, false) };
  }

  #new(state: State): number {
    if (this.#states.length >= MOST_STATES) throw refused(`more than ${MOST_STATES} states`);
    return this.#states.push(state) - 1;
  }

  /**
   * The state in which a node begins. The state after the node is `empty` where the node has matched nothing since the enclosing
   * repetition began, else `consumed`: JavaScript gives up an iteration that matches nothing.
   */
  #add(node: Node, empty: number, consumed: number, isBackward: boolean): number {
    switch (node.type) {
      case 'character':
        return this.#new({ type: 'character', set: node.set, isBackward, next: consumed });
      case 'assertion':
        return this.#new({ type: 'assertion', holds: node.holds, next: empty });
      case 'look': {
        const body = this.#add(node.body, MATCH, MATCH, node.isBehind);
        return this.#new({ type: 'look', body, isNegative: node.isNegative, next: empty });
      }
      case 'atomic': {
        const body = this.#add(node.body, MATCH, MATCH, isBackward);
        if (empty === consumed) return this.#new({ type: 'atomic', body, next: consumed });
        if (canBeEmpty(node.body)) throw refused('an atomic group that may be empty in a repetition');
        return this.#new({ type: 'atomic', body, next: consumed });
      }
      case 'choice':
        return node.options
          .map((option) => this.#add(option, empty, consumed, isBackward))
          .reduceRight((second, first) => this.#new({ type: 'branch', first, second }));
      case 'sequence': {
        const parts = isBackward ? node.parts : [...node.parts].reverse();
        let [afterNothing, afterSomething] = [empty, consumed];
        for (const part of parts) {
          const next = this.#add(part, afterNothing, afterSomething, isBackward);
          if (afterNothing === afterSomething) afterNothing = afterSomething = next;
          else {
            afterSomething = this.#add(part, afterSomething, afterSomething, isBackward);
            afterNothing = next;
          }
        }
        return afterNothing;
      }
      case 'repeat':
        return this.#repeat(node, empty, consumed, isBackward);
    }
  }

  #repeat(
    { body, least, most, isLazy }: Node & { type: 'repeat' },
    empty: number,
    consumed: number,
    isBackward: boolean,
  ): number {
    const branch = (on: number, out: number) =>
      isLazy ? { first: out, second: on } : { first: on, second: out };
    // An iteration beyond the least must match something.
    const iteration = (next: number) => this.#add(body, FAIL, next, isBackward);
    // The iterations that may be, and those that may follow the first of them.
    let some = consumed;
    let others = consumed;
    if (most === Number.POSITIVE_INFINITY) {
      const state: State = { type: 'branch', first: FAIL, second: FAIL };
      some = others = this.#new(state);
      Object.assign(state, branch(iteration(some), consumed));
    } else {
      for (let i = least; i < most; i++) {
        others = some;
        some = this.#new({ type: 'branch', ...branch(iteration(others), consumed) });
      }
    }
    let afterNothing = some;
    let afterSomething = some;
    if (empty !== consumed)
      afterNothing =
        most > least ? this.#new({ type: 'branch', ...branch(iteration(others), empty) }) : empty;
    for (let i = 0; i < least; i++) {
      const statesBefore = this.#states.length;
      const next = this.#add(body, afterNothing, afterSomething, isBackward);
      // A body without states, `(?:)`, is as much once as nine billion times.
      if (this.#states.length === statesBefore) break;
      if (afterNothing === afterSomething) afterNothing = afterSomething = next;
      else {
        afterSomething = this.#add(body, afterSomething, afterSomething, isBackward);
        afterNothing = next;
      }
    }
    return afterNothing;
  }
}

function canBeEmpty(node: Node): boolean {
  switch (node.type) {
    case 'character':
      return false;
    case 'assertion':
    case 'look':
      return true;
    case 'atomic':
      return canBeEmpty(node.body);
    case 'sequence':
      return node.parts.every(canBeEmpty);
    case 'choice':
      return node.options.some(canBeEmpty);
    case 'repeat':
      return node.least === 0 || canBeEmpty(node.body);
  }
}

/** Bits for pairs of state and position, most of which are never set. */
class PairSet {
  readonly #blocks: (Uint32Array[] | undefined)[] = [];

  has(state: number, position: number): boolean {
    const block = this.#blocks[state]?.[position >> 11];
    return block !== undefined && (block[(position >> 5) & 63] & (1 << (position & 31))) !== 0;
  }

  add(state: number, position: number): void {
    let blocks = this.#blocks[state];
    if (blocks === undefined) {
      blocks = [];
      this.#blocks[state] = blocks;
    }
    let block = blocks[position >> 11];
    if (block === undefined) {
      block = new Uint32Array(64);
      blocks[position >> 11] = block;
    }
    block[(position >> 5) & 63] |= 1 << (position & 31);
  }
}

/** A program on one text. */
class Run {
  readonly #states: readonly State[];
  readonly #text: string;
  readonly #isUnicode: boolean;
  /** Branches that lead nowhere. */
  readonly #failed = new PairSet();
  /** Where matches of lookarounds and atomic groups end, from the branches on their ways. */
  readonly #ends = new Map<number, number>();

  constructor({ states }: Program, text: string, isUnicode: boolean) {
    this.#states = states;
    this.#text = text;
    this.#isUnicode = isUnicode;
  }

  /** Where the match that begins in a state and at a position ends, or -1. @param isInside whether others may ask for it again */
  match(start: number, position: number, isInside = false): number {
    // The branches on the way here: state, position, and whether the second way is being tried.
    const way: number[] = [];
    let state = start;
    let at = position;
    for (;;) {
      const end = this.#walk(way, state, at, isInside);
      if (end >= 0) {
        if (isInside)
          for (let i = 0; i < way.length; i += 3) this.#ends.set(this.#key(way[i], way[i + 1]), end);
        return end;
      }
      // Back to the last branch with a second way.
      while (way.length > 0 && way[way.length - 1] === 1) {
        this.#failed.add(way[way.length - 3], way[way.length - 2]);
        way.length -= 3;
      }
      if (way.length === 0) return -1;
      way[way.length - 1] = 1;
      at = way[way.length - 2];
      state = (this.#states[way[way.length - 3]] as State & { type: 'branch' }).second;
    }
  }

  /** Walks on until the match ends (where) or nothing fits (-1); takes the first way of each branch. */
  #walk(way: number[], from: number, position: number, isInside: boolean): number {
    let at = position;
    let index = from;
    for (;;) {
      const state = this.#states[index];
      switch (state.type) {
        case 'match':
          return at;
        case 'fail':
          return -1;
        case 'character': {
          const next = state.isBackward ? this.#before(at, state.set) : this.#after(at, state.set);
          if (next < 0) return -1;
          at = next;
          index = state.next;
          break;
        }
        case 'assertion':
          if (!state.holds(this.#text, at)) return -1;
          index = state.next;
          break;
        case 'branch': {
          if (this.#failed.has(index, at)) return -1;
          const known = isInside ? this.#ends.get(this.#key(index, at)) : undefined;
          if (known !== undefined) return known;
          way.push(index, at, 0);
          index = state.first;
          break;
        }
        case 'look':
          if (this.match(state.body, at, true) >= 0 === state.isNegative) return -1;
          index = state.next;
          break;
        case 'atomic': {
          const end = this.match(state.body, at, true);
          if (end < 0) return -1;
          at = end;
          index = state.next;
          break;
        }
      }
    }
  }

  #key(state: number, position: number): number {
    return state * (this.#text.length + 1) + position;
  }

  #after(at: number, set: CharacterSet): number {
    if (at >= this.#text.length) return -1;
    const width = this.#isUnicode ? widthAt(this.#text, at) : 1;
    const code = width === 2 ? this.#text.codePointAt(at)! : this.#text.charCodeAt(at);
    return set.has(code) ? at + width : -1;
  }

  #before(at: number, set: CharacterSet): number {
    if (at <= 0) return -1;
    const width = this.#isUnicode && at > 1 && widthAt(this.#text, at - 2) === 2 ? 2 : 1;
    const code = width === 2 ? this.#text.codePointAt(at - 2)! : this.#text.charCodeAt(at - 1);
    return set.has(code) ? at - width : -1;
  }
}

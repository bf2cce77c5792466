import { showValue } from '@throughtime/errors';
import { ArpaFormatError, arpaNames, LOG_ZERO } from './arpa-format.js';

/** More than any program estimates, so that a header of a few bytes cannot make us keep lists for a million orders. */
const HIGHEST_ORDER = 100;

/** The n-grams of one order as an ARPA file lists them, in typed arrays that grow. */
export class NgramList {
  readonly order: number;
  /** Token ids, `order` for each n-gram. */
  tokens: Int32Array;
  logProbability: Float32Array;
  backoff: Float32Array;
  length = 0;

  constructor(order: number) {
    this.order = order;
    this.tokens = new Int32Array(order * 16);
    this.logProbability = new Float32Array(16);
    this.backoff = new Float32Array(16);
  }

  /** Room for one more n-gram, whose tokens the caller writes at `length * order` before. */
  reserve(): void {
    if (this.length < this.logProbability.length) return;
    const capacity = 2 * this.length;
    this.tokens = grown(this.tokens, new Int32Array(capacity * this.order));
    this.logProbability = grown(this.logProbability, new Float32Array(capacity));
    this.backoff = grown(this.backoff, new Float32Array(capacity));
  }
}

function grown<A extends Int32Array | Float32Array>(old: A, next: A): A {
  next.set(old);
  return next;
}

/** What an ARPA file says, before it is made a model. */
export interface ArpaSections {
  /** Token names in the order of the unigram section; a token's place is its id. */
  readonly names: readonly string[];
  /** For orders 1, 2, ... */
  readonly lists: readonly NgramList[];
  /** What was repaired while reading, in words. */
  readonly warnings: readonly string[];
}

/** Reads an ARPA file line by line. */
export class ArpaSectionReader {
  readonly #names: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #announced: number[] = [];
  readonly #lists: NgramList[] = [];
  readonly #warnings: string[] = [];
  #line = 0;
  #section: 'preamble' | 'header' | 'ngrams' | 'end' = 'preamble';

  /** How many lines were read. */
  get line(): number {
    return this.#line;
  }

  /** @throws ArpaFormatError when the line cannot stand where it stands */
  readLine(line: string): void {
    this.#line++;
    // Only what the format itself counts as blank: a token may begin or end with other white space.
    let start = this.#line === 1 && line[0] === '\ufeff' ? 1 : 0;
    let end = line.length;
    while (end > start && (line[end - 1] === '\r' || isBlank(line[end - 1]))) end--;
    while (start < end && isBlank(line[start])) start++;
    if (start === end || this.#section === 'end') return;
    const text = start === 0 && end === line.length ? line : line.slice(start, end);
    if (this.#section === 'preamble') {
      if (text === '\\data\\') this.#section = 'header';
    } else if (text.startsWith('\\')) this.#heading(text);
    else if (this.#section === 'header') this.#count(text);
    else this.#ngram(text);
  }

  /** @throws ArpaFormatError when the file ended too early */
  finish(): ArpaSections {
    if (this.#section === 'preamble') throw this.#error("expected '\\data\\', the file ends");
    if (this.#section !== 'end') throw this.#error("expected '\\end\\', the file ends: it may be cut short");
    return { names: this.#names, lists: this.#lists, warnings: this.#warnings };
  }

  #heading(text: string): void {
    this.#requireComplete();
    // Some programs leave the section of an order without n-grams out.
    while (this.#announced[this.#lists.length] === 0 && text !== `\\${this.#lists.length + 1}-grams:`)
      this.#lists.push(new NgramList(this.#lists.length + 1));
    const next = this.#lists.length + 1;
    if (next <= this.#announced.length && text === `\\${next}-grams:`) {
      this.#lists.push(new NgramList(next));
      this.#section = 'ngrams';
    } else if (next > this.#announced.length && next > 1 && text === '\\end\\') this.#section = 'end';
    else {
      const expected =
        next <= this.#announced.length ? `\\${next}-grams:` : next === 1 ? 'ngram 1=COUNT' : '\\end\\';
      throw this.#error(`expected '${expected}', got ${showValue(text)}`);
    }
  }

  #count(text: string): void {
    const match = /^ngram[ \t]+(\d+)[ \t]*=[ \t]*(\d+)$/.exec(text);
    const order = this.#announced.length + 1;
    if (match === null || Number(match[1]) !== order)
      throw this.#error(`expected 'ngram ${order}=COUNT', got ${showValue(text)}`);
    if (order > HIGHEST_ORDER) throw this.#error(`expected orders up to ${HIGHEST_ORDER}, got ${order}`);
    const count = Number(match[2]);
    if (order === 1 && count === 0) throw this.#error('expected at least one n-gram of order 1, got none');
    this.#announced.push(count);
  }

  #ngram(text: string): void {
    const list = this.#lists[this.#lists.length - 1];
    const { order } = list;
    const highest = order === this.#announced.length;
    const fields = text.split(/[\t ]+/);
    if (fields.length !== order + 1 && fields.length !== order + 2)
      throw this.#error(
        `expected a logarithm, ${order} tokens, maybe a back-off weight; got ${showValue(text)}`,
      );
    const backoff = fields.length === order + 2 ? this.#number(fields[order + 1]) : 0;
    if (backoff === Number.POSITIVE_INFINITY)
      throw this.#error(`expected a finite back-off weight, got ${backoff}`);
    if (highest && backoff !== 0)
      throw this.#error(`expected no back-off weight for an n-gram of the highest order, got ${backoff}`);
    list.reserve();
    const at = list.length * order;
    for (let i = 0; i < order; i++) list.tokens[at + i] = this.#idOf(fields[i + 1], order);
    const logProbability = this.#number(fields[0]);
    if (logProbability > 0)
      throw this.#error(`expected a logarithm of a probability, at most 0, got ${logProbability}`);
    list.logProbability[list.length] = logProbability;
    list.backoff[list.length] = backoff;
    list.length++;
  }

  /** The id of a name; in the unigram section, where names come first, a new one. */
  #idOf(name: string, order: number): number {
    const id = this.#ids.get(name);
    if (order === 1) {
      if (id !== undefined) throw this.#error(`expected each n-gram once, got ${showValue(name)} again`);
      this.#ids.set(name, this.#names.length);
      return this.#names.push(name) - 1;
    }
    if (id === undefined) throw this.#error(`expected tokens that have a unigram, got ${showValue(name)}`);
    return id;
  }

  #number(field: string): number {
    const value = /^-inf(inity)?$/i.test(field) ? Number.NEGATIVE_INFINITY : Number(field);
    if (field === '' || Number.isNaN(value)) throw this.#error(`expected a number, got ${showValue(field)}`);
    return value === LOG_ZERO ? Number.NEGATIVE_INFINITY : value;
  }

  #requireComplete(): void {
    const list = this.#lists[this.#lists.length - 1];
    if (list === undefined) return;
    const announced = this.#announced[list.order - 1];
    // Some programs count <s> without listing it: it has no probability, since it is never predicted.
    if (list.order === 1 && list.length + 1 === announced && !this.#ids.has(arpaNames.begin)) {
      list.reserve();
      list.tokens[list.length] = this.#idOf(arpaNames.begin, 1);
      list.logProbability[list.length] = Number.NEGATIVE_INFINITY;
      list.backoff[list.length++] = 0;
      this.#warnings.push(
        `${announced} n-grams of order 1 are announced and ${announced - 1} are listed: taken for the missing one is ${arpaNames.begin}`,
      );
    }
    if (list.length !== announced)
      throw this.#error(
        `expected ${announced} n-grams of order ${list.order} as announced, got ${list.length}`,
      );
  }

  #error(problem: string): ArpaFormatError {
    return new ArpaFormatError(this.#line, problem);
  }
}

function isBlank(unit: string): boolean {
  return unit === ' ' || unit === '\t';
}

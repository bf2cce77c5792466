// Arithmetic coding with whole numbers (Witten, Neal and Cleary 1987): an interval of 32 bits, and frequencies that sum to 2^20.
// Products stay below 2^53, so that every number is exact, here and wherever the file is read.

/** What the frequencies of all symbols sum to. */
export const totalFrequency = 2 ** 20;

const whole = 2 ** 32;
const half = whole / 2;
const quarter = whole / 4;

/** Narrows an interval symbol by symbol, and writes the bits that are certain. */
export class ArithmeticEncoder {
  readonly #bits = new BitWriter();
  #low = 0;
  #high = whole - 1;
  /** Bits to write as the opposite of the next one: the interval lies around the middle. */
  #pending = 0;

  /** @param before the sum of the frequencies of all symbols before it */
  encode(before: number, frequency: number): void {
    const range = this.#high - this.#low + 1;
    this.#high = this.#low + Math.floor((range * (before + frequency)) / totalFrequency) - 1;
    this.#low += Math.floor((range * before) / totalFrequency);
    for (;;) {
      if (this.#high < half) this.#write(0);
      else if (this.#low >= half) this.#write(1, half);
      else if (this.#low >= quarter && this.#high < half + quarter) {
        this.#pending++;
        this.#widen(quarter);
      } else return;
    }
  }

  /** The bytes: call it once, at the end. */
  end(): Uint8Array {
    this.#pending++;
    const bit = this.#low < quarter ? 0 : 1;
    this.#bits.push(bit);
    for (; this.#pending > 0; this.#pending--) this.#bits.push(1 - bit);
    return this.#bits.bytes();
  }

  #write(bit: number, offset = 0): void {
    this.#bits.push(bit);
    for (; this.#pending > 0; this.#pending--) this.#bits.push(1 - bit);
    this.#widen(offset);
  }

  #widen(offset: number): void {
    this.#low = (this.#low - offset) * 2;
    this.#high = (this.#high - offset) * 2 + 1;
  }
}

/** Follows the encoder: `place` says where in the frequencies the next symbol lies, `take` continues behind it. */
export class ArithmeticDecoder {
  readonly #bytes: Uint8Array;
  #at = 0;
  #low = 0;
  #high = whole - 1;
  #value = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let i = 0; i < 32; i++) this.#value = this.#value * 2 + this.#bit();
  }

  /** From 0 to `totalFrequency` - 1. */
  get place(): number {
    const range = this.#high - this.#low + 1;
    return Math.floor(((this.#value - this.#low + 1) * totalFrequency - 1) / range);
  }

  /** @param before the sum of the frequencies of all symbols before it */
  take(before: number, frequency: number): void {
    const range = this.#high - this.#low + 1;
    this.#high = this.#low + Math.floor((range * (before + frequency)) / totalFrequency) - 1;
    this.#low += Math.floor((range * before) / totalFrequency);
    for (;;) {
      if (this.#high < half) this.#widen(0);
      else if (this.#low >= half) this.#widen(half);
      else if (this.#low >= quarter && this.#high < half + quarter) this.#widen(quarter);
      else return;
    }
  }

  #widen(offset: number): void {
    this.#low = (this.#low - offset) * 2;
    this.#high = (this.#high - offset) * 2 + 1;
    this.#value = (this.#value - offset) * 2 + this.#bit();
  }

  /** Behind the end come zeros: what is cut short is found out by whoever knows how it should end. */
  #bit(): number {
    const byte = this.#bytes[this.#at >> 3] ?? 0;
    return (byte >> (7 - (this.#at++ & 7))) & 1;
  }
}

/** Bits, first bit highest, in an array that doubles. */
class BitWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  push(bit: number): void {
    const at = this.#length >> 3;
    if (at === this.#bytes.length) {
      const larger = new Uint8Array(2 * at);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[at] |= bit << (7 - (this.#length++ & 7));
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, (this.#length + 7) >> 3);
  }
}

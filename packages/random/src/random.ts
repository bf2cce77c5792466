import { ArgumentError, type Check, numbers, withMethods } from '@throughtime/errors';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import { InvalidRandomStateError, InvalidSeedError } from './errors.js';

/** What {@link Random.shuffle} can reorder: arrays and typed arrays alike. */
export interface Shufflable<T> {
  /** How many elements there are. */
  readonly length: number;
  [index: number]: T;
}

/**
 * A seeded stream of random numbers (xoroshiro128+). The same seed gives the same numbers on every platform, and
 * {@link state} taken at any moment continues the stream exactly where it was.
 *
 * @example
 * ```ts
 * import { Random } from '@throughtime/random';
 * const random = Random.seeded(1);
 * random.integer(0, 6); // a whole number below 6
 * const state = random.state();
 * const next = random.uniform();
 * Random.fromState(state).uniform() === next; // true
 * ```
 */
export class Random {
  readonly #generator: JumpableRandomGenerator;

  private constructor(generator: JumpableRandomGenerator) {
    this.#generator = generator;
  }

  /**
   * @param seed any safe integer. Different seeds from 0 on give different streams; those below -2^32 share 2^32 streams
   * @throws InvalidSeedError when the seed is not one
   */
  static seeded(seed: number): Random {
    if (!Number.isSafeInteger(seed)) throw new InvalidSeedError(seed);
    return new Random(xoroshiro128plusFromState(spread(seed)));
  }

  /**
   * Continues a stream from a state that {@link state} gave.
   * @throws InvalidRandomStateError when it is not such a state
   */
  static fromState(state: readonly number[]): Random {
    const valid =
      Array.isArray(state) &&
      state.length === 4 &&
      // Of either sign: beyond, a word would count as another one, or as 0.
      state.every((word) => Number.isInteger(word) && word >= -(2 ** 31) && word < 2 ** 32) &&
      state.some((word) => word !== 0);
    if (!valid) throw new InvalidRandomStateError(state);
    return new Random(xoroshiro128plusFromState(state));
  }

  /** Everything needed to continue this stream: four 32-bit integers, fit for JSON. */
  state(): number[] {
    return [...this.#generator.getState()];
  }

  /** A new stream, seeded from this one: what draws from either does not disturb the other. */
  fork(): Random {
    const child = this.#generator.clone();
    child.jump();
    // Advancing the parent makes two forks in a row differ.
    this.#generator.next();
    const mixed = [...child.getState()];
    mixed[0] = (mixed[0] ^ this.#generator.next()) | 0;
    return new Random(xoroshiro128plusFromState(mixed));
  }

  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number {
    return uniformFloat64(this.#generator);
  }

  /**
   * A whole number, uniform in [low, high): `high` is excluded, as in `Array.prototype.slice`.
   * @throws ArgumentError when there is none
   */
  integer(low: number, high: number): number {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low >= high) {
      throw new ArgumentError('integer(low, high)', 'whole numbers with low < high', [low, high]);
    }
    return uniformInt(this.#generator, low, high - 1);
  }

  /** Normal with mean 0 and standard deviation 1 (Box-Muller; the second value is not kept, so no hidden state). */
  normal(): number {
    // 1 - uniform() lies in (0, 1]: its logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Reorders `values` in place, every order equally likely (Fisher-Yates), and returns them. */
  shuffle<V extends Shufflable<unknown>>(values: V): V {
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.integer(0, last + 1);
      const kept = values[last];
      values[last] = values[other];
      values[other] = kept;
    }
    return values;
  }

  /**
   * An index drawn in proportion to non-negative weights, which need not sum to 1.
   * @throws ArgumentError when a weight is negative, or the weights sum to nothing positive and finite
   */
  categorical(weights: ArrayLike<number>): number {
    numbers('weights', weights);
    let total = 0;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] < 0) throw new ArgumentError(`weights[${i}]`, 'a number of at least 0', weights[i]);
      total += weights[i];
    }
    if (!(total > 0) || total === Number.POSITIVE_INFINITY) {
      throw new ArgumentError('weights', 'a positive finite sum', total);
    }
    let remaining = this.uniform() * total;
    let chosen = -1;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] === 0) continue;
      chosen = i;
      remaining -= weights[i];
      if (remaining < 0) break;
    }
    // Rounding may leave a sliver past the last weight: it belongs to the last positive one.
    return chosen;
  }
}

/** The check of an argument that must be a {@link Random}: `random: required(randomSource)`. */
export const randomSource: Check<Random> = /* @__PURE__ */ withMethods<Random>(
  'a Random, such as Random.seeded(1)',
  ['uniform'],
);

/**
 * Four well-mixed words from a 53-bit seed. Seeding xoroshiro with the bare seed would make the first draws of small
 * seeds nearly equal; its authors advise splitmix for the start (this is the 32-bit one, murmur3's finalizer).
 */
function spread(seed: number): number[] {
  const low = seed | 0;
  const high = Math.floor(seed / 2 ** 32) | 0;
  let counter = Math.imul(high, 0x85ebca6b) ^ low;
  const words = Array.from({ length: 4 }, (_, i) => {
    // The first word alone is one of 2^32. The second tells the high half of a seed besides, so that no two seeds have both in
    // common. A seed of 32 bits has none, and negative seeds keep the streams that they have always given.
    counter = (counter + 0x9e3779b9 + (i === 0 ? high : i === 1 ? Math.max(high, 0) : 0)) | 0;
    let word = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return word ^ (word >>> 16);
  });
  // All zero is the one state the generator never leaves.
  return words.some((word) => word !== 0) ? words : [1, 0, 0, 0];
}

import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidRandomStateError, InvalidSeedError } from './errors.js';
import { Random } from './random.js';

const draws = (random: Random, count = 5) => Array.from({ length: count }, () => random.uniform());

describe('Random', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    expect(draws(Random.seeded(7))).toEqual(draws(Random.seeded(7)));
    expect(draws(Random.seeded(7))).not.toEqual(draws(Random.seeded(8)));
  });

  it('distinguishes seeds beyond 32 bits', () => {
    expect(draws(Random.seeded(1))).not.toEqual(draws(Random.seeded(1 + 2 ** 32)));
  });

  it('keeps the streams of seeds that need no more than 32 bits, and of negative ones', () => {
    // Of the version before seeds beyond 32 bits were told apart.
    expect(
      [0, 1, 7, 2 ** 31, 2 ** 32 - 1, -1, -5, -(2 ** 32), -(2 ** 52)].map((seed) =>
        Random.seeded(seed).state(),
      ),
    ).toEqual([
      [-1832243442, 1020716019, 454327756, 1275600319],
      [-1767835285, 314344336, -1759602332, 2041432039],
      [588686121, 1937383562, -8154829, -1922750130],
      [-1122851478, 304882621, 205969554, -1112394167],
      [920564995, -63981130, 697614773, 1778835764],
      [1571570320, 544874573, 2118191939, 1394381495],
      [-1630213961, 869040186, 1037122333, 2127762878],
      [-2085450915, 421617910, 1246959054, 26052927],
      [1255527738, 385784222, -623778403, -270606787],
    ]);
  });

  it('gives different seeds beyond 32 bits different streams', () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 21 - 1),
        fc.nat(2 ** 21 - 1),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (a, b, low) => {
          fc.pre(a !== b);
          // The low half that gave the seed with the high half b the first word of the other.
          const start = (((Math.imul(a, 0x85ebca6b) ^ low) + a) | 0) >>> 0;
          const other = ((start - b) ^ Math.imul(b, 0x85ebca6b)) >>> 0;
          const states = [a * 2 ** 32 + low, b * 2 ** 32 + other].map((seed) => Random.seeded(seed).state());
          expect(states[0][0]).toBe(states[1][0]);
          for (const word of [1, 2, 3]) expect(states[0][word]).not.toBe(states[1][word]);
        },
      ),
    );
  });

  it('starts neighboring seeds far apart', () => {
    const firsts = Array.from({ length: 1000 }, (_, seed) => Random.seeded(seed).uniform());
    const mean = firsts.reduce((sum, value) => sum + value, 0) / firsts.length;
    // Uniform: standard error 1/sqrt(12000) = 0.0091; five of them.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.046);
    expect(new Set(firsts).size).toBe(1000);
  });

  it('continues from a saved state, through JSON, whatever was drawn before', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(20), (seed, before) => {
        const random = Random.seeded(seed);
        for (let i = 0; i < before; i++) random.normal();
        const state = JSON.parse(JSON.stringify(random.state()));
        expect(draws(Random.fromState(state))).toEqual(draws(random));
      }),
    );
  });

  it('names a seed or a state that cannot be', () => {
    expect(() => Random.seeded(0.5)).toThrow(InvalidSeedError);
    expect(() => Random.seeded(Number.NaN)).toThrow('seed: expected a whole number');
    expect(() => Random.fromState([1, 2, 3])).toThrow(InvalidRandomStateError);
    expect(() => Random.fromState([0, 0, 0, 0])).toThrow('not all zero');
    for (const word of [2 ** 32, -(2 ** 31) - 1, 1.5, Number.NaN, '1'])
      expect(() => Random.fromState([word as number, 0, 0, 0])).toThrow(InvalidRandomStateError);
    const words = [-(2 ** 31), 2 ** 31 - 1, -1, 5];
    expect(draws(Random.fromState(words.map((word) => word >>> 0)))).toEqual(draws(Random.fromState(words)));
  });

  it('forks streams that differ from each other and from their parent', () => {
    const parent = Random.seeded(1);
    const streams = [parent.fork(), parent.fork(), parent].map((random) => draws(random));
    expect(new Set(streams.map(String)).size).toBe(3);
  });

  it('draws whole numbers over the whole range and never the upper bound', () => {
    const random = Random.seeded(2);
    const counts = [0, 0, 0];
    for (let i = 0; i < 3000; i++) counts[random.integer(-1, 2) + 1]++;
    // Binomial(3000, 1/3): standard deviation 26; five of them.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(130);
    expect(() => random.integer(3, 3)).toThrow(ArgumentError);
  });

  it('draws normals of mean 0 and variance 1', () => {
    const random = Random.seeded(3);
    const values = Array.from({ length: 20_000 }, () => random.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // Standard errors 1/sqrt(20000) = 0.007 and sqrt(2/20000) = 0.01; five of them.
    expect(Math.abs(mean)).toBeLessThan(0.036);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });

  it('shuffles into every order about equally often', () => {
    const random = Random.seeded(4);
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(Int32Array.of(1, 2, 3)).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    // Binomial(6000, 1/6): standard deviation 29; five of them.
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(145);
  });

  it('draws categories in proportion to their weights and never one of weight 0', () => {
    const random = Random.seeded(5);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[random.categorical([0, 1, 3, 0])]++;
    expect(counts[0] + counts[3]).toBe(0);
    expect(Math.abs(counts[2] - 3000)).toBeLessThan(140);
    expect(() => random.categorical([0, 0])).toThrow('positive finite sum, got 0');
    expect(() => random.categorical([-1, 1, 1])).toThrow(
      'weights[0]: expected a number of at least 0, got -1',
    );
    expect(() => random.categorical(undefined as never)).toThrow(
      'weights: expected a list of numbers, got undefined',
    );
    expect(() => random.categorical([1, Number.NaN])).toThrow('got NaN');
  });
});

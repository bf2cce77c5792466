import type { BatchSource, TokenBatch } from '@throughtime/contract';
import { InvalidRandomStateError, Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomBatches } from './random-batches.js';
import { sequentialBatches } from './sequential-batches.js';
import { windowBatches } from './window-batches.js';

const ids = Int32Array.from({ length: 120 }, (_, i) => (i * 7) % 31);
const shape = { batchSize: 3, steps: 4 };
const schemes: Record<string, (random: Random) => BatchSource<TokenBatch>> = {
  sequential: (random) => sequentialBatches(ids, { ...shape, random }),
  random: (random) => randomBatches(ids, { ...shape, random }),
  windows: (random) => windowBatches(ids, { ...shape, stride: 3, random }),
  'windows in order': () => windowBatches(ids, shape),
};

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const plain = (batches: Iterable<TokenBatch>) =>
  [...batches].map(({ inputs, targets }) => [[...inputs], [...targets]]);

describe.each(Object.entries(schemes))('%s batches', (_, make) => {
  it('are the same for the same seed', () => {
    expect(plain(make(Random.seeded(5)))).toEqual(plain(make(Random.seeded(5))));
  });

  it('continue from a cursor saved anywhere, through this epoch and the next', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(8), (seed, taken) => {
        const random = Random.seeded(seed);
        const source = make(random);
        const epoch = source[Symbol.iterator]();
        for (let i = 0; i < taken; i++) epoch.next();
        const saved = throughJson({ cursor: epoch.cursor(), random: random.state() });

        const restored = Random.fromState(saved.random);
        const again = make(restored);
        expect(plain(again.from(saved.cursor))).toEqual(plain(epoch));
        expect(plain(again)).toEqual(plain(source));
        expect(restored.state()).toEqual(random.state());
      }),
    );
  });

  it('draw an epoch when the iterator is made, so other draws between batches change nothing', () => {
    const [random, other] = [Random.seeded(6), Random.seeded(6)];
    const undisturbed = plain(make(random));
    const disturbed: TokenBatch[] = [];
    for (const batch of make(other)) {
      other.uniform();
      disturbed.push(batch);
    }
    expect(plain(disturbed)).toEqual(undisturbed);
  });

  it('name a cursor that cannot be theirs', () => {
    const source = make(Random.seeded(7));
    const { random } = source[Symbol.iterator]().cursor();
    expect(() => source.from({ random, index: source.length + 1 })).toThrow('cursor.index: expected');
    expect(() => source.from({ random, index: 0.5 })).toThrow('cursor.index: expected');
  });
});

it('a cursor with a broken random state is refused', () => {
  const source = schemes.random(Random.seeded(8));
  expect(() => source.from({ random: [1, 2], index: 0 })).toThrow(InvalidRandomStateError);
});

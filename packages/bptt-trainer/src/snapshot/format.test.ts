import { Random } from '@throughtime/random';
import { encodeSafetensors } from '@throughtime/safetensors';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { InvalidCheckpointError } from '../errors.js';
import { collect } from '../fixtures/collect.js';
import { ElmanModel } from '../fixtures/elman-model.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import { adam } from '../optimizers/adam.js';
import { BpttTrainer } from '../trainer.js';
import { decodeCheckpoint, encodeCheckpoint } from './format.js';
import type { TrainerSnapshot } from './snapshot.js';

let snapshot: TrainerSnapshot;
let bytes: Uint8Array;

beforeAll(async () => {
  const trainer = new BpttTrainer(new ElmanModel(), { optimizer: adam(), random: Random.seeded(1) });
  await collect(trainer.fit(tokenBatches(), { epochs: 1 }));
  snapshot = trainer.snapshot();
  bytes = Uint8Array.from(encodeCheckpoint(snapshot).flatMap((piece) => [...piece]));
});

describe('encodeCheckpoint and decodeCheckpoint', () => {
  it('give back the snapshot', () => {
    const read = decodeCheckpoint(bytes);
    expect(read.memory).toEqual(snapshot.memory);
    expect(new Map([...read.tensors].sort())).toEqual(new Map([...snapshot.tensors].sort()));
  });

  it('notice damage at any single byte', () => {
    fc.assert(
      fc.property(fc.nat(bytes.byteLength - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at] ^= change;
        // Padding may become another blank: then nothing is lost.
        const blank = (byte: number) => [0x20, 0x09, 0x0a, 0x0d].includes(byte);
        if (blank(bytes[at]) && blank(damaged[at])) return;
        expect(() => decodeCheckpoint(damaged)).toThrow(InvalidCheckpointError);
      }),
      { numRuns: 3000 },
    );
  });

  it('name what is wrong with a foreign file', () => {
    const foreign = encodeSafetensors({ w: { dtype: 'F32', shape: [1], data: Float32Array.of(1) } });
    expect(() => decodeCheckpoint(foreign)).toThrow(
      'no checkpoint: a safetensors file, but not one that the trainer',
    );
    expect(() => decodeCheckpoint(new TextEncoder().encode('{"epoch": 3}'))).toThrow(
      'no checkpoint, or a damaged one',
    );
    expect(() => decodeCheckpoint(bytes.subarray(0, 500))).toThrow('cut short');
    const later = encodeSafetensors({}, { format: 'throughtime-checkpoint', version: '2' });
    expect(() => decodeCheckpoint(later)).toThrow(
      'version: expected at most 1, got 2 (a newer release of throughtime wrote it',
    );
  });
});

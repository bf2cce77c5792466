import { crc32c } from '@throughtime/platform';
import { describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../events.js';
import { tensorBoard } from './tensor-board.js';

const fit = { loss: 1.5, perplexity: 4.5, bitsPerToken: 2.25, predictions: 4 };
const pace = { tokensPerSecond: 1000, timeLeft: 1, learningRate: 0.25 };
const events: TrainingEvent[] = [
  { type: 'step', epoch: 1, step: 300, ...fit, ...pace, gradientNorm: 8, clippedNorm: 1 },
  { type: 'epoch', epoch: 1, step: 2 ** 40, ...fit, ...pace, seconds: 1, validation: { ...fit, loss: 2.5 } },
  { type: 'end', epoch: 1, step: 2 ** 40, reason: 'finished' },
];

async function fileOf(now: number): Promise<Uint8Array> {
  const bytes: number[] = [];
  const logger = tensorBoard((more) => void bytes.push(...more), { now: () => now });
  for (const event of events) await logger.log(event);
  return Uint8Array.from(bytes);
}

/** A reader of its own, by the description of the format: TFRecords, their checksums verified. */
function records(file: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  const unmask = (stored: number) => {
    const rotated = (stored - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  for (let at = 0; at < file.length; ) {
    const view = new DataView(file.buffer, at);
    const length = Number(view.getBigUint64(0, true));
    expect(unmask(view.getUint32(8, true))).toBe(crc32c(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(unmask(view.getUint32(12 + length, true))).toBe(crc32c(data));
    found.push(data);
    at += length + 16;
  }
  return found;
}

/** Fields of a protobuf message by number: numbers for varints, bytes for everything else. */
function fields(bytes: Uint8Array): [number, number | Uint8Array][] {
  const list: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    return bytes.slice(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const value = { 0: varint, 1: () => take(8), 2: () => take(varint()), 5: () => take(4) }[key & 7]!();
    list.push([key >>> 3, value]);
  }
  return list;
}

describe('tensorBoard', () => {
  it('begins with the bytes that TensorFlow begins a file with', async () => {
    // Length 24, its masked checksum 0x224b7fa3, wall_time, file_version: the start of any event file of TensorFlow's.
    const start = [...(await fileOf(0)).subarray(0, 36)];
    expect(start.slice(0, 12)).toEqual([24, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22]);
    expect(start[12]).toBe(0x09);
    expect(start.slice(21, 23)).toEqual([0x1a, 0x0d]);
    expect(new TextDecoder().decode(Uint8Array.from(start.slice(23)))).toBe('brain.Event:2');
  });

  it('writes scalars by step', async () => {
    const [, ...summaries] = records(await fileOf(1.7e9));
    const read = summaries.map((data) => {
      const [[, time], [, step], [, summary]] = fields(data) as [
        [1, Uint8Array],
        [2, number],
        [5, Uint8Array],
      ];
      expect(new DataView(time.buffer).getFloat64(0, true)).toBe(1.7e9);
      const values = fields(summary).map(([, value]) => {
        const [[, tag], [, scalar]] = fields(value as Uint8Array) as [[1, Uint8Array], [2, Uint8Array]];
        return [new TextDecoder().decode(tag), new DataView(scalar.buffer).getFloat32(0, true)];
      });
      return { step, values: Object.fromEntries(values) };
    });
    expect(read).toEqual([
      {
        step: 300,
        values: {
          'train/loss': 1.5,
          'train/perplexity': 4.5,
          'train/gradient_norm': 8,
          'train/learning_rate': 0.25,
          'train/tokens_per_second': 1000,
        },
      },
      {
        step: 2 ** 40,
        values: { 'epoch/perplexity': 4.5, 'validation/loss': 2.5, 'validation/perplexity': 4.5 },
      },
    ]);
  });
});

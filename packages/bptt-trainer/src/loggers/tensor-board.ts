import { callback, checkOptions } from '@throughtime/errors';
import { crc32c } from '@throughtime/platform';
import type { TrainingEvent } from '../events.js';
import type { TrainingLogger } from './logger.js';

/** How records are dated. */
export interface TensorBoardOptions {
  /** Seconds since 1970, asked for with each record. Default: the clock. */
  readonly now?: () => number;
}

/**
 * Training as a TensorBoard event file: TFRecords of `tensorflow.Event` messages with scalar summaries. Tags: train/loss,
 * train/perplexity, train/gradient_norm, train/learning_rate, train/tokens_per_second; epoch/perplexity; validation/loss,
 * validation/perplexity.
 * @param write appends bytes to a file whose name contains 'tfevents'; `tensorBoardFile` makes one in Node
 * @throws ArgumentError
 */
export function tensorBoard(
  write: (bytes: Uint8Array) => void | Promise<void>,
  options: TensorBoardOptions = {},
): TrainingLogger {
  callback('write', write);
  checkOptions<TensorBoardOptions>(options, { now: callback });
  const { now = () => Date.now() / 1000 } = options;
  let started = false;
  return {
    async log(event) {
      // Every file starts with the version of its format.
      if (!started) await write(record(message(doubleField(1, now()), bytesField(3, 'brain.Event:2'))));
      started = true;
      const scalars = scalarsOf(event);
      if (scalars.length > 0) await write(record(summaryEvent(now(), event.step, scalars)));
    },
  };
}

type Scalar = readonly [tag: string, value: number];

function scalarsOf(event: TrainingEvent): Scalar[] {
  if (event.type === 'step') {
    return [
      ['train/loss', event.loss],
      ['train/perplexity', event.perplexity],
      ['train/gradient_norm', event.gradientNorm],
      ['train/learning_rate', event.learningRate],
      ['train/tokens_per_second', event.tokensPerSecond],
    ];
  }
  if (event.type !== 'epoch') return [];
  const scalars: Scalar[] = [['epoch/perplexity', event.perplexity]];
  if (!event.validation) return scalars;
  const { loss, perplexity } = event.validation;
  return [...scalars, ['validation/loss', loss], ['validation/perplexity', perplexity]];
}

/** Event { double wall_time = 1; int64 step = 2; Summary summary = 5 }, Summary { repeated Value value = 1 }, Value { string tag = 1; float simple_value = 2 }. */
function summaryEvent(wallTime: number, step: number, scalars: readonly Scalar[]): Uint8Array {
  const values = scalars.map(([tag, value]) =>
    bytesField(1, message(bytesField(1, tag), floatField(2, value))),
  );
  return message(doubleField(1, wallTime), integerField(2, step), bytesField(5, message(...values)));
}

/** A TFRecord: length (8 bytes), masked CRC-32C of those, the data, and its masked CRC-32C; little-endian. */
function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, masked(crc32c(bytes.subarray(0, 8))), true);
  bytes.set(data, 12);
  view.setUint32(data.length + 12, masked(crc32c(data)), true);
  return bytes;
}

/** TensorFlow rotates and shifts checksums that lie beside their data, so that a checksum over both does not degenerate. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

type FieldBytes = readonly number[] | Uint8Array;

/** Joins fields to a message of protobuf's wire format. */
function message(...fields: readonly FieldBytes[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, field) => sum + field.length, 0));
  let at = 0;
  for (const field of fields) {
    bytes.set(field, at);
    at += field.length;
  }
  return bytes;
}

/** Wire type 0: a whole number from 0 to 2^53. */
function integerField(number: number, value: number): FieldBytes {
  return [...varint(number * 8), ...varint(value)];
}

/** Wire type 1: eight bytes. */
function doubleField(number: number, value: number): FieldBytes {
  return [...varint(number * 8 + 1), ...new Uint8Array(Float64Array.of(value).buffer)];
}

/** Wire type 5: four bytes. */
function floatField(number: number, value: number): FieldBytes {
  return [...varint(number * 8 + 5), ...new Uint8Array(Float32Array.of(value).buffer)];
}

/** Wire type 2: a string, or another message. */
function bytesField(number: number, value: string | Uint8Array): FieldBytes {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

/** Seven bits per byte, lowest first. Division, not shifts, because shifts end at 32 bits. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}

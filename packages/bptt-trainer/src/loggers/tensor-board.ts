import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
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
      if (!started) await write(record(versionEvent(now())));
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

/** Event { double wall_time = 1; string file_version = 3 } */
function versionEvent(wallTime: number): Uint8Array {
  const event = new BinaryWriter().tag(1, WireType.Bit64).double(wallTime);
  return event.tag(3, WireType.LengthDelimited).string('brain.Event:2').finish();
}

/** Event { double wall_time = 1; int64 step = 2; Summary summary = 5 }, Summary { repeated Value value = 1 }, Value { string tag = 1; float simple_value = 2 }. */
function summaryEvent(wallTime: number, step: number, scalars: readonly Scalar[]): Uint8Array {
  const event = new BinaryWriter()
    .tag(1, WireType.Bit64)
    .double(wallTime)
    .tag(2, WireType.Varint)
    .int64(step);
  event.tag(5, WireType.LengthDelimited).fork();
  for (const [tag, value] of scalars) {
    event.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(tag);
    event.tag(2, WireType.Bit32).float(value).join();
  }
  return event.join().finish();
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

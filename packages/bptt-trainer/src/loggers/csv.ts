import { boolean, callback, checkOptions } from '@throughtime/errors';
import type { EpochEvent, StepEvent } from '../events.js';
import type { TrainingLogger } from './logger.js';

type Row = StepEvent | EpochEvent;

/** Column names and values. Steps and epochs share a table, so some columns are empty in one or the other. */
const columns: readonly (readonly [string, (event: Row) => string | number | undefined])[] = [
  ['type', ({ type }) => type],
  ['epoch', ({ epoch }) => epoch],
  ['step', ({ step }) => step],
  ['loss', ({ loss }) => loss],
  ['perplexity', ({ perplexity }) => perplexity],
  ['bits_per_token', ({ bitsPerToken }) => bitsPerToken],
  ['predictions', ({ predictions }) => predictions],
  ['tokens_per_second', ({ tokensPerSecond }) => tokensPerSecond],
  ['learning_rate', ({ learningRate }) => learningRate],
  ['gradient_norm', (event) => (event.type === 'step' ? event.gradientNorm : undefined)],
  ['clipped_norm', (event) => (event.type === 'step' ? event.clippedNorm : undefined)],
  ['validation_loss', (event) => (event.type === 'epoch' ? event.validation?.loss : undefined)],
  ['validation_perplexity', (event) => (event.type === 'epoch' ? event.validation?.perplexity : undefined)],
];

/** How events become lines of CSV. */
export interface CsvOptions {
  /** Whether the column names come first. Say false to append to a file that has them. Default true. */
  readonly header?: boolean;
}

/**
 * Updates and epochs as rows of comma-separated values; other events are left out.
 * @param write gets each line with its line feed
 * @throws ArgumentError
 */
export function csv(write: (text: string) => void | Promise<void>, options: CsvOptions = {}): TrainingLogger {
  callback('write', write);
  checkOptions<CsvOptions>(options, { header: boolean });
  const { header = true } = options;
  let headed = !header;
  return {
    async log(event) {
      if (event.type !== 'step' && event.type !== 'epoch') return;
      if (!headed) await write(`${columns.map(([name]) => name).join(',')}\n`);
      headed = true;
      await write(`${columns.map(([, value]) => value(event) ?? '').join(',')}\n`);
    },
  };
}

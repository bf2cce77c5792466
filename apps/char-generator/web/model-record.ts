// What the page shows of a model beside its files: saved with it, so that it comes back as it was.
import {
  type Check,
  check,
  exactly,
  list,
  number,
  type OptionChecks,
  record,
  required,
  text,
  whole,
} from '@throughtime/errors';
import type { PassSample } from './timeline.js';

/** A point of the curves: an update, and the validation that was known then. */
export interface RecordedPoint {
  readonly step: number;
  /** null where a run diverged. */
  readonly perplexity: number | null;
  readonly gradientNorm: number | null;
  readonly validation: number | null;
}

export interface ModelRecord {
  readonly points: readonly RecordedPoint[];
  /** After each pass. */
  readonly validation: readonly number[];
  readonly unigram?: number | undefined;
  readonly ngram?: number | undefined;
  readonly epoch: number;
  readonly epochs: number;
  /** Mean over the last pass, on the text that is learned from. */
  readonly perplexity?: number | undefined;
  /** Tokens that are learned from, and those kept to test on. */
  readonly tokens: number;
  readonly validationTokens: number;
  readonly parameters: number;
  /** What the model last wrote while it was trained. */
  readonly sample: string;
  /** What it wrote after each pass. */
  readonly samples: readonly PassSample[];
}

/** Name of the file in a saved set. */
export const recordFile = 'page.json';

const format = 1;
/** Curves are as wide as a screen. */
const mostPoints = 1000;

const numberOrNull: Check<number | null> = check(
  'a number or null',
  (value) => value === null || typeof value === 'number',
);

/** JSON has no infinity, which the perplexity of a run that diverged comes to: it is saved as null. */
type SavedSample = Omit<PassSample, 'perplexity'> & { readonly perplexity: number | null };
type SavedRecord = Omit<ModelRecord, 'samples'> & { readonly samples: readonly SavedSample[] };

const checks: OptionChecks<SavedRecord> = {
  points: required(
    list(
      record<RecordedPoint>({
        step: required(whole({ from: 0 })),
        perplexity: required(numberOrNull),
        gradientNorm: required(numberOrNull),
        validation: required(numberOrNull),
      }),
    ),
  ),
  validation: required(list(number())),
  unigram: number(),
  ngram: number(),
  epoch: required(whole({ from: 0 })),
  epochs: required(whole({ from: 0 })),
  perplexity: number(),
  tokens: required(whole({ from: 0 })),
  validationTokens: required(whole({ from: 0 })),
  parameters: required(whole({ from: 0 })),
  sample: required(text),
  samples: required(
    list(
      record<SavedSample>({
        epoch: required(whole({ from: 0 })),
        perplexity: required(numberOrNull),
        text: required(text),
      }),
    ),
  ),
};

export function encodeModelRecord(shown: ModelRecord): Uint8Array {
  const every = Math.ceil(shown.points.length / mostPoints);
  const points = shown.points.filter((_, i) => i % every === 0);
  // JSON has no infinity, which a run that diverged comes to.
  const validation = shown.validation.filter(Number.isFinite);
  const perplexity = Number.isFinite(shown.perplexity) ? shown.perplexity : undefined;
  return new TextEncoder().encode(JSON.stringify({ format, ...shown, points, validation, perplexity }));
}

/** @throws ArgumentError, SyntaxError when the record is damaged, or of another version of the page */
export function decodeModelRecord(bytes: Uint8Array): ModelRecord {
  const { format: version, ...saved } = JSON.parse(new TextDecoder().decode(bytes));
  exactly(format)('format', version);
  const shown = record(checks)(recordFile, saved);
  const samples = shown.samples.map(({ perplexity, ...sample }) => ({
    ...sample,
    perplexity: perplexity ?? Number.POSITIVE_INFINITY,
  }));
  return { ...shown, samples };
}

import {
  ArgumentError,
  anything,
  check,
  either,
  exactly,
  isRecord,
  type OptionChecks,
  record,
  required,
  SavedFormat,
  whole,
  withFields,
} from '@throughtime/errors';
import type { TokenizerJson } from '@throughtime/text-preprocess';
import { commonChecks, damagedBy, modelFormat, readConfig } from '../files/versioned-config.js';
import { requireVocabulary, type SentenceMarks, vocabularyChecks } from './corpus.js';
import type { CountSmoothing } from './count-model.js';

/** The contents of an n-gram model's `config.json`. */
export interface NgramConfigJson {
  /** Says that this is a model of ours. */
  readonly format: typeof modelFormat;
  readonly version: 1;
  /** Tells it from the `config.json` of a recurrent model, which has no `kind`. */
  readonly kind: 'ngram';
  /** What is not in the arrays: sizes, marks of sentences, smoothing. */
  readonly model: {
    readonly order: number;
    readonly vocabularySize: number;
    readonly sentences: SentenceMarks | null;
    readonly unknown: number | null;
    readonly smoothing: { readonly kind: 'backoff' } | CountSmoothing;
  };
  /** The tokenizer of the training text. */
  readonly tokenizer: TokenizerJson | null;
  /** Whatever the writer wants to find again: plain data. */
  readonly notes: Readonly<Record<string, unknown>>;
}

/** Whether the text of a `config.json` is that of an n-gram model, as opposed to a recurrent one. Never throws. */
export function isNgramConfig(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) && json.kind === 'ngram';
  } catch {
    return false;
  }
}

const nothing = check<null>('null', (value) => value === null);

const modelChecks: OptionChecks<NgramConfigJson['model']> = {
  order: required(whole({ from: 1 })),
  vocabularySize: required(vocabularyChecks.vocabularySize),
  sentences: required(either(nothing, vocabularyChecks.sentences)),
  unknown: required(either(nothing, vocabularyChecks.unknown)),
  smoothing: required(anything),
};

/** An n-gram model's `config.json` in the newest version's form, and its `model` as the file has it. */
export interface ReadNgramConfig {
  readonly config: NgramConfigJson;
  readonly writtenModel: unknown;
}

const configFormat = new SavedFormat(
  modelFormat,
  withFields<Omit<NgramConfigJson, 'format' | 'version'>>({
    ...commonChecks,
    kind: required(exactly('ngram')),
    model: required(record(modelChecks)),
  }),
);

/** What {@link parseNgramConfig} reads. */
export function writeNgramConfig(
  content: Omit<NgramConfigJson, 'format' | 'version' | 'kind'>,
): NgramConfigJson {
  return { format: modelFormat, version: 1, kind: 'ngram', ...content };
}

/**
 * Checks every field of an n-gram model's `config.json` of any version.
 * @throws DamagedModelFileError naming the first that is wrong; NewerModelFileError
 */
export function parseNgramConfig(text: string): ReadNgramConfig {
  const { config, writtenModel } = readConfig(text, configFormat);
  const { model, tokenizer, notes } = config;
  const { vocabularySize, sentences, unknown } = model;
  try {
    requireVocabulary({ vocabularySize, sentences: sentences ?? undefined, unknown: unknown ?? undefined });
    requireSmoothing(model.smoothing, model.order);
  } catch (cause) {
    throw damagedBy(cause, 'model.');
  }
  return { config: writeNgramConfig({ model, tokenizer, notes }), writtenModel };
}

function requireSmoothing(smoothing: unknown, order: number): void {
  const isStrength = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
  if (isRecord(smoothing)) {
    const { kind, k, epsilons } = smoothing;
    if (kind === 'backoff' || kind === 'maximum-likelihood') return;
    if (kind === 'add-k' && isStrength(k) && k !== 0) return;
    if (
      kind === 'laplace' &&
      Array.isArray(epsilons) &&
      epsilons.length === order &&
      epsilons.every(isStrength)
    )
      return;
  }
  throw new ArgumentError('smoothing', `a smoothing method of order ${order}`, smoothing);
}

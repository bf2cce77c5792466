import type { TokenizerJson } from '@throughtime/text-preprocess';
import { damagedConfig as damaged, isRecord, parseConfigText } from '../files/config-fields.js';
import { modelFormat } from '../files/model-config-json.js';
import { requireVocabulary, type SentenceMarks } from './corpus.js';
import type { CountSmoothing } from './count-model.js';

/** The contents of an n-gram model's `config.json`. */
export interface NgramConfigJson {
  readonly format: typeof modelFormat;
  readonly version: 1;
  /** What tells it from a recurrent model's, which has no `kind`. */
  readonly kind: 'ngram';
  readonly model: {
    readonly order: number;
    readonly vocabularySize: number;
    readonly sentences: SentenceMarks | null;
    readonly unknown: number | null;
    readonly smoothing: { readonly kind: 'backoff' } | CountSmoothing;
  };
  /** What cut the text into tokens. */
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

/**
 * Checks every field of an n-gram model's `config.json`.
 * @throws DamagedModelFileError naming the first that is wrong
 */
export function parseNgramConfig(text: string): NgramConfigJson {
  const json = parseConfigText(text);
  if (!isRecord(json)) throw damaged('expected an object');
  const { format, version, kind, model, tokenizer, notes } = json;
  if (format !== modelFormat || kind !== 'ngram')
    throw damaged(`expected format '${modelFormat}' of kind 'ngram', got '${format}' of kind '${kind}'`);
  if (version !== 1) throw damaged(`expected version 1, got ${JSON.stringify(version)}`);
  if (!isRecord(model)) throw damaged('model: expected an object');
  if (!Number.isSafeInteger(model.order)) throw damaged('model.order: expected a whole number');
  if (tokenizer !== null && !isRecord(tokenizer)) throw damaged('tokenizer: expected null or an object');
  if (!isRecord(notes)) throw damaged('notes: expected an object');
  const config = json as unknown as NgramConfigJson;
  requireSmoothing(config.model.smoothing, config.model.order);
  try {
    const { vocabularySize, sentences, unknown } = config.model;
    requireVocabulary({ vocabularySize, sentences: sentences ?? undefined, unknown: unknown ?? undefined });
  } catch (cause) {
    throw damaged(`model.${(cause as Error).message}`, { cause });
  }
  return config;
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
  throw damaged(
    `model.smoothing: expected a smoothing method of order ${order}, got ${JSON.stringify(smoothing)}`,
  );
}

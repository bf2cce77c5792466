import {
  ArgumentError,
  check,
  isRecord,
  NewerVersionError,
  type OptionChecks,
  required,
  type SavedFormat,
  withFields,
} from '@throughtime/errors';
import type { TokenizerJson } from '@throughtime/text-preprocess';
import { DamagedModelFileError, NewerModelFileError } from './model-files-error.js';

/** What every `config.json` of this package says of itself. */
export const modelFormat = 'throughtime-language-model';

/** What the `config.json` files of recurrent and n-gram models have in common. */
export interface CommonConfig {
  readonly model: Readonly<Record<string, unknown>>;
  /** The tokenizer of the training text, so that prompts are cut alike. */
  readonly tokenizer: TokenizerJson | null;
  /** Whatever the writer wants to find again: plain data. */
  readonly notes: Readonly<Record<string, unknown>>;
}

export const commonChecks: OptionChecks<CommonConfig> = {
  model: required(withFields({})),
  // What is in it the tokenizers check.
  tokenizer: required(check('null or an object', (value) => value === null || isRecord(value))),
  notes: required(withFields({})),
};

/**
 * Reads a `config.json` of any version that is known, in the form of the newest.
 * @returns with `writtenModel`, `model` as the file has it: the weights' fingerprint is of this, whatever a migration makes of it
 * @throws DamagedModelFileError, NewerModelFileError
 */
export function readConfig<T>(
  text: string,
  format: SavedFormat<T>,
): { readonly config: T; readonly writtenModel: unknown } {
  try {
    const { value, written } = format.read(text);
    return { config: value, writtenModel: written.model };
  } catch (cause) {
    if (cause instanceof NewerVersionError)
      throw new NewerModelFileError('config.json', cause.version, cause.newest);
    throw damagedBy(cause);
  }
}

/** The error that says what is wrong with a `config.json`, of what a check of its fields threw. */
export function damagedBy(cause: unknown, field = ''): unknown {
  if (!(cause instanceof ArgumentError)) return cause;
  return new DamagedModelFileError('config.json', `${field}${cause.message}`, { cause });
}

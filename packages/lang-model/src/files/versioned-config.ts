import { showValue } from '@throughtime/errors';
import type { TokenizerJson } from '@throughtime/text-preprocess';
import { DamagedModelFileError, NewerModelFileError } from './model-files-error.js';

/** What every `config.json` of this package says of itself. */
export const modelFormat = 'throughtime-language-model';

type Fields = Record<string, unknown>;

/** Turns the fields of one version of a `config.json` into those of the next. */
export type Migration = (config: Fields) => Fields;

/** What the `config.json` files of recurrent and n-gram models have in common. */
export interface VersionedConfig {
  /** In the newest version's form, and not checked yet. */
  readonly model: Fields;
  /** The tokenizer of the training text, so that prompts are cut alike. */
  readonly tokenizer: TokenizerJson | null;
  /** Whatever the writer wants to find again: plain data. */
  readonly notes: Readonly<Fields>;
  /** Every field, in the newest version's form. */
  readonly fields: Fields;
  /** `model` as the file has it: the weights' fingerprint is of this, whatever a migration makes of it. */
  readonly writtenModel: unknown;
}

/**
 * Reads a `config.json` of any version that is known, in the form of the newest.
 * @param migrations from version 1 to 2, from 2 to 3, and so on: the newest version is one more than there are
 * @throws DamagedModelFileError, NewerModelFileError
 */
export function parseVersionedConfig(text: string, migrations: readonly Migration[]): VersionedConfig {
  const json = parse(text);
  if (!isRecord(json)) throw damaged('expected an object');
  if (json.format !== modelFormat)
    throw damaged(
      `expected format '${modelFormat}', got ${showValue(json.format)}: not a language model of throughtime`,
    );
  const fields = migrated(json, migrations);
  const { model, tokenizer, notes } = fields;
  if (!isRecord(model)) throw damaged('model: expected an object');
  if (tokenizer !== null && !isRecord(tokenizer)) throw damaged('tokenizer: expected null or an object');
  if (!isRecord(notes)) throw damaged('notes: expected an object');
  return {
    model,
    tokenizer: tokenizer as TokenizerJson | null,
    notes,
    fields,
    writtenModel: json.model,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged('expected JSON; the file may be damaged or cut short', { cause });
  }
}

function migrated(json: Fields, migrations: readonly Migration[]): Fields {
  const { version } = json;
  const newest = migrations.length + 1;
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    throw damaged(`version: expected a whole number from 1 to ${newest}, got ${showValue(version)}`);
  if ((version as number) > newest) throw new NewerModelFileError('config.json', version as number, newest);
  return migrations.slice((version as number) - 1).reduce((config, migrate) => migrate(config), json);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An error that says what is wrong with a `config.json`. */
export function damaged(problem: string, options?: ErrorOptions): DamagedModelFileError {
  return new DamagedModelFileError('config.json', problem, options);
}

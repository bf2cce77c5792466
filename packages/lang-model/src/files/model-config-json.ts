import type { TokenizerJson } from '@throughtime/text-preprocess';
import { planModel, type RecurrentModelConfig } from '../recurrent/model-config.js';
import { damagedConfig as damaged, isRecord, parseConfigText } from './config-fields.js';

export const modelFormat = 'throughtime-language-model';

/** The contents of `config.json`. */
export interface ModelConfigJson {
  readonly format: typeof modelFormat;
  readonly version: 1;
  readonly model: RecurrentModelConfig;
  /** Whether a `vocabulary.json` belongs to it. */
  readonly vocabulary: boolean;
  /** What cut the text into tokens, so that prompts are cut alike. */
  readonly tokenizer: TokenizerJson | null;
  /** Whatever the writer wants to find again: plain data. */
  readonly notes: Readonly<Record<string, unknown>>;
}

/** Every field that a version 1 architecture may have. */
const modelFields: ReadonlySet<string> = new Set<keyof RecurrentModelConfig>([
  'vocabularySize',
  'cell',
  'units',
  'layers',
  'embedding',
  'tied',
  'nonlinearity',
  'resetAfter',
  'layerNorm',
  'peephole',
  'projectionSize',
  'residual',
  'dropout',
  'zoneout',
  'activationPenalty',
]);

/**
 * Checks every field of a `config.json`.
 * @throws DamagedModelFileError naming the first that is wrong
 */
export function parseModelConfig(text: string): ModelConfigJson {
  const json = parseConfigText(text);
  if (!isRecord(json)) throw damaged('expected an object');
  const { format, version, model, vocabulary, tokenizer, notes } = json;
  if (format !== modelFormat)
    throw damaged(
      `expected format '${modelFormat}', got ${JSON.stringify(format)}: not a language model of throughtime`,
    );
  if (version !== 1) throw damaged(`expected version 1, got ${JSON.stringify(version)}`);
  if (!isRecord(model)) throw damaged('model: expected an object');
  const unknown = Object.keys(model).find((field) => !modelFields.has(field));
  // Ignoring what a field says would run another architecture than the one that was trained.
  if (unknown !== undefined)
    throw damaged(`model.${unknown}: unknown field; was it written by a newer version?`);
  if (typeof vocabulary !== 'boolean') throw damaged('vocabulary: expected true or false');
  if (tokenizer !== null && !isRecord(tokenizer)) throw damaged('tokenizer: expected null or an object');
  if (!isRecord(notes)) throw damaged('notes: expected an object');
  const config = model as unknown as RecurrentModelConfig;
  try {
    planModel(config);
  } catch (cause) {
    throw damaged(`model.${(cause as Error).message}`, { cause });
  }
  return {
    format: modelFormat,
    version,
    model: config,
    vocabulary,
    tokenizer,
    notes,
  };
}

import { showValue } from '@throughtime/errors';
import type { TokenizerJson } from '@throughtime/text-preprocess';
import { type RecurrentModelConfig, resolveModelConfig } from '../recurrent/model-config.js';
import { type WeightForm, weightForm } from '../recurrent/weight-form.js';
import { damaged, isRecord, type Migration, modelFormat, parseVersionedConfig } from './versioned-config.js';

/** The contents of `config.json`. */
export interface ModelConfigJson {
  readonly format: typeof modelFormat;
  /** 3 with int8 weights, which version 2 does not have. */
  readonly version: 2 | 3;
  readonly model: RecurrentModelConfig;
  /** Whether a `vocabulary.json` belongs to it. */
  readonly vocabulary: boolean;
  /** The tokenizer of the training text, so that prompts are cut alike. */
  readonly tokenizer: TokenizerJson | null;
  /** Whatever the writer wants to find again: plain data. */
  readonly notes: Readonly<Record<string, unknown>>;
  /** How the matrices are kept. Default: as float32. */
  readonly weights?: WeightForm;
}

/** A `config.json` in the newest version's form, and its `model` as the file has it. */
export interface ReadModelConfig {
  readonly config: ModelConfigJson;
  readonly writtenModel: unknown;
}

const migrations: readonly Migration[] = [unitsToHiddenSize, floatWeights];

/** Version 1 called `hiddenSize` `units`. */
function unitsToHiddenSize(config: Record<string, unknown>): Record<string, unknown> {
  if (!isRecord(config.model)) return config;
  if ('hiddenSize' in config.model) throw damaged('model.hiddenSize: unknown field of version 1');
  const fields = Object.entries(config.model).map(([name, value]) => [
    name === 'units' ? 'hiddenSize' : name,
    value,
  ]);
  return { ...config, model: Object.fromEntries(fields) };
}

/** Version 2 had float32 weights alone. */
function floatWeights(config: Record<string, unknown>): Record<string, unknown> {
  if ('weights' in config) throw damaged('weights: unknown field of version 2');
  return { ...config, weights: 'float32' };
}

/** What {@link parseModelConfig} reads. With float32 weights it is of version 2, which older programs read. */
export function writeModelConfig({
  weights,
  ...content
}: Omit<ModelConfigJson, 'format' | 'version'>): ModelConfigJson {
  return weights === 'int8'
    ? { format: modelFormat, version: 3, ...content, weights }
    : { format: modelFormat, version: 2, ...content };
}

/**
 * Checks every field of a `config.json` of any version.
 * @throws DamagedModelFileError naming the first that is wrong; NewerModelFileError
 */
export function parseModelConfig(text: string): ReadModelConfig {
  const { model, tokenizer, notes, fields, writtenModel } = parseVersionedConfig(text, migrations);
  if (fields.kind !== undefined)
    throw damaged(`expected a recurrent model, got one of kind ${showValue(fields.kind)}`);
  const { vocabulary, weights } = fields;
  if (typeof vocabulary !== 'boolean') throw damaged('vocabulary: expected true or false');
  const config = model as unknown as RecurrentModelConfig;
  try {
    weightForm('weights', weights);
  } catch (cause) {
    throw damaged((cause as Error).message, { cause });
  }
  try {
    // Refuses fields that it does not know: ignoring what one says would run another architecture than the one that was trained.
    resolveModelConfig(config);
  } catch (cause) {
    throw damaged(`model.${(cause as Error).message}`, { cause });
  }
  const form = weights as WeightForm;
  return {
    config: writeModelConfig({ model: config, vocabulary, tokenizer, notes, weights: form }),
    writtenModel,
  };
}

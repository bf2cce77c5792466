import { boolean, type Check, check, required, SavedFormat, withFields } from '@throughtime/errors';
import type { TokenizerJson } from '@throughtime/text-preprocess';
import { type RecurrentModelConfig, resolveModelConfig } from '../recurrent/model-config.js';
import { type WeightForm, weightForm } from '../recurrent/weight-form.js';
import { type CommonConfig, commonChecks, damagedBy, modelFormat, readConfig } from './versioned-config.js';

/** The contents of `config.json`. */
export interface ModelConfigJson {
  /** Says that this is a model of ours. */
  readonly format: typeof modelFormat;
  /** 3 with int8 weights, which version 2 does not have. */
  readonly version: 2 | 3;
  /** The architecture. */
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

type Fields = Readonly<Record<string, unknown>>;

interface ConfigOf2 extends CommonConfig {
  readonly vocabulary: boolean;
  readonly kind?: undefined;
  readonly weights?: undefined;
}

interface ConfigOf3 extends Omit<ConfigOf2, 'weights'> {
  readonly weights: WeightForm;
}

function checksOf2(model: Check<Fields>) {
  return {
    ...commonChecks,
    model: required(model),
    vocabulary: required(boolean),
    kind: check('none, as of a recurrent model', (value) => value === undefined),
    weights: check('no field of that name before version 3', (value) => value === undefined),
  };
}

const modelOf1: Check<Fields> = withFields<{ readonly hiddenSize?: undefined }>({
  hiddenSize: check('no field of that name in version 1', (value) => value === undefined),
});
/** What is in the model `resolveModelConfig` checks. */
const modelOf2: Check<Fields> = withFields({});

const configFormat = new SavedFormat(modelFormat, withFields<ConfigOf2>(checksOf2(modelOf1)))
  .next(withFields<ConfigOf2>(checksOf2(modelOf2)), ({ model, ...config }) => ({
    ...config,
    model: unitsToHiddenSize(model),
  }))
  // Version 2 had float32 weights alone.
  .next(
    withFields<ConfigOf3>({ ...checksOf2(modelOf2), weights: required(weightForm) }),
    ({ weights: _, ...config }) => ({ ...config, weights: 'float32' as const }),
  );

/** Version 1 called `hiddenSize` `units`. */
function unitsToHiddenSize(model: Fields): Fields {
  return Object.fromEntries(
    Object.entries(model).map(([name, value]) => [name === 'units' ? 'hiddenSize' : name, value]),
  );
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
  const { config, writtenModel } = readConfig(text, configFormat);
  const { vocabulary, tokenizer, notes, weights } = config;
  const model = config.model as unknown as RecurrentModelConfig;
  try {
    // Refuses fields that it does not know: ignoring what one says would run another architecture than the one that was trained.
    resolveModelConfig(model);
  } catch (cause) {
    throw damagedBy(cause, 'model.');
  }
  return { config: writeModelConfig({ model, vocabulary, tokenizer, notes, weights }), writtenModel };
}

import { Random } from '@throughtime/random';
import {
  decodeSafetensors,
  encodeChunks,
  SafetensorsError,
  type Tensor,
  toFloat32,
} from '@throughtime/safetensors';
import {
  InvalidFormatError,
  type Tokenizer,
  tokenizerFromJSON,
  Vocabulary,
} from '@throughtime/text-preprocess';
import { planModel, type RecurrentModelConfig } from '../recurrent/model-config.js';
import { modelParameterShapes } from '../recurrent/model-parameters.js';
import { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import { bytesOf, inFile, jsonBytes, textOf } from './file-contents.js';
import { type ModelConfigJson, modelFormat, parseModelConfig } from './model-config-json.js';
import { DamagedModelFileError } from './model-files-error.js';

/** The files that a saved model consists of, in the order they are written. */
export const modelFileNames = ['vocabulary.json', 'config.json', 'model.safetensors'] as const;

export type ModelFileName = (typeof modelFileNames)[number];

/** A saved model in memory: what a page downloads, or a directory holds. `vocabulary.json` is absent without a vocabulary. */
export type ModelFiles = Readonly<Partial<Record<ModelFileName, Uint8Array>>>;

export interface SaveModelOptions {
  /** What cut the text into tokens; kept so that prompts are cut alike. Default: not kept. */
  readonly tokenizer?: Tokenizer;
  /** Whatever else belongs to the model, as plain data: how it was trained, how its text was cleaned. Default: nothing. */
  readonly notes?: Readonly<Record<string, unknown>>;
}

export interface LoadedModel {
  readonly model: RecurrentLanguageModel;
  /** What cut the text into tokens, where it was saved. */
  readonly tokenizer: Tokenizer | undefined;
  readonly notes: Readonly<Record<string, unknown>>;
}

/**
 * A model as the bytes of its files, weights in pieces so that they are not held twice. The pieces are views: write them
 * before the model is trained further.
 */
export function encodeModel(
  model: RecurrentLanguageModel,
  { tokenizer, notes = {} }: SaveModelOptions = {},
): Partial<Record<ModelFileName, Uint8Array[]>> {
  const config: ModelConfigJson = {
    format: modelFormat,
    version: 1,
    model: model.config,
    vocabulary: model.vocabulary !== undefined,
    tokenizer: tokenizer?.toJSON() ?? null,
    notes,
  };
  const tensors = new Map(
    model.parameters.map(({ name, shape, data }): [string, Tensor] => [name, { dtype: 'F32', shape, data }]),
  );
  // A PyTorch module with tied weights has both names in its state dict.
  if (model.config.tied) tensors.set('decoder.weight', tensors.get('embedding.weight')!);
  return {
    ...(model.vocabulary && { 'vocabulary.json': [jsonBytes(model.vocabulary.toJSON())] }),
    'config.json': [jsonBytes(config)],
    'model.safetensors': encodeChunks(tensors, { format: 'pt' }),
  };
}

/**
 * The model that {@link encodeModel} made files of.
 * @throws MissingModelFileError, DamagedModelFileError naming the file; nothing is allocated for weights that do not fit
 */
export function decodeModel(files: ModelFiles): LoadedModel {
  const { model: config, notes, ...saved } = parseModelConfig(textOf(files, 'config.json'));
  const weights = decodeWeights(bytesOf(files, 'model.safetensors'), config);
  const tokenizer =
    saved.tokenizer === null
      ? undefined
      : inFile('config.json', [InvalidFormatError], () => tokenizerFromJSON(saved.tokenizer));
  const vocabulary = saved.vocabulary && decodeVocabulary(textOf(files, 'vocabulary.json'), config);

  const { vocabularySize, ...architecture } = config;
  const model = new RecurrentLanguageModel({
    ...architecture,
    ...(vocabulary ? { vocabulary } : { vocabularySize }),
    // Every weight is read: nothing is drawn.
    initializer: () => {},
    random: Random.seeded(0),
  });
  for (const { name, data } of model.parameters) data.set(weights.get(name)!);
  return { model, tokenizer, notes };
}

function decodeWeights(bytes: Uint8Array, config: RecurrentModelConfig): ReadonlyMap<string, Float32Array> {
  const { tensors } = inFile('model.safetensors', [SafetensorsError], () => decodeSafetensors(bytes));
  const expected = modelParameterShapes(planModel(config));
  const weights = new Map<string, Float32Array>();
  for (const { name, shape } of expected) {
    const tensor = tensors.get(name);
    if (!tensor)
      throw new DamagedModelFileError('model.safetensors', `expected a weight '${name}', found none`);
    if (tensor.shape.join() !== shape.join())
      throw new DamagedModelFileError(
        'model.safetensors',
        `'${name}': expected shape [${shape.join(', ')}], as config.json has it, got [${tensor.shape.join(', ')}]`,
      );
    weights.set(
      name,
      inFile('model.safetensors', [SafetensorsError], () => toFloat32(tensor)),
    );
  }
  const known = new Set([...weights.keys(), ...(config.tied ? ['decoder.weight'] : [])]);
  const extra = [...tensors.keys()].find((name) => !known.has(name));
  if (extra !== undefined)
    throw new DamagedModelFileError(
      'model.safetensors',
      `expected no weight '${extra}' for this architecture, got one`,
    );
  return weights;
}

function decodeVocabulary(text: string, { vocabularySize }: RecurrentModelConfig): Vocabulary {
  const vocabulary = inFile('vocabulary.json', [InvalidFormatError], () => Vocabulary.fromJSON(text));
  if (vocabulary.size !== vocabularySize)
    throw new DamagedModelFileError(
      'vocabulary.json',
      `expected ${vocabularySize} tokens, as config.json has it, got ${vocabulary.size}`,
    );
  return vocabulary;
}

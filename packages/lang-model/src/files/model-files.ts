import {
  ArgumentError,
  checkOptions,
  inWords,
  nonEmptyText,
  type OptionChecks,
  plainData,
  withMethods,
} from '@throughtime/errors';
import { Random } from '@throughtime/random';
import {
  checksumMetadata,
  decodeHeader,
  decodeSafetensors,
  encodeChunks,
  type Header,
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
import { fromInt8Rows } from '@throughtime/wasm-kernels';
import { type RecurrentModelConfig, resolveModelConfig } from '../recurrent/model-config.js';
import { modelParameterShapes } from '../recurrent/model-parameters.js';
import { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import { int8Rows, isRounded, type WeightForm, weightForm } from '../recurrent/weight-form.js';
import { bytesOf, inFile, jsonBytes, type ModelFileName, type ModelFiles, textOf } from './file-contents.js';
import {
  checkData,
  type Fingerprints,
  fingerprintsOf,
  type LoadModelOptions,
  requireFingerprints,
} from './fingerprint.js';
import {
  type ModelConfigJson,
  parseModelConfig,
  type ReadModelConfig,
  writeModelConfig,
} from './model-config-json.js';
import { DamagedModelFileError } from './model-files-error.js';

/** What is kept with a model. */
export interface SaveModelOptions {
  /** The tokenizer of the training text; kept so that prompts are cut alike. Default: not kept. */
  readonly tokenizer?: Tokenizer;
  /** Whatever else belongs to the model, as plain data: how it was trained, how its text was cleaned. Default: nothing. */
  readonly notes?: Readonly<Record<string, unknown>>;
  /** The run that it comes from, say a hash of its settings and data: {@link savedRun} finds it in the weights. Default: not said. */
  readonly run?: string;
  /** 'int8': a byte for each weight of a matrix, for generation and evaluation; a quarter of the size. Default: as the model has them. */
  readonly weights?: WeightForm;
}

export const saveModelChecks: OptionChecks<SaveModelOptions> = {
  tokenizer: withMethods<Tokenizer>('a tokenizer, such as charTokenizer()', ['toJSON']),
  notes: plainData,
  run: nonEmptyText,
  weights: weightForm,
};

/** A model, and what was kept with it. */
export interface LoadedModel {
  /** The model, ready to generate or to train on. Its `vocabulary` is there where it was saved. */
  readonly model: RecurrentLanguageModel;
  /** The tokenizer of the training text, where it was saved. */
  readonly tokenizer: Tokenizer | undefined;
  /** The plain data that were saved with it; empty for none. */
  readonly notes: Readonly<Record<string, unknown>>;
}

const runKey = 'throughtime.run';

/** The run that a model was saved by, from the metadata of its weights; undefined where they do not say. */
export function savedRun(metadata: Header['metadata']): string | undefined {
  return metadata[runKey];
}

/**
 * A model as the bytes of its files, weights in pieces so that they are not held twice. The pieces are views: write them
 * before the model is trained further.
 * @throws ArgumentError naming the option; for weights that are NaN or infinite, which no one could load
 */
export function encodeModel(
  model: RecurrentLanguageModel,
  options: SaveModelOptions = {},
): Partial<Record<ModelFileName, Uint8Array[]>> {
  checkOptions<SaveModelOptions>(options, saveModelChecks);
  const { tokenizer, notes = {}, run, weights = model.weights } = options;
  for (const { name, data } of model.parameters) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    // decodeModel would refuse the file.
    if (at >= 0) throw new ArgumentError('model', 'finite weights', inWords(`${data[at]} in '${name}'`));
  }
  const config = writeModelConfig({
    weights,
    model: model.config,
    vocabulary: model.vocabulary !== undefined,
    tokenizer: tokenizer?.toJSON() ?? null,
    notes,
  });
  const tensors = new Map(weights === 'int8' ? int8Tensors(model) : floatTensors(model));
  const metadata = {
    format: 'pt',
    ...checksumMetadata(tensors),
    ...fingerprints(model.vocabulary, config.model, config.tokenizer),
    ...(run !== undefined && { [runKey]: run }),
  };
  return {
    ...(model.vocabulary && { 'vocabulary.json': [jsonBytes(model.vocabulary.toJSON())] }),
    'config.json': [jsonBytes(config)],
    'model.safetensors': encodeChunks(tensors, metadata),
  };
}

function floatTensors({ config, parameters }: RecurrentLanguageModel): [string, Tensor][] {
  const tensors = parameters.map(({ name, shape, data }): [string, Tensor] => [
    name,
    { dtype: 'F32', shape, data },
  ]);
  const shared = tensors.find(([name]) => name === sharedName);
  // A PyTorch module with tied weights has both names in its state dict.
  return config.tied && shared ? [...tensors, [tiedName, shared[1]]] : tensors;
}

/** Matrices as bytes, each with its scales beside it. */
function int8Tensors({ parameters }: RecurrentLanguageModel): [string, Tensor][] {
  return parameters.flatMap((parameter): [string, Tensor][] => {
    const { name, shape, data } = parameter;
    if (!isRounded(shape)) return [[name, { dtype: 'F32', shape, data }]];
    const { bytes, scales } = int8Rows(parameter);
    return [
      [name, { dtype: 'I8', shape, data: bytes }],
      [scalesOf(name), { dtype: 'F32', shape: [scales.length], data: scales }],
    ];
  });
}

/** The name of the scales of a matrix's rows. */
const scalesOf = (name: string) => `${name}.scales`;

/** What is read of a model's files before its weights. */
interface ModelHead {
  readonly config: ModelConfigJson;
  readonly tokenizer: Tokenizer | undefined;
  readonly vocabulary: Vocabulary | undefined;
}

/**
 * The model that {@link encodeModel} made files of.
 * @throws MissingModelFileError, DamagedModelFileError naming the file; nothing is allocated for weights that do not fit;
 *   ArgumentError for the options
 */
export function decodeModel(files: ModelFiles, options: LoadModelOptions = {}): LoadedModel {
  // First, so that a folder without a model is told as such, and a folder of something else by what its config.json says.
  const read = parseModelConfig(textOf(files, 'config.json'));
  const bytes = bytesOf(files, 'model.safetensors');
  const header = inFile('model.safetensors', [SafetensorsError], () => decodeHeader(bytes));
  const { config, tokenizer, vocabulary } = headOf(files, header, read);
  const weights = decodeSafetensors(bytes);
  checkData(weights, options);
  const { tensors } = weights;

  const { vocabularySize, ...architecture } = config.model;
  const model = new RecurrentLanguageModel({
    ...architecture,
    ...(vocabulary ? { vocabulary } : { vocabularySize }),
    // Every weight is read: nothing is drawn.
    initializer: () => {},
    random: Random.seeded(0),
    ...(config.weights && { weights: config.weights }),
  });
  const stored = storedNames(header, config.model);
  for (const { name, shape, data } of model.parameters) {
    const tensor = tensors.get(stored(name))!;
    if (config.weights === 'int8' && isRounded(shape)) {
      const scales = finiteWeights(scalesOf(name), tensors.get(scalesOf(name))!);
      fromInt8Rows({ bytes: tensor.data as Int8Array, scales }, data);
    } else data.set(finiteWeights(stored(name), tensor));
  }
  if (config.model.tied) requireTied(tensors);
  return { model, tokenizer, notes: config.notes };
}

/**
 * Reads everything but the weights, and checks that they will fit.
 * @param header of `model.safetensors`
 * @throws as {@link decodeModel}
 */
export function decodeHead(files: ModelFiles, header: Header): ModelHead {
  return headOf(files, header, parseModelConfig(textOf(files, 'config.json')));
}

function headOf(files: ModelFiles, header: Header, { config, writtenModel }: ReadModelConfig): ModelHead {
  requireFittingWeights(header, config);
  const tokenizer =
    config.tokenizer === null
      ? undefined
      : inFile('config.json', [InvalidFormatError], () => tokenizerFromJSON(config.tokenizer));
  const vocabulary = config.vocabulary
    ? decodeVocabulary(textOf(files, 'vocabulary.json'), config.model)
    : undefined;
  requireFingerprints(header.metadata, fingerprints(vocabulary, writtenModel, config.tokenizer));
  return { config, tokenizer, vocabulary };
}

/** Fingerprints of what gives weights their meaning. Dropout and penalties may change from one training to the next. */
function fingerprints(
  vocabulary: Vocabulary | undefined,
  model: unknown,
  tokenizer: ModelConfigJson['tokenizer'],
): Fingerprints {
  const { dropout: _, activationPenalty: __, ...architecture } = model as RecurrentModelConfig;
  return fingerprintsOf(vocabulary?.toJSON(), { architecture, tokenizer });
}

/**
 * A tied module has two names for one matrix. PyTorch's state dict and `encodeModel` write both; `safetensors.torch.save_model`
 * writes only the name that is first in the alphabet.
 */
const [tiedName, sharedName] = ['decoder.weight', 'embedding.weight'] as const;

/** The name in the file of each weight of the model. */
function storedNames({ entries }: Pick<Header, 'entries'>, { tied }: RecurrentModelConfig) {
  return (name: string) =>
    tied && name === sharedName && !entries.has(sharedName) && entries.has(tiedName) ? tiedName : name;
}

/** @throws DamagedModelFileError where both names of the tied matrix are there and differ */
function requireTied(tensors: ReadonlyMap<string, Tensor>): void {
  const [shared, tied] = [tensors.get(sharedName), tensors.get(tiedName)];
  if (!shared || !tied) return;
  const [expected, got] = [finiteWeights(sharedName, shared), finiteWeights(tiedName, tied)];
  const at = expected.findIndex((value, i) => value !== got[i]);
  if (at < 0) return;
  throw new DamagedModelFileError(
    'model.safetensors',
    `'${tiedName}': expected the values of '${sharedName}', to which config.json ties it, got ${got[at]} for ${expected[at]} ` +
      `at index ${at}; tie the two in the module that wrote the file, or set tied to false in config.json`,
  );
}

/** @throws DamagedModelFileError for NaN, infinities, and numbers that become infinite as float32 */
function finiteWeights(name: string, tensor: Tensor): Float32Array {
  const values = toFloat32(tensor);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return values;
  const written = tensor.dtype === 'F64' ? tensor.data[at] : values[at];
  throw new DamagedModelFileError(
    'model.safetensors',
    Number.isFinite(written)
      ? `'${name}': expected numbers within the range of float32, got ${written} at index ${at}`
      : `'${name}': expected finite numbers, got ${written} at index ${at}`,
  );
}

const floatTypes = ['F32', 'F16', 'BF16', 'F64'];

function requireFittingWeights(header: Header, { model: config, weights }: ModelConfigJson): void {
  const { entries } = header;
  const misfit = (problem: string) => new DamagedModelFileError('model.safetensors', problem);
  const known = new Set<string>();
  const requireFitting = (name: string, shape: readonly number[], types = floatTypes) => {
    const entry = entries.get(name);
    if (!entry) throw misfit(`expected a weight '${name}', found none`);
    if (entry.shape.join() !== shape.join())
      throw misfit(
        `'${name}': expected shape [${shape.join(', ')}], as config.json has it, got [${entry.shape.join(', ')}]`,
      );
    if (!types.includes(entry.dtype))
      throw misfit(`'${name}': expected ${types.join(', ')}, got ${entry.dtype}`);
    known.add(name);
  };
  const stored = storedNames(header, config);
  for (const { name, shape } of modelParameterShapes(resolveModelConfig(config))) {
    if (weights === 'int8' && isRounded(shape)) {
      requireFitting(name, shape, ['I8']);
      requireFitting(scalesOf(name), [shape[0]]);
      continue;
    }
    requireFitting(stored(name), shape);
    if (config.tied && name === sharedName && entries.has(tiedName)) requireFitting(tiedName, shape);
  }
  const extra = [...entries.keys()].find((name) => !known.has(name));
  if (extra !== undefined) throw misfit(`expected no weight '${extra}' for this architecture, got one`);
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

import { checkOptions, type OptionChecks, required } from '@throughtime/errors';
import {
  checksumMetadata,
  decodeSafetensors,
  encodeChunks,
  type Safetensors,
  SafetensorsError,
  type Tensor,
} from '@throughtime/safetensors';
import {
  InvalidFormatError,
  type Tokenizer,
  tokenizerFromJSON,
  Vocabulary,
  vocabularyCheck,
} from '@throughtime/text-preprocess';
import { VocabularyMismatchError } from '../errors.js';
import {
  bytesOf,
  inFile,
  jsonBytes,
  type ModelFileName,
  type ModelFiles,
  textOf,
} from '../files/file-contents.js';
import {
  checkData,
  type Fingerprints,
  fingerprintsOf,
  type LoadModelOptions,
  requireFingerprints,
} from '../files/fingerprint.js';
import { type SaveModelOptions, saveModelChecks } from '../files/model-files.js';
import { DamagedModelFileError } from '../files/model-files-error.js';
import { BackoffNgramModel } from './backoff-model.js';
import { CountNgramModel } from './count-model.js';
import { type NgramConfigJson, parseNgramConfig, writeNgramConfig } from './ngram-config.js';
import { NgramTrie, trieFault } from './trie.js';

/** What is kept with an n-gram model. */
export interface SaveNgramModelOptions extends Omit<SaveModelOptions, 'run'> {
  /** The tokens of the ids, V of them. */
  readonly vocabulary: Vocabulary;
}

/** An n-gram model, and what was kept with it. */
export interface LoadedNgramModel {
  /** The model, ready to score and to generate. */
  readonly model: BackoffNgramModel | CountNgramModel;
  /** Gives each token its id. */
  readonly vocabulary: Vocabulary;
  /** The tokenizer of the training text, where it was saved. */
  readonly tokenizer: Tokenizer | undefined;
  /** The plain data that were saved with it; empty for none. */
  readonly notes: Readonly<Record<string, unknown>>;
}

const { run: _, ...savedChecks } = saveModelChecks;
const saveNgramModelChecks: OptionChecks<SaveNgramModelOptions> = {
  ...savedChecks,
  vocabulary: required(vocabularyCheck),
};

/**
 * An n-gram model as the bytes of its files, the arrays in pieces that are views of the model's own.
 * @throws ArgumentError naming the option; VocabularyMismatchError when the vocabulary has another size than the model's
 */
export function encodeNgramModel(
  model: BackoffNgramModel | CountNgramModel,
  options: SaveNgramModelOptions,
): Record<ModelFileName, Uint8Array[]> {
  checkOptions<SaveNgramModelOptions>(options, saveNgramModelChecks);
  const { vocabulary, tokenizer, notes = {} } = options;
  const { order, vocabularySize, sentences = null, unknown = null } = model;
  if (vocabulary.size !== vocabularySize)
    throw new VocabularyMismatchError(
      'vocabulary',
      `${vocabularySize} tokens, as the model has`,
      vocabulary.size,
    );
  const config = writeNgramConfig({
    model: {
      order,
      vocabularySize,
      sentences,
      unknown,
      smoothing: model instanceof CountNgramModel ? model.smoothing : { kind: 'backoff' },
    },
    tokenizer: tokenizer?.toJSON() ?? null,
    notes,
  });
  const { levelStart, token, childStart, suffix } = model.trie;
  const tensors: Record<string, Tensor> = {
    level_start: int32(levelStart),
    token: int32(token),
    child_start: int32(childStart),
    suffix: int32(suffix),
  };
  if (model instanceof CountNgramModel) tensors.counts = int32(model.counts.counts);
  else {
    tensors.log_probability = float32(model.tables.logProbability);
    tensors.backoff = float32(model.tables.backoff);
  }
  return {
    'vocabulary.json': [jsonBytes(vocabulary.toJSON())],
    'config.json': [jsonBytes(config)],
    'model.safetensors': encodeChunks(tensors, {
      ...checksumMetadata(tensors),
      ...fingerprints(vocabulary, config.model, config.tokenizer),
    }),
  };
}

/**
 * The model that {@link encodeNgramModel} made files of. Every array is checked, so that a damaged file cannot make a model
 * that answers nonsense or never returns.
 * @throws MissingModelFileError, DamagedModelFileError naming the file
 */
export function decodeNgramModel(files: ModelFiles, options: LoadModelOptions = {}): LoadedNgramModel {
  const { config: saved, writtenModel } = parseNgramConfig(textOf(files, 'config.json'));
  const { model: config, notes } = saved;
  const vocabulary = inFile('vocabulary.json', [InvalidFormatError], () =>
    Vocabulary.fromJSON(textOf(files, 'vocabulary.json')),
  );
  const tokenizer =
    saved.tokenizer === null
      ? undefined
      : inFile('config.json', [InvalidFormatError], () => tokenizerFromJSON(saved.tokenizer));
  const { order, vocabularySize, smoothing } = config;
  const special = {
    vocabularySize,
    sentences: config.sentences ?? undefined,
    unknown: config.unknown ?? undefined,
  };
  if (vocabulary.size !== vocabularySize)
    throw new DamagedModelFileError(
      'vocabulary.json',
      `expected ${vocabularySize} tokens, as config.json has it, got ${vocabulary.size}`,
    );

  const weights = inFile('model.safetensors', [SafetensorsError], () =>
    decodeSafetensors(bytesOf(files, 'model.safetensors')),
  );
  checkData(weights, options);
  const arrays = arraysIn(weights);
  const trie = new NgramTrie({
    levelStart: arrays.ints('level_start', order + 2),
    token: arrays.ints('token'),
    childStart: arrays.ints('child_start'),
    suffix: arrays.ints('suffix'),
  });
  const fault = trieFault(trie);
  if (fault !== undefined) throw new DamagedModelFileError('model.safetensors', fault);
  if (trie.vocabularySize !== vocabularySize)
    throw new DamagedModelFileError(
      'model.safetensors',
      `level_start: expected ${vocabularySize} unigrams, as config.json has it, got ${trie.vocabularySize}`,
    );
  const model = modelFrom();
  requireFingerprints(weights.metadata, fingerprints(vocabulary, writtenModel, saved.tokenizer));
  return { model, vocabulary, tokenizer, notes };

  function modelFrom(): BackoffNgramModel | CountNgramModel {
    if (smoothing.kind !== 'backoff') {
      const counts = arrays.ints('counts', trie.size);
      requireAll('counts', counts, 'counts from 0', (count) => count >= 0);
      return new CountNgramModel({ trie, counts, order, ...special }, smoothing);
    }
    const logProbability = arrays.floats('log_probability', trie.size);
    const backoff = arrays.floats('backoff', trie.contexts);
    requireAll('log_probability', logProbability, 'logarithms up to 0', (value) => value <= 0);
    requireAll('backoff', backoff, 'logarithms', (value) => value < Number.POSITIVE_INFINITY);
    return new BackoffNgramModel({ trie, logProbability, backoff }, special);
  }
}

/** Fingerprints of what gives the arrays their meaning. */
function fingerprints(
  vocabulary: Vocabulary,
  model: unknown,
  tokenizer: NgramConfigJson['tokenizer'],
): Fingerprints {
  return fingerprintsOf(vocabulary.toJSON(), { model, tokenizer });
}

function requireAll(
  name: string,
  values: Int32Array | Float32Array,
  expected: string,
  valid: (value: number) => boolean,
): void {
  for (const value of values)
    if (!valid(value))
      throw new DamagedModelFileError('model.safetensors', `'${name}': expected ${expected}, got ${value}`);
}

/** The vectors of a safetensors file, by name. */
function arraysIn({ tensors }: Safetensors) {
  const find = <D extends 'I32' | 'F32'>(name: string, dtype: D, length?: number) => {
    const tensor = inFile('model.safetensors', [SafetensorsError], () => tensors.get(name));
    const shape = tensor && `${tensor.dtype} [${tensor.shape.join(', ')}]`;
    if (
      tensor?.dtype !== dtype ||
      tensor.shape.length !== 1 ||
      (length ?? tensor.shape[0]) !== tensor.shape[0]
    )
      throw new DamagedModelFileError(
        'model.safetensors',
        `'${name}': expected ${dtype} [${length ?? 'any length'}], got ${shape ?? 'none'}`,
      );
    return tensor.data;
  };
  return {
    ints: (name: string, length?: number) => find(name, 'I32', length) as Int32Array,
    floats: (name: string, length?: number) => find(name, 'F32', length) as Float32Array,
  };
}

function int32(data: Int32Array): Tensor {
  return { dtype: 'I32', shape: [data.length], data };
}

function float32(data: Float32Array): Tensor {
  return { dtype: 'F32', shape: [data.length], data };
}

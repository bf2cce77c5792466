import {
  ArgumentError,
  boolean,
  callback,
  check,
  checkOptions,
  exactly,
  inWords,
  isRecord,
  type OptionChecks,
  plainData,
  record,
  required,
  SavedFormat,
  withFields,
  withMethods,
} from '@throughtime/errors';
import { checksumText, crc32c } from '@throughtime/platform';
import { Random } from '@throughtime/random';
import type { Allocator } from '@throughtime/rnn-cells';
import {
  checksumFault,
  checksumMetadata,
  decodeSafetensors,
  encodeChunks,
  type Safetensors,
  SafetensorsError,
  type Tensor,
  toFloat32,
} from '@throughtime/safetensors';
import { InvalidFormatError, Vocabulary } from '@throughtime/text-preprocess';
import { InvalidTaskModelError } from '../errors.js';
import { EncoderDecoder, type EncoderDecoderConfig } from '../models/encoder-decoder.js';
import { SequenceLabeler, type SequenceLabelerConfig } from '../models/sequence-labeler.js';

/** The files that a saved model consists of, in the order they are written. */
export const taskFileNames = ['config.json', 'model.safetensors'] as const;

/** A file of a saved model. */
export type TaskFileName = (typeof taskFileNames)[number];

/** A saved model in memory: what a page downloads, or a directory holds. */
export type TaskFiles = Readonly<Partial<Record<TaskFileName, Uint8Array>>>;

/** The models of this package. */
export type TaskModel = SequenceLabeler | EncoderDecoder;

/** Which tokens the ids stand for. */
export interface TaskVocabularies {
  /** Of what is read: tokens of sequences, or of sources. */
  readonly input?: Vocabulary;
  /** Of what comes out: labels, or tokens of targets. */
  readonly output?: Vocabulary;
}

/** What is kept with a model. */
export interface SaveTaskOptions {
  /** Kept with the model, so that text can be read and written. Default: none. */
  readonly vocabularies?: TaskVocabularies;
  /** Whatever else belongs to it, as plain data. Default: nothing. */
  readonly notes?: Readonly<Record<string, unknown>>;
}

/** How strictly a model is read. */
export interface LoadTaskOptions {
  /** Whether a model is read whose data do not match their checksum. Default false: it is refused. */
  readonly acceptDamage?: boolean | undefined;
  /** Told what to warn of. Default: nobody. */
  readonly onWarning?: ((warning: string) => void) | undefined;
}

/** A model, and what was kept with it. */
export interface LoadedTask {
  /** The model, ready to predict or to train on. */
  readonly model: TaskModel;
  /** Which tokens its ids stand for, where they were saved. */
  readonly vocabularies: TaskVocabularies;
  /** The plain data that were saved with it; empty for none. */
  readonly notes: Readonly<Record<string, unknown>>;
}

const vocabularyCheck = withMethods<Vocabulary>('a Vocabulary', ['toJSON']);

const vocabularyChecks: OptionChecks<TaskVocabularies> = {
  input: vocabularyCheck,
  output: vocabularyCheck,
};

const saveChecks: OptionChecks<SaveTaskOptions> = {
  vocabularies: record<TaskVocabularies>(vocabularyChecks),
  notes: plainData,
};

type Fields = Readonly<Record<string, unknown>>;

/** What `config.json` holds. */
interface TaskConfig {
  readonly kind: 'sequence-labeler' | 'encoder-decoder';
  readonly model: Fields;
  /** `null` where there is none. */
  readonly vocabularies: { readonly input: Fields | null; readonly output: Fields | null };
  readonly notes: Fields;
}

const savedVocabulary = check<Fields | null>(
  'null or an object',
  (value) => value === null || isRecord(value),
);

const taskFormat = new SavedFormat(
  'throughtime-task',
  withFields<TaskConfig>({
    kind: required(exactly('sequence-labeler', 'encoder-decoder')),
    // What is in it the model checks.
    model: required(withFields({})),
    vocabularies: required(
      withFields<TaskConfig['vocabularies']>({
        input: required(savedVocabulary),
        output: required(savedVocabulary),
      }),
    ),
    notes: required(withFields({})),
  }),
);

/**
 * A model as the bytes of its files.
 * @throws ArgumentError for weights that are not finite, or a vocabulary that is not the model's size
 */
export function encodeTask(
  model: TaskModel,
  options: SaveTaskOptions = {},
): Record<TaskFileName, Uint8Array[]> {
  checkOptions<SaveTaskOptions>(options, saveChecks);
  const { vocabularies = {}, notes = {} } = options;
  for (const [part, size] of Object.entries(vocabularySizes(model))) {
    const vocabulary = vocabularies[part as keyof TaskVocabularies];
    if (vocabulary && vocabulary.size !== size) {
      throw new ArgumentError(`vocabularies.${part}`, `${size} tokens, as the model has`, vocabulary.size);
    }
  }
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, data } of model.parameters) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw new ArgumentError('model', 'finite weights', inWords(`${data[at]} in '${name}'`));
    tensors.set(name, { dtype: 'F32', shape, data });
  }
  const config: TaskConfig = {
    kind: model instanceof SequenceLabeler ? 'sequence-labeler' : 'encoder-decoder',
    model: model.config as unknown as Fields,
    vocabularies: {
      input: (vocabularies.input?.toJSON() as Fields | undefined) ?? null,
      output: (vocabularies.output?.toJSON() as Fields | undefined) ?? null,
    },
    notes,
  };
  return {
    'config.json': [new TextEncoder().encode(`${JSON.stringify({ ...taskFormat.header, ...config })}\n`)],
    'model.safetensors': encodeChunks(tensors, {
      format: 'pt',
      ...checksumMetadata(tensors),
      [configKey]: checksumOf(config),
    }),
  };
}

/**
 * Reads the files of {@link encodeTask}.
 * @throws InvalidTaskModelError naming the file and what is wrong with it; ArgumentError for the options
 */
export function decodeTask(files: TaskFiles, options: LoadTaskOptions = {}): LoadedTask {
  checkOptions<LoadTaskOptions>(options, { acceptDamage: boolean, onWarning: callback });
  for (const name of taskFileNames) {
    if (files[name] === undefined) {
      throw new InvalidTaskModelError(name, 'a file of a saved model', inWords('none'));
    }
  }
  const config = parseConfig(files['config.json']!);
  const weights = parseWeights(files['model.safetensors']!);
  checkData(weights, checksumOf(config), options);
  const model = modelOf(config, weights);
  const vocabularies = vocabulariesOf(config, model);
  return { model, vocabularies, notes: config.notes };
}

function parseConfig(bytes: Uint8Array): TaskConfig {
  return inPart('config.json', () => taskFormat.read(new TextDecoder().decode(bytes)).value);
}

function parseWeights(bytes: Uint8Array): Safetensors {
  try {
    return decodeSafetensors(bytes);
  } catch (cause) {
    if (!(cause instanceof SafetensorsError)) throw cause;
    throw new InvalidTaskModelError('model.safetensors', 'a safetensors file', inWords(cause.message), {
      cause,
    });
  }
}

/** The metadata's field for the checksum of what gives the tensors their meaning. */
const configKey = 'throughtime.config';

/** Of all but the notes, which may be changed by hand. */
function checksumOf({ kind, model, vocabularies }: TaskConfig): string {
  return checksumText(crc32c(new TextEncoder().encode(JSON.stringify([kind, model, vocabularies]))));
}

/** @throws InvalidTaskModelError for damage that is not accepted */
function checkData(weights: Safetensors, config: string, { acceptDamage, onWarning }: LoadTaskOptions): void {
  const fault = checksumFault(weights);
  if (fault === 'missing') {
    onWarning?.('model.safetensors: has no checksum (other programs write none): damage would go unnoticed');
    return;
  }
  const damaged = [
    ...(fault === 'different' ? ['model.safetensors'] : []),
    ...(weights.metadata[configKey] === config ? [] : ['config.json']),
  ];
  if (damaged.length > 0 && !acceptDamage) {
    throw new InvalidTaskModelError(damaged[0], 'the data that its checksum was made of', inWords('others'), {
      hint: 'it is damaged, or saving was cut off between two files; take both from a backup, or set acceptDamage to read it all the same',
    });
  }
  for (const file of damaged) onWarning?.(`${file}: damaged: it does not match its checksum`);
}

function modelOf({ kind, model: saved }: TaskConfig, { tensors }: Safetensors): TaskModel {
  const options = { random: Random.seeded(0), allocator: boundedBy(tensors) };
  const model = inPart('config.json, model', () =>
    kind === 'sequence-labeler'
      ? new SequenceLabeler({ ...(saved as unknown as SequenceLabelerConfig), ...options })
      : new EncoderDecoder({ ...(saved as unknown as EncoderDecoderConfig), ...options }),
  );
  const file = 'model.safetensors';
  for (const { name, shape, data } of model.parameters) {
    const tensor = tensors.get(name);
    if (!tensor) throw new InvalidTaskModelError(file, `a weight '${name}'`, inWords('none'));
    if (tensor.shape.join() !== shape.join()) {
      throw new InvalidTaskModelError(`${file}, '${name}'`, `shape [${shape.join(', ')}]`, tensor.shape);
    }
    const values = inPart(`${file}, '${name}'`, () => toFloat32(tensor));
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw new InvalidTaskModelError(`${file}, '${name}'`, 'finite numbers', values[at]);
    data.set(values);
  }
  const known = new Set(model.parameters.map(({ name }) => name));
  const extra = [...tensors.keys()].find((name) => !known.has(name));
  if (extra !== undefined) {
    throw new InvalidTaskModelError(file, 'no weight that the model has not', inWords(`'${extra}'`));
  }
  return model;
}

/** Gives no more numbers than the file has, so that a damaged configuration cannot make us allocate billions. */
function boundedBy(tensors: Safetensors['tensors']): Allocator {
  let left = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  return {
    float32(length) {
      left -= length;
      if (!(left >= 0)) {
        throw new InvalidTaskModelError(
          'model.safetensors',
          'as many weights as config.json has',
          inWords('fewer'),
        );
      }
      return new Float32Array(length);
    },
  };
}

function vocabulariesOf({ vocabularies }: TaskConfig, model: TaskModel): TaskVocabularies {
  const read: { input?: Vocabulary; output?: Vocabulary } = {};
  for (const [part, size] of Object.entries(vocabularySizes(model))) {
    const json = vocabularies[part as keyof TaskVocabularies];
    if (json === null) continue;
    const where = `config.json, vocabularies.${part}`;
    let vocabulary: Vocabulary;
    try {
      vocabulary = Vocabulary.fromJSON(JSON.stringify(json));
    } catch (cause) {
      if (!(cause instanceof InvalidFormatError)) throw cause;
      throw new InvalidTaskModelError(where, 'a vocabulary', inWords(cause.message), { cause });
    }
    if (vocabulary.size !== size) throw new InvalidTaskModelError(where, `${size} tokens`, vocabulary.size);
    read[part as keyof TaskVocabularies] = vocabulary;
  }
  return read;
}

function vocabularySizes({ config }: TaskModel): Readonly<Record<keyof TaskVocabularies, number>> {
  return 'task' in config
    ? { input: config.vocabularySize, output: config.classes }
    : { input: config.sourceVocabularySize, output: config.targetVocabularySize };
}

/** Runs work on a part of the files: what it refuses is wrong with the file, not with an argument. */
function inPart<T>(part: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof ArgumentError)) throw cause;
    const { argument, expected, got, hint } = cause;
    const where = argument === '' ? part : `${part}, ${argument}`;
    throw new InvalidTaskModelError(where, expected, inWords(got), {
      cause,
      ...(hint !== undefined && { hint }),
    });
  }
}

import { formatFrequency, parseFrequency, type Timeline, zoneCheck } from '@throughtime/datasets';
import {
  boolean,
  type Check,
  callback,
  check,
  checkOptions,
  inWords,
  list,
  number,
  type OptionChecks,
  plainData,
  record,
  required,
  SavedFormat,
  text,
  whole,
  withExpected,
  withFields,
} from '@throughtime/errors';
import { checksumText, crc32c } from '@throughtime/platform';
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
import { InvalidModelError, readSaved } from '../errors.js';
import { Forecaster, forecasterCheck } from '../methods/forecaster.js';
import type { Method, SavedMethod, SavedTensor } from '../methods/method.js';
import { loadMethod } from '../methods/saved-method.js';
import { type StaticCovariates, TimeSeries } from '../series/time-series.js';

/** The files that a saved forecaster consists of, in the order they are written. */
export const forecasterFileNames = ['config.json', 'model.safetensors'] as const;

/** A file of a saved forecaster. */
export type ForecasterFileName = (typeof forecasterFileNames)[number];

/** A saved forecaster in memory: what a page downloads, or a directory holds. */
export type ForecasterFiles = Readonly<Partial<Record<ForecasterFileName, Uint8Array>>>;

/** A forecaster, and what was kept with it. */
export interface LoadedForecaster {
  /** The forecaster, fitted. */
  readonly forecaster: Forecaster;
  /** The notes that were saved with the model. */
  readonly notes: Readonly<Record<string, unknown>>;
}

/** How strictly a forecaster is read. */
export interface LoadForecasterOptions {
  /**
   * Whether a forecaster is read whose data are not those that its files were written with. Default false: it is refused, since one
   * flipped bit gives wrong numbers without a word.
   */
  readonly acceptDamage?: boolean | undefined;
  /** Told what to warn of: that a file has no checksum to notice damage by, or damage that was accepted. Default: nobody. */
  readonly onWarning?: ((warning: string) => void) | undefined;
}

/** What is kept with a forecaster. */
export interface SaveOptions {
  /** Whatever else belongs to it, as plain data: how it was trained, where the series came from. Default: nothing. */
  readonly notes?: Readonly<Record<string, unknown>>;
}

const saveChecks: OptionChecks<SaveOptions> = { notes: plainData };

/** A method's state without its tensors, which `model.safetensors` holds under `path`. */
interface MethodJson {
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly tensors: readonly string[];
  readonly members: readonly MethodJson[];
}

interface SeriesJson {
  readonly name: string;
  readonly variables: readonly string[];
  readonly start?: number;
  readonly frequency?: string;
  readonly zone?: string;
  readonly anchor?: NonNullable<Timeline['anchor']>;
  readonly covariates?: readonly string[];
  readonly statics?: StaticCovariates;
  readonly period?: number;
}

/** What `config.json` holds, of whatever version its method is. */
interface ConfigJson<M = MethodJson> {
  readonly method: M;
  readonly series: readonly SeriesJson[];
  readonly notes: Readonly<Record<string, unknown>>;
}

/** Deeper than methods of methods have a use; reading one costs a call for every level. */
const deepestMethods = 50;

/** @param configCheck of the methods' own part, and of the methods' in them */
function methodCheck<C extends MethodJson['config']>(
  configCheck: Check<C>,
  depth = 0,
): Check<MethodJson & { readonly config: C }> {
  return withExpected("a method's state", (argument, value) => {
    const members: Check<unknown> =
      depth < deepestMethods
        ? withExpected("a method's state", (inner, member) =>
            methodCheck(configCheck, depth + 1)(inner, member),
          )
        : check(`a method of at most ${deepestMethods} levels`, () => false);
    checkOptions<MethodJson>(
      value,
      {
        kind: required(text),
        config: required(configCheck),
        path: required(text),
        tensors: required(list(text)),
        members: required(list(members)),
      },
      argument,
    );
    return value as unknown as MethodJson & { readonly config: C };
  });
}

const seriesChecks: OptionChecks<SeriesJson> = {
  name: required(text),
  variables: required(list(text)),
  start: number(),
  frequency: text,
  zone: zoneCheck,
  anchor: record<NonNullable<Timeline['anchor']>>({ time: required(number()), steps: required(whole()) }),
  covariates: list(text),
  statics: record<StaticCovariates>({ names: required(list(text)), values: required(list(number())) }),
  period: whole({ from: 1 }),
};

function configCheck<M>(method: Check<M>): Check<ConfigJson<M>> {
  return record<ConfigJson<M>>({
    method: required(method),
    series: required(list(record<SeriesJson>(seriesChecks), { length: { from: 1 } })),
    notes: required(plainData),
  } as OptionChecks<ConfigJson<M>>);
}

type Fields = Readonly<Record<string, unknown>>;

/** A method's own part, in version 1. */
interface ConfigOf1 extends Fields {
  readonly options?: Fields;
  readonly encoder?: Fields & { readonly options?: Fields };
}

interface MethodOf1 extends MethodJson {
  readonly config: ConfigOf1;
  readonly members: readonly MethodOf1[];
}

const configOf1: Check<ConfigOf1> = withFields<ConfigOf1>({
  options: withFields({}),
  encoder: withFields<{ options?: Fields }>({ options: withFields({}) }),
});

const configFormat = new SavedFormat(
  'throughtime-forecaster',
  configCheck(methodCheck(configOf1) as Check<MethodOf1>),
).next(configCheck(methodCheck(withFields<Fields>({}))), (config) => ({
  ...config,
  method: fromVersion1(config.method),
}));

/**
 * A fitted forecaster as the bytes of its files: parameters, scalers, and the series it was fitted on, so that `predict` and
 * `update` continue where they were.
 */
export function encodeForecaster(
  forecaster: Forecaster,
  options: SaveOptions = {},
): Record<ForecasterFileName, Uint8Array[]> {
  forecasterCheck('forecaster', forecaster);
  checkOptions<SaveOptions>(options, saveChecks);
  const tensors = new Map<string, Tensor>();
  const method = withoutTensors(forecaster.method.save(), 'model', tensors);
  const series = forecaster.series.map((one, index) => seriesJson(one, `series.${index}`, tensors));
  const config: ConfigJson = { method, series, notes: options.notes ?? {} };
  return {
    'config.json': [new TextEncoder().encode(`${JSON.stringify({ ...configFormat.header, ...config })}\n`)],
    'model.safetensors': encodeChunks(tensors, {
      ...checksumMetadata(tensors),
      [configKey]: checksumOf(config),
    }),
  };
}

/**
 * Reads the files of {@link encodeForecaster}, written by this version or an earlier one.
 * @throws InvalidModelError naming the file and what is wrong with it, or that a newer release wrote it; ArgumentError for the options
 */
export function decodeForecaster(
  files: ForecasterFiles,
  options: LoadForecasterOptions = {},
): LoadedForecaster {
  checkOptions<LoadForecasterOptions>(options, { acceptDamage: boolean, onWarning: callback });
  for (const name of forecasterFileNames) {
    if (files[name] === undefined) {
      throw new InvalidModelError(name, 'a file of a saved forecaster', inWords('none'));
    }
  }
  const { config, checksum } = parseConfig(files['config.json']!);
  const weights = parseTensors(files['model.safetensors']!);
  checkData(weights, checksum, options);
  const { tensors } = weights;
  const method = loadMethod(savedMethod(config.method, tensors));
  const series = config.series.map((one, index) =>
    readSaved(`series ${index}`, () => savedSeries(one, `series.${index}`, tensors)),
  );
  requireFitting(method, series);
  return { forecaster: new Forecaster(method, series), notes: config.notes };
}

/** How many times the longest saved series an option may ask for: intervals calibrated by a backtest held out values after its end. */
const mostTimesSeries = 16;

/**
 * A method was fitted on the series that are saved with it. So no number of its options, which drive loops and allocations, asks for
 * many times the values that the longest of them has: a horizon or context of billions is damage.
 */
function requireFitting(method: Method, series: readonly TimeSeries[]): void {
  const { length, reason } = method.requires('fit');
  const longest = Math.max(...series.map((one) => one.length));
  if (length > mostTimesSeries * longest) {
    const expected = `options that a series of ${longest} values, or ${mostTimesSeries} times as many, can be fitted with`;
    throw new InvalidModelError('config.json', expected, inWords(`${length} values needed: ${reason}`));
  }
}

/** The metadata's field for the checksum of what gives the tensors their meaning. */
const configKey = 'throughtime.config';

/** Of all but the notes, which may be changed by hand. */
function checksumOf({ method, series }: Pick<ConfigJson, 'method' | 'series'>): string {
  return checksumText(crc32c(new TextEncoder().encode(JSON.stringify([method, series]))));
}

/** @throws InvalidModelError for damage that is not accepted */
function checkData(
  weights: Safetensors,
  config: string,
  { acceptDamage, onWarning }: LoadForecasterOptions,
): void {
  const fault = checksumFault(weights);
  if (fault === 'missing') {
    onWarning?.(
      'model.safetensors: has no checksum (earlier releases wrote none): damage would go unnoticed',
    );
    return;
  }
  const damaged = [
    ...(fault === 'different' ? ['model.safetensors'] : []),
    ...(weights.metadata[configKey] === config ? [] : ['config.json']),
  ];
  if (damaged.length > 0 && !acceptDamage) {
    throw new InvalidModelError(damaged[0], 'the data that its checksum was made of', inWords('others'), {
      hint: 'it is damaged, or saving was cut off between two files; take both from a backup, or read it all the same with acceptDamage (--accept-damage, where there is one)',
    });
  }
  for (const file of damaged) onWarning?.(`${file}: damaged: it does not match its checksum`);
}

function withoutTensors(saved: SavedMethod, path: string, tensors: Map<string, Tensor>): MethodJson {
  for (const { name, shape, data } of saved.tensors ?? [])
    tensors.set(`${path}.${name}`, { dtype: 'F32', shape, data });
  return {
    kind: saved.kind,
    config: saved.config,
    path,
    tensors: (saved.tensors ?? []).map(({ name }) => name),
    members: (saved.members ?? []).map((member, i) =>
      withoutTensors(member, `${path}.members.${i}`, tensors),
    ),
  };
}

function savedMethod(json: MethodJson, tensors: ReadonlyMap<string, Tensor>): SavedMethod {
  return {
    kind: json.kind,
    config: json.config,
    tensors: json.tensors.map((name): SavedTensor => {
      const tensor = tensorAt(tensors, `${json.path}.${name}`);
      return { name, shape: tensor.shape, data: toFloat32(tensor) };
    }),
    members: json.members.map((member) => savedMethod(member, tensors)),
  };
}

function seriesJson(series: TimeSeries, path: string, tensors: Map<string, Tensor>): SeriesJson {
  const { name, variables, values, observed, timeline, known, statics, period } = series;
  const shape = [series.length, series.width];
  tensors.set(`${path}.values`, { dtype: 'F64', shape, data: values });
  tensors.set(`${path}.observed`, { dtype: 'U8', shape, data: observed });
  if (known !== undefined) {
    const rows = known.values.length / known.names.length;
    tensors.set(`${path}.known`, { dtype: 'F64', shape: [rows, known.names.length], data: known.values });
  }
  return {
    name,
    variables,
    ...(timeline && {
      start: timeline.start,
      frequency: formatFrequency(timeline.frequency),
      ...(timeline.zone !== undefined && { zone: timeline.zone }),
      ...(timeline.anchor && { anchor: timeline.anchor }),
    }),
    ...(known && { covariates: known.names }),
    ...(statics && { statics }),
    period,
  };
}

function savedSeries(json: SeriesJson, path: string, tensors: ReadonlyMap<string, Tensor>): TimeSeries {
  const numbers = (part: string) =>
    Float64Array.from(tensorAt(tensors, `${path}.${part}`).data as ArrayLike<number>);
  return TimeSeries.of({
    name: json.name,
    variables: json.variables,
    values: numbers('values'),
    observed: numbers('observed'),
    timeline:
      json.start === undefined || json.frequency === undefined
        ? undefined
        : {
            start: json.start,
            frequency: parseFrequency(json.frequency),
            ...(json.zone !== undefined && { zone: json.zone }),
            ...(json.anchor && { anchor: json.anchor }),
          },
    period: json.period,
    known: json.covariates && { names: json.covariates, values: numbers('known') },
    statics: json.statics,
  });
}

function tensorAt(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = tensors.get(name);
  if (tensor === undefined)
    throw new InvalidModelError('model.safetensors', `a tensor '${name}'`, inWords('none'));
  return tensor;
}

/** @returns the newest version's form, and the checksum of the file's own */
function parseConfig(bytes: Uint8Array): { readonly config: ConfigJson; readonly checksum: string } {
  const { value, written } = readSaved('config.json', () => configFormat.read(bytes));
  return { config: value, checksum: checksumOf(written as unknown as ConfigJson) };
}

/** The options of version 1, for the methods whose options it saved with unknown names included. */
const version1Options: Readonly<Record<string, readonly string[]>> = {
  ar: ['order', 'maxOrder'],
  'lag-network': ['lags', 'hidden', 'strategy'],
  recurrent: ['cell', 'hiddenSize', 'layers', 'contextLength', 'lags', 'strategy', 'windowStride'],
};
const version1Encoding = ['scaler', 'scaleBy', 'calendar'];
const version1Networks = [
  ...version1Encoding,
  ...['optimizer', 'learningRate', 'epochs', 'batchSize', 'clipNorm', 'validationShare', 'patience'],
  ...['head', 'horizon'],
];

/**
 * Version 1 called `hiddenSize` of dense networks `hidden`. It also saved names that were no options and had no effect, and all
 * options of a network a second time with its encoder.
 */
function fromVersion1(method: MethodOf1): MethodJson {
  const members = method.members.map(fromVersion1);
  const { options, encoder } = method.config;
  if (!Object.hasOwn(version1Options, method.kind) || !options) return { ...method, members };
  const names = version1Options[method.kind];
  const { hidden, ...known } = picked(options, encoder ? [...names, ...version1Networks] : names);
  const config = {
    ...method.config,
    options: { ...known, ...(hidden !== undefined && { hiddenSize: hidden }) },
    ...(encoder?.options && { encoder: { ...encoder, options: picked(encoder.options, version1Encoding) } }),
  };
  return { ...method, config, members };
}

function picked(fields: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

function parseTensors(bytes: Uint8Array): Safetensors {
  try {
    return decodeSafetensors(bytes);
  } catch (cause) {
    if (!(cause instanceof SafetensorsError)) throw cause;
    throw new InvalidModelError('model.safetensors', 'whole tensors', inWords(cause.message), { cause });
  }
}

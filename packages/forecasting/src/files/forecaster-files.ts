import { formatFrequency, parseFrequency } from '@throughtime/datasets';
import {
  decodeSafetensors,
  encodeChunks,
  SafetensorsError,
  type Tensor,
  toFloat32,
} from '@throughtime/safetensors';
import { InvalidModelError } from '../errors.js';
import { Forecaster } from '../methods/forecaster.js';
import type { SavedMethod, SavedTensor } from '../methods/method.js';
import { loadMethod } from '../methods/saved-method.js';
import { TimeSeries } from '../series/time-series.js';

/** The files that a saved forecaster consists of, in the order they are written. */
export const forecasterFileNames = ['config.json', 'model.safetensors'] as const;

export type ForecasterFileName = (typeof forecasterFileNames)[number];

/** A saved forecaster in memory: what a page downloads, or a directory holds. */
export type ForecasterFiles = Readonly<Partial<Record<ForecasterFileName, Uint8Array>>>;

export interface LoadedForecaster {
  readonly forecaster: Forecaster;
  /** What was saved beside the model. */
  readonly notes: Readonly<Record<string, unknown>>;
}

const format = 'throughtime-forecaster';
const version = 2;

/** A method's state with its tensors taken out: those stand in `model.safetensors` under `path`. */
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
  readonly covariates?: readonly string[];
}

/**
 * A fitted forecaster as the bytes of its files: parameters, scalers, and the series it stands at the end of, so that
 * `predict` and `update` go on where they were.
 * @param notes whatever else belongs to it, as plain data: how it was trained, where the series came from
 */
export function encodeForecaster(
  forecaster: Forecaster,
  { notes = {} }: { readonly notes?: Readonly<Record<string, unknown>> } = {},
): Record<ForecasterFileName, Uint8Array[]> {
  const tensors = new Map<string, Tensor>();
  const method = methodJson(forecaster.method.save(), 'model', tensors);
  const series = forecaster.series.map((one, index) => seriesJson(one, `series.${index}`, tensors));
  const config = { format, version, method, series, notes };
  return {
    'config.json': [new TextEncoder().encode(`${JSON.stringify(config)}\n`)],
    'model.safetensors': encodeChunks(tensors),
  };
}

/**
 * The forecaster that {@link encodeForecaster} made files of.
 * @throws InvalidModelError naming the file and what is wrong with it
 */
export function decodeForecaster(files: ForecasterFiles): LoadedForecaster {
  for (const name of forecasterFileNames) {
    if (files[name] === undefined) throw new InvalidModelError(name, 'a file of a saved forecaster', 'none');
  }
  const config = parseConfig(files['config.json']!);
  const tensors = parseTensors(files['model.safetensors']!);
  const method = loadMethod(savedMethod(config.method, tensors));
  const series = config.series.map((one, index) => savedSeries(one, `series.${index}`, tensors));
  return { forecaster: new Forecaster(method, series), notes: config.notes };
}

function methodJson(saved: SavedMethod, path: string, tensors: Map<string, Tensor>): MethodJson {
  for (const { name, shape, data } of saved.tensors ?? [])
    tensors.set(`${path}.${name}`, { dtype: 'F32', shape, data });
  return {
    kind: saved.kind,
    config: saved.config,
    path,
    tensors: (saved.tensors ?? []).map(({ name }) => name),
    members: (saved.members ?? []).map((member, i) => methodJson(member, `${path}.members.${i}`, tensors)),
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
  const { name, variables, values, observed, timeline, known } = series;
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
    ...(timeline && { start: timeline.start, frequency: formatFrequency(timeline.frequency) }),
    ...(known && { covariates: known.names }),
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
        : { start: json.start, frequency: parseFrequency(json.frequency) },
    known: json.covariates && { names: json.covariates, values: numbers('known') },
  });
}

function tensorAt(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new InvalidModelError('model.safetensors', `a tensor '${name}'`, 'none');
  return tensor;
}

interface ConfigJson {
  readonly method: MethodJson;
  readonly series: readonly SeriesJson[];
  readonly notes: Readonly<Record<string, unknown>>;
}

function parseConfig(bytes: Uint8Array): ConfigJson {
  let config: (ConfigJson & { format?: unknown; version?: unknown }) | undefined;
  try {
    config = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new InvalidModelError('config.json', 'JSON', 'something else, or a part of it');
  }
  if (config?.format !== format || (config.version !== 1 && config.version !== version)) {
    throw new InvalidModelError(
      'config.json',
      `format '${format}', version ${version} or 1`,
      JSON.stringify(config).slice(0, 60),
    );
  }
  if (
    typeof config.method?.kind !== 'string' ||
    !Array.isArray(config.series) ||
    config.series.length === 0
  ) {
    throw new InvalidModelError(
      'config.json',
      'a method and its series',
      JSON.stringify(config).slice(0, 60),
    );
  }
  return config.version === 1 ? { ...config, method: fromVersion1(config.method) } : config;
}

/** Version 1 called the option `hiddenSize` of dense networks `hidden`. */
function fromVersion1({ kind, config, members = [], ...rest }: MethodJson): MethodJson {
  const { hidden, ...options } = (config?.options ?? {}) as Record<string, unknown>;
  const isRenamed = kind === 'lag-network' && hidden !== undefined;
  return {
    ...rest,
    kind,
    config: isRenamed ? { ...config, options: { ...options, hiddenSize: hidden } } : config,
    members: members.map(fromVersion1),
  };
}

function parseTensors(bytes: Uint8Array): ReadonlyMap<string, Tensor> {
  try {
    return decodeSafetensors(bytes).tensors;
  } catch (cause) {
    if (!(cause instanceof SafetensorsError)) throw cause;
    throw new InvalidModelError('model.safetensors', 'whole tensors', cause.message);
  }
}

import '@tensorflow/tfjs-backend-wasm';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { parseFrequency } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import { decodeHeader, decodeSafetensors, encodeSafetensors } from '@throughtime/safetensors';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { arima } from '../arima/arima.js';
import { conformal } from '../composition/conformal.js';
import { ensemble } from '../composition/ensemble.js';
import { transformed } from '../composition/transformed.js';
import { InvalidModelError } from '../errors.js';
import { ets } from '../ets/exponential-smoothing.js';
import { autoregression } from '../methods/autoregression.js';
import { drift } from '../methods/drift.js';
import type { Forecaster } from '../methods/forecaster.js';
import { globalRecurrent } from '../methods/global-recurrent.js';
import { croston, tsb } from '../methods/intermittent.js';
import { linear, mlp } from '../methods/lag-network.js';
import { recurrent } from '../methods/recurrent.js';
import { seasonalNaive } from '../methods/seasonal-naive.js';
import { theta } from '../methods/theta.js';
import { loadForecaster, saveForecaster } from '../node/forecaster-directory.js';
import { TimeSeries } from '../series/time-series.js';
import {
  decodeForecaster,
  encodeForecaster,
  type ForecasterFileName,
  type ForecasterFiles,
} from './forecaster-files.js';

const random = () => Random.seeded(5);
const noise = random();
const rows = 60;
const series = TimeSeries.of({
  name: 'two',
  variables: ['a', 'b'],
  values: Array.from({ length: 2 * rows }, (_, i) => 10 + Math.sin(i) + 0.3 * noise.normal()),
  observed: Array.from({ length: 2 * rows }, (_, i) => (i % 17 === 5 ? 0 : 1)),
  timeline: { start: 0, frequency: parseFrequency('D') },
  known: { names: ['promotion'], values: Array.from({ length: rows + 9 }, (_, i) => i % 3) },
});

const recurrentOptions = {
  cell: 'lstm',
  hiddenSize: 3,
  contextLength: 5,
  epochs: 1,
  calendar: ['day-of-week'],
} as const;
const points = { levels: [] };
const intervals = { levels: [0.1, 0.9] };
const models: Record<string, [{ levels: number[] }, () => Forecaster]> = {
  'seasonal naive': [intervals, () => seasonalNaive({ period: 7 })],
  drift: [intervals, () => drift()],
  ar: [intervals, () => autoregression({ order: 3 })],
  ets: [intervals, () => ets({ model: 'AAA', period: 4 })],
  arima: [intervals, () => arima({ order: [1, 0, 1], seasonal: [0, 1, 1], period: 4 })],
  'arima by AICc': [intervals, () => arima()],
  theta: [intervals, () => theta({ model: 'auto', period: 4 })],
  croston: [points, () => croston()],
  tsb: [points, () => tsb()],
  linear: [points, () => linear({ lags: 3, random: random(), epochs: 1 })],
  'mlp with a distribution': [
    intervals,
    () => mlp({ lags: 3, random: random(), epochs: 1, head: { kind: 'student' } }),
  ],
  recurrent: [
    intervals,
    () => recurrent({ ...recurrentOptions, random: random(), head: { kind: 'gaussian' } }),
  ],
  'recurrent, encoder-decoder': [
    points,
    () => recurrent({ ...recurrentOptions, random: random(), strategy: 'encoder-decoder', horizon: 3 }),
  ],
  'global recurrent': [
    intervals,
    () =>
      globalRecurrent({
        horizon: 4,
        period: 7,
        hiddenSize: 3,
        networks: 2,
        updates: 4,
        calendar: ['day-of-week'],
        random: random(),
      }),
  ],
  ensemble: [
    intervals,
    () => ensemble({ members: [drift(), transformed(autoregression({ order: 2 }), [{ kind: 'log' }])] }),
  ],
  conformal: [
    intervals,
    () => conformal(linear({ lags: 3, random: random(), epochs: 1 }), { horizon: 4, origins: 10 }),
  ],
};

const inMemory = (forecaster: Forecaster, notes = {}) => {
  const files = encodeForecaster(forecaster, { notes });
  const joined = Object.entries(files).map(([name, pieces]) => [name, new Uint8Array(Buffer.concat(pieces))]);
  return Object.fromEntries(joined) as Record<ForecasterFileName, Uint8Array>;
};

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('saving and loading', () => {
  it('keep the zone, the day of the month and the hour of time stamps', async () => {
    const berlin = { zone: 'Europe/Berlin', start: Date.parse('2021-01-30T17:00Z') };
    for (const frequency of ['M', 'M-30', 'B', '4-4-5', 'D']) {
      const timeline = { ...berlin, frequency: parseFrequency(frequency) };
      const cut = TimeSeries.of({ values: [1, 2, 4, 8, 16, 3], timeline }).slice(1);
      const { forecaster } = decodeForecaster(inMemory(await drift().fit(cut)));
      expect(forecaster.series[0].timeline).toEqual(cut.timeline);
    }
  });

  it.each(Object.entries(models))(
    '%s: forecasts, intervals and updates go on as they were',
    async (_, [options, create]) => {
      const model = await create().fit(series.slice(0, 50));
      const { forecaster, notes } = decodeForecaster(inMemory(model, { from: 'a test' }));
      expect(notes).toEqual({ from: 'a test' });
      expect(forecaster.name).toBe(model.name);
      for (const one of [model, forecaster]) one.update(series.slice(50, 55));
      expect(await forecaster.predict(4, options)).toEqual(await model.predict(4, options));
    },
  );

  it('through a directory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'forecaster '));
    const model = await linear({ lags: 3, random: random(), epochs: 1 }).fit(series);
    const directory = join(folder, 'new', 'model');
    await saveForecaster(directory, model, { notes: { seed: 5 } });
    const { forecaster } = await loadForecaster(directory);
    expect(await forecaster.predict(3)).toEqual(await model.predict(3));
    const path = join(directory, 'model.safetensors');
    await writeFile(path, (await readFile(path)).subarray(0, 100));
    await expect(loadForecaster(directory)).rejects.toThrow('model.safetensors: expected whole tensors');
    await rm(path);
    await expect(loadForecaster(directory)).rejects.toThrow(
      'expected a file of a saved forecaster, got none',
    );
    await rm(folder, { recursive: true });
  });

  it('names what cannot be read back', async () => {
    const files = inMemory(await drift().fit(series));
    const config = (text: string) => ({ ...files, 'config.json': new TextEncoder().encode(text) });
    expect(() => decodeForecaster(config('{'))).toThrow('config.json: expected JSON');
    expect(() => decodeForecaster(config('{"format":"x"}'))).toThrow(
      "config.json, format: expected 'throughtime-forecaster', got 'x'",
    );
    expect(() => decodeForecaster(config('null'))).toThrow('config.json: expected an object');
    const unknown = await edited(drift(), (json) => {
      Object.assign(json.method, { kind: 'crystal ball' });
      return json;
    });
    expect(() => decodeForecaster(unknown)).toThrow('kind: expected one of');
    const network = inMemory(await linear({ lags: 3, random: random(), epochs: 1 }).fit(series));
    const mixed = { ...network, 'model.safetensors': files['model.safetensors'] };
    expect(() => decodeForecaster(mixed)).toThrow('saving was cut off between two files');
    expect(() => decodeForecaster(mixed, { acceptDamage: true })).toThrow(
      "expected a tensor 'model.layers.0.weight'",
    );
  });

  it('names a version that a newer release wrote', async () => {
    const newer = await edited(drift(), (config) => ({ ...config, version: 3 }));
    expect(() => decodeForecaster(newer)).toThrow(InvalidModelError);
    expect(() => decodeForecaster(newer)).toThrow(
      'saved model, config.json, version: expected at most 2, got 3 (a newer release of throughtime wrote it; update to ' +
        'read it)',
    );
  });

  it.each([{ horizon: 2 ** 31 }, { horizon: 1e6 }, { contextLength: 2 ** 31 }, { lags: [2 ** 31] }])(
    'refuses options that no saved series could be fitted with, before any loop: %o',
    async (options) => {
      const method = () =>
        recurrent({
          ...{
            cell: 'gru',
            strategy: 'encoder-decoder',
            horizon: 2,
            contextLength: 4,
            hiddenSize: 2,
            epochs: 1,
          },
          random: random(),
        });
      const damaged = await edited(method(), inOptions(options));
      expect(() => decodeForecaster(damaged)).toThrow(InvalidModelError);
      expect(() => decodeForecaster(damaged)).toThrow(/can be fitted with, got \d+ values needed/);
      decodeForecaster(await edited(method(), inOptions({})));
    },
  );

  it('refuses options that are not known or cannot be, as errors of the file', async () => {
    const withOptions = (options: object) =>
      edited(mlp({ lags: 3, random: random(), epochs: 1 }), inOptions(options));
    const unknown = await withOptions({ hidden: [4] });
    expect(() => decodeForecaster(unknown)).toThrow(InvalidModelError);
    expect(() => decodeForecaster(unknown)).toThrow(
      "saved model, lag-network, hidden: expected the name of an option, got one that is not known (did you mean 'hiddenSize'?)",
    );
    const wrong = await withOptions({ lags: 'many' });
    expect(() => decodeForecaster(wrong)).toThrow(InvalidModelError);
    expect(() => decodeForecaster(wrong)).toThrow('saved model, lag-network, lags: expected a count from 1');
    const encoder = await edited(mlp({ lags: 3, random: random(), epochs: 1 }), (config) => {
      Object.assign(config.method.config.encoder as object, { scaler: { kind: 'standard' } });
      return config;
    });
    expect(() => decodeForecaster(encoder)).toThrow('saved model, scaler, offsets: expected a list of items');
    const smoothing = await edited(ets({ model: 'ANN' }), inOptions({ model: 'ANN', periods: 12 }));
    expect(() => decodeForecaster(smoothing)).toThrow(
      "saved model, ets, options.periods: expected the name of an option, got one that is not known (did you mean 'period'?)",
    );
    const lag = await edited(transformed(drift(), [{ kind: 'log' }]), (config) => {
      Object.assign(config.method.config, { transforms: [{ kind: 'difference' }] });
      return config;
    });
    expect(() => decodeForecaster(lag)).toThrow('saved model, transformed, transforms[0].lag: expected');
  });

  it('refuses damage of the data, unless it is accepted', async () => {
    const files = inMemory(await autoregression({ order: 2 }).fit(series), { epochs: 3 });
    const { dataStart } = decodeHeader(files['model.safetensors']);
    const accept = (damaged: typeof files) => {
      const warnings: string[] = [];
      const onWarning = (warning: string) => warnings.push(warning);
      decodeForecaster(damaged, { acceptDamage: true, onWarning });
      return warnings;
    };
    fc.assert(
      // The low bits: any other may make a value of the series infinite, which no option accepts.
      fc.property(fc.integer({ min: 0, max: rows * 2 - 1 }), (value) => {
        const weights = files['model.safetensors'].slice();
        weights[dataStart + 8 * value] ^= 1;
        const damaged = { ...files, 'model.safetensors': weights };
        expect(() => decodeForecaster(damaged)).toThrow(InvalidModelError);
        expect(() => decodeForecaster(damaged)).toThrow(
          'model.safetensors: expected the data that its checksum',
        );
        expect(accept(damaged)).toEqual(['model.safetensors: damaged: it does not match its checksum']);
      }),
    );
    const text = new TextDecoder().decode(files['config.json']);
    const config = (changed: string) => ({ ...files, 'config.json': new TextEncoder().encode(changed) });
    // A digit of a coefficient.
    const digit = text.replace(/(0\.\d)(\d)/, (_, before, one) => before + ((Number(one) + 1) % 10));
    expect(() => decodeForecaster(config(digit))).toThrow('config.json: expected the data that its checksum');
    expect(accept(config(digit))).toEqual(['config.json: damaged: it does not match its checksum']);
    // Notes are anybody's.
    expect(accept(config(text.replace('"epochs":3', '"epochs":4')))).toEqual([]);
    expect(text).toContain('"epochs":3');
  });

  it('says where there is no checksum', async () => {
    const warnings: string[] = [];
    const old = await edited(drift(), (config) => config);
    decodeForecaster(old, { onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([expect.stringMatching(/^model\.safetensors: has no checksum/)]);
  });

  it('reads version 1, in which options had another name, and unknown ones no effect', async () => {
    const model = mlp({ lags: 3, random: random(), epochs: 1, hiddenSize: 4 });
    const old = await edited(model, (config) => {
      const { hiddenSize, ...options } = config.method.config.options as Record<string, unknown>;
      const written = { ...options, hidden: [hiddenSize], epoch: 5 };
      Object.assign(config.method.config, { options: written });
      Object.assign(config.method.config.encoder as object, { options: { ...written, random: {} } });
      return { ...config, version: 1 };
    });
    const { forecaster } = decodeForecaster(old);
    expect((await forecaster.predict(3)).mean).toEqual((await model.predict(3)).mean);
  });
});

interface Config {
  readonly method: { readonly config: Record<string, unknown> };
}

/** The files of a model whose config was edited by hand. */
async function edited(model: Forecaster, edit: (config: Config) => object) {
  const files = inMemory(await model.fit(series));
  const config: Config = JSON.parse(new TextDecoder().decode(files['config.json']));
  const { tensors } = decodeSafetensors(files['model.safetensors']);
  return {
    'config.json': new TextEncoder().encode(JSON.stringify(edit(config))),
    // Without checksums, as earlier releases wrote it.
    'model.safetensors': encodeSafetensors(tensors),
  };
}

const inOptions = (options: object) => (config: Config) => {
  Object.assign(config.method.config.options as object, options);
  return config;
};

describe('options of a saved network that its tensors do not have', () => {
  const folder = (name: string): ForecasterFiles => {
    const read = (file: string) =>
      readFileSync(new URL(`./fixtures/format-1/${name}/${file}`, import.meta.url));
    return { 'config.json': read('config.json'), 'model.safetensors': read('model.safetensors') };
  };
  const withOption = (files: ForecasterFiles, name: string, value: unknown): ForecasterFiles => {
    const config = JSON.parse(new TextDecoder().decode(files['config.json']));
    config.method.config.options[name] = value;
    return { ...files, 'config.json': new TextEncoder().encode(JSON.stringify(config)) };
  };

  it.each([
    ['mlp-direct-quantile', 'lags', 2_147_483_648],
    ['mlp-direct-quantile', 'horizon', 1e12],
    ['mlp-direct-quantile', 'hidden', [1e9, 1e9]],
    ['gru-direct-point', 'lags', 2_147_483_648],
    ['gru-direct-point', 'hiddenSize', 1e6],
    ['gru-direct-point', 'layers', 1e9],
    ['gru-direct-point', 'horizon', 1e9],
  ])('are refused before anything is made from them: %s, %s %j', (name, option, value) => {
    const files = folder(name);
    expect(() => decodeForecaster(files)).not.toThrow();
    const error = (() => {
      try {
        return decodeForecaster(withOption(files, option, value));
      } catch (cause) {
        return cause;
      }
    })();
    expect(error).toBeInstanceOf(InvalidModelError);
    expect((error as Error).message).toContain('as the model has no more weights');
  });
});

import { ThroughtimeError } from '@throughtime/errors';
import { engineOrUndefined, loadEngine } from '@throughtime/wasm-kernels';
import { expose } from 'comlink';
import type { ForecastWorker } from '../protocol.js';
import { Experiment } from './experiment.js';
import { type HeldSeries, openSeries } from './open-series.js';

let held: HeldSeries | undefined;
let experiment: Experiment | undefined;
let training: AbortController | undefined;

const forecastWorker: ForecastWorker = {
  async threads() {
    await loadEngine();
    return engineOrUndefined()?.threads ?? 0;
  },

  async open(request) {
    training?.abort();
    experiment = undefined;
    held = undefined;
    held = await openSeries(request);
    return held.shown;
  },

  async train(request, onProgress) {
    if (held === undefined) throw new ThroughtimeError('train: expected a series to be opened before');
    training?.abort();
    const controller = new AbortController();
    training = controller;
    await loadEngine();
    const done = await Experiment.run(held, request, { signal: controller.signal, onProgress });
    // Another series may have been opened while the last forecasts were made.
    if (done === undefined || controller.signal.aborted) return undefined;
    experiment = done;
    return done.trained;
  },

  stop() {
    training?.abort();
  },

  async forecastFrom(origin) {
    if (experiment === undefined) throw new ThroughtimeError('forecast: expected a trained model');
    return experiment.forecastFrom(origin);
  },
};

expose(forecastWorker);

import { ThroughtimeError } from '@throughtime/errors';
import { engineOrUndefined, loadEngine } from '@throughtime/wasm-kernels';
import { expose } from 'comlink';
import { isRecurrent } from '../../src/core/models.js';
import type { ForecastWorker, ModelName } from '../protocol.js';
import { workerTexts } from '../texts/chosen-worker.js';
import { type BaselineResults, Experiment } from './experiment.js';
import { type HeldSeries, openSeries } from './open-series.js';
import { reportsFirst } from './reports-first.js';
import { packedSettings, unpackModels } from './shared-model.js';
import { TrainingProblem } from './training-problem.js';

let held: HeldSeries | undefined;
/** Of each model, the one trained last on the series. */
const experiments = new Map<ModelName, Experiment>();
/** What baselines gave on the series: they are the same for every model. */
let baselines: BaselineResults = new Map();
let training: AbortController | undefined;

const forecastWorker: ForecastWorker = {
  async threads() {
    await loadEngine();
    return engineOrUndefined()?.threads ?? 0;
  },

  async open(request) {
    training?.abort();
    experiments.clear();
    baselines = new Map();
    held = undefined;
    held = await openSeries(request);
    return held.shown;
  },

  async train(request, onReport, shared) {
    const series = held;
    if (series === undefined) throw new TrainingProblem(workerTexts.training.notOpened);
    training?.abort();
    const controller = new AbortController();
    const { signal } = controller;
    training = controller;
    // Linear models and MLPs do without it.
    if (isRecurrent(request.model)) await loadEngine();
    const fitted = shared && unpackModels(shared);
    const done = await reportsFirst(onReport, (report) =>
      Experiment.run(series, request, {
        signal,
        onProgress: (progress) => report({ kind: 'epoch', ...progress }),
        onDrawn: (model) => report({ kind: 'drawn', model }),
        fitted,
        baselines,
      }),
    );
    // Another series may have been opened while the last forecasts were made.
    if (done === undefined || signal.aborted) return undefined;
    experiments.set(request.model, done);
    return done.trained;
  },

  stop() {
    training?.abort();
  },

  async forecastFrom(model, origin) {
    return trainedOf(model).forecastFrom(origin);
  },

  async shared(model, settings) {
    return trainedOf(model).packed(settings);
  },

  async settingsIn(shared) {
    return packedSettings(shared);
  },
};

function trainedOf(model: ModelName): Experiment {
  const experiment = experiments.get(model);
  if (experiment === undefined) throw new ThroughtimeError(`${model}: expected a trained model`);
  return experiment;
}

expose(forecastWorker);

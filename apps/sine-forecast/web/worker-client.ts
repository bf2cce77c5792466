import type { Settings } from '@throughtime/web-page';
import { proxy, wrap } from 'comlink';
import type {
  ForecastWorker,
  ModelName,
  ModelRequest,
  SeriesRequest,
  ShownSeries,
  TrainingReport,
} from './protocol.js';
import type { StartedWorker } from './start-worker.js';
import { texts } from './texts/chosen.js';

/** The worker that holds series and model, and computes, so that the page stays quick. */
export type WorkerClient = ReturnType<typeof connectWorker>;

/** @param onCrash called when it fails outside of any request */
export function connectWorker({ worker, onFailure }: StartedWorker, onCrash: (message: string) => void) {
  const remote = wrap<ForecastWorker>(worker);
  onFailure((message) => onCrash(message || texts.run.notLoaded));
  return {
    threads: () => remote.threads(),
    open: (request: SeriesRequest): Promise<ShownSeries> => remote.open(request),
    train: (request: ModelRequest, onReport: (report: TrainingReport) => void, shared?: Uint8Array) =>
      remote.train(request, proxy(onReport), shared),
    shared: (model: ModelName, settings?: Settings) => remote.shared(model, settings),
    settingsIn: (shared: Uint8Array) => remote.settingsIn(shared),
    stop: () => remote.stop(),
    forecastFrom: (model: ModelName, origin: number) => remote.forecastFrom(model, origin),
  };
}

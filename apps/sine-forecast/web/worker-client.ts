import type { Settings } from '@throughtime/web-page';
import { proxy, wrap } from 'comlink';
import type {
  ForecastWorker,
  ModelName,
  ModelRequest,
  SeriesRequest,
  ShownSeries,
  TrainingProgress,
} from './protocol.js';
import { language, texts } from './texts/chosen.js';

/** The worker that holds series and model, and computes, so that the page stays quick. */
export type WorkerClient = ReturnType<typeof connectWorker>;

/** @param onCrash called when the worker fails outside of any request, as for want of memory */
export function connectWorker(onCrash: (message: string) => void) {
  const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), {
    type: 'module',
    name: language,
  });
  const remote = wrap<ForecastWorker>(worker);
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    onCrash(event.message || texts.run.notLoaded);
  });
  return {
    threads: () => remote.threads(),
    open: (request: SeriesRequest): Promise<ShownSeries> => remote.open(request),
    train: (request: ModelRequest, onProgress: (progress: TrainingProgress) => void, shared?: Uint8Array) =>
      remote.train(request, proxy(onProgress), shared),
    shared: (model: ModelName, settings?: Settings) => remote.shared(model, settings),
    settingsIn: (shared: Uint8Array) => remote.settingsIn(shared),
    stop: () => remote.stop(),
    forecastFrom: (model: ModelName, origin: number) => remote.forecastFrom(model, origin),
  };
}

import type { Settings } from '@throughtime/web-page';
import { proxy, type Remote, wrap } from 'comlink';
import type {
  ForecastWorker,
  ModelName,
  ModelRequest,
  SeriesRequest,
  ShownSeries,
  TrainingReport,
} from './protocol.js';
import { language, texts } from './texts/chosen.js';

/** The worker that holds series and model, and computes, so that the page stays quick. */
export type WorkerClient = ReturnType<typeof connectWorker>;

/**
 * The worker starts with the first request.
 * @param onCrash called when it fails outside of any request, as for want of memory
 */
export function connectWorker(onCrash: (message: string) => void) {
  let started: Remote<ForecastWorker> | undefined;
  const remote = () => {
    started ??= startWorker(onCrash);
    return started;
  };
  return {
    threads: () => remote().threads(),
    open: (request: SeriesRequest): Promise<ShownSeries> => remote().open(request),
    train: (request: ModelRequest, onReport: (report: TrainingReport) => void, shared?: Uint8Array) =>
      remote().train(request, proxy(onReport), shared),
    shared: (model: ModelName, settings?: Settings) => remote().shared(model, settings),
    settingsIn: (shared: Uint8Array) => remote().settingsIn(shared),
    stop: () => remote().stop(),
    forecastFrom: (model: ModelName, origin: number) => remote().forecastFrom(model, origin),
  };
}

function startWorker(onCrash: (message: string) => void): Remote<ForecastWorker> {
  const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), {
    type: 'module',
    name: language,
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    onCrash(event.message || texts.run.notLoaded);
  });
  return wrap<ForecastWorker>(worker);
}

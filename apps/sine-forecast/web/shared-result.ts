import type { Settings } from '@throughtime/web-page';
import type { OriginControl } from './origin-control.js';
import type { ModelName, ModelRequest } from './protocol.js';
import { settingsOf } from './requests.js';
import { type Shared, sharedSettings } from './share.js';
import type { WorkerClient } from './worker-client.js';

/** What someone else needs to see what the page shows: the settings that led to it, and the trained model. */
export class SharedResult {
  /** The form's settings when each model was trained: it may say something else by now. */
  readonly #trainedWith = new Map<ModelName, Settings>();

  /** A model was trained. @param settings the form's when that began */
  trained(request: ModelRequest, settings: Settings): void {
    this.#trainedWith.set(request.model, { ...settings, ...settingsOf(request) });
  }

  /** Another series is opened. */
  clear(): void {
    this.#trainedWith.clear();
  }

  /**
   * @param settings the form's
   * @param drawn the forecast that is shown, if there is one
   */
  async of(
    settings: Settings,
    model: ModelName,
    { drawn, worker }: { readonly drawn: OriginControl['drawn']; readonly worker: WorkerClient },
  ): Promise<Shared> {
    const isForms = drawn?.shown.chosen.model === model;
    const trained = isForms ? this.#trainedWith.get(model) : undefined;
    const { k } = settings;
    const all = sharedSettings(
      { ...settings, ...trained, k },
      { origin: drawn?.forecast.origin, isTrained: trained !== undefined },
    );
    // Weights are of use to those alone who have the data.
    const isOpen = trained !== undefined && all.source !== 'file';
    return { settings: all, model: isOpen ? await worker.shared(model) : undefined };
  }
}

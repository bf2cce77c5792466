import { proxy, type Remote, wrap } from 'comlink';
import type { Baselines } from '../src/core/ngram.js';
import { language, texts } from './texts/chosen.js';
import type { BaselineCounter } from './worker/baseline-worker.js';
import type { Report, RunEnd, TextFacts, TextReading, TextSource, TrainRequest } from './worker/protocol.js';
import type { Workshop } from './worker/workshop.js';

/** The worker ended by itself, most often because the browser gave it no more memory. */
export class WorkerLostError extends Error {
  override name = 'WorkerLostError';
}

/** The worker was ended for another. */
class ReplacedError extends Error {
  override name = 'ReplacedError';
}

/**
 * The page's side of its workers. A new model gets a new worker, so that what the one before had in memory is given back as a
 * whole.
 */
export class TrainingClient {
  #worker: Worker | undefined;
  #workshop: Remote<Workshop> | undefined;
  /** Rejects when the worker is lost, or gives way to another. */
  #lost: Promise<never> | undefined;
  #abandon: (reason: Error) => void = () => {};
  #used = false;

  /** What the worker offers. */
  get workshop(): Remote<Workshop> {
    this.#workshop ??= this.#start();
    return this.#workshop;
  }

  /** Trains a new model, and forgets the present one. */
  train(request: TrainRequest, report: (report: Report) => void): Promise<RunEnd> {
    if (this.#used) this.#end();
    return this.withModel((workshop) => workshop.train(request, proxy(report)));
  }

  trainFurther(request: TrainRequest, report: (report: Report) => void): Promise<RunEnd> {
    return this.withModel((workshop) => workshop.trainFurther(request, proxy(report)));
  }

  /**
   * Asks the worker for something that needs memory.
   * @throws WorkerLostError when the worker does not survive it
   */
  async withModel<T>(work: (workshop: Remote<Workshop>) => Promise<T>): Promise<T> {
    const answer = this.#ask(work);
    // After asking, which may begin a worker: an unused one.
    this.#used = true;
    return answer;
  }

  /** What a text is; it says nothing of the model, and any worker can say it. */
  async inspect(source: TextSource, reading: TextReading): Promise<TextFacts> {
    try {
      return await this.#ask((workshop) => workshop.inspect(source, reading));
    } catch (error) {
      if (error instanceof ReplacedError) return this.inspect(source, reading);
      throw error;
    }
  }

  /** Counts the n-gram model to compare with; undefined when there is no text to compare on. */
  async baselines(request: TrainRequest, signal: AbortSignal): Promise<Baselines | undefined> {
    const worker = new Worker(new URL('./worker/baseline-worker.ts', import.meta.url), {
      type: 'module',
      name: language,
    });
    try {
      const aborted = new Promise<undefined>((resolve) => {
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
      });
      return await Promise.race([wrap<BaselineCounter>(worker).count(request), aborted, lost(worker)]);
    } finally {
      worker.terminate();
    }
  }

  #ask<T>(work: (workshop: Remote<Workshop>) => Promise<T>): Promise<T> {
    const { workshop } = this;
    return Promise.race([work(workshop), this.#lost as Promise<never>]);
  }

  #start(): Remote<Workshop> {
    const worker = new Worker(new URL('./worker/training-worker.ts', import.meta.url), {
      type: 'module',
      name: language,
    });
    this.#worker = worker;
    const abandoned = new Promise<never>((_, reject) => {
      this.#abandon = reject;
    });
    this.#lost = Promise.race([lost(worker), abandoned]);
    // Nobody may be waiting when it happens.
    this.#lost.catch(() => {
      if (this.#worker === worker) this.#end();
    });
    this.#used = false;
    return wrap<Workshop>(worker);
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#workshop = undefined;
    this.#abandon(new ReplacedError(texts.problems.replaced));
  }
}

function lost(worker: Worker): Promise<never> {
  return new Promise((_, reject) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      reject(new WorkerLostError(texts.problems.workerLost(event.message ?? '')));
    });
  });
}

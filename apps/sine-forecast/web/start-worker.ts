import { language } from './texts/chosen.js';

/** The worker, and what goes wrong in it outside of any request, as for want of memory. */
export interface StartedWorker {
  readonly worker: Worker;
  /** Hears of every failure, also of those before it listens. */
  onFailure(listener: (message: string) => void): void;
}

/** Starts the worker, which loads its code while the page loads its own. */
export function startWorker(): StartedWorker {
  const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), {
    type: 'module',
    name: language,
  });
  const unheard: string[] = [];
  let hear = (message: string): void => {
    unheard.push(message);
  };
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    hear(event.message);
  });
  return {
    worker,
    onFailure(listener) {
      hear = listener;
      for (const message of unheard.splice(0)) listener(message);
    },
  };
}

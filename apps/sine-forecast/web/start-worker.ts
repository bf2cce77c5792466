import { language } from './texts/chosen.js';

/** Starts the worker, which loads its code while the page loads its own. */
export function startWorker(): Worker {
  return new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module', name: language });
}

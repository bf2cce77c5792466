import type { TrainingBatch } from '@throughtime/contract';
import { callback, ThroughtimeError } from '@throughtime/errors';
import type { Batches } from '../batches/batches.js';
import type { FitOptions } from '../fit-options.js';
import type { TrainerSnapshot } from '../snapshot/snapshot.js';
import type { BpttTrainer } from '../trainer.js';
import {
  endpoint,
  errorData,
  type NodeEndpoint,
  onClose,
  type Reply,
  type Request,
  type WebEndpoint,
} from './channel.js';

/** What a worker trains with. It is made inside the worker, since models cannot be sent. */
export interface TrainingTask<B extends TrainingBatch, S> {
  /** The trainer with its model. */
  readonly trainer: BpttTrainer<B, S>;
  /** What it trains on. */
  readonly batches: Batches<B>;
  /** `signal` and `resume` come from the other side. */
  readonly fit: Omit<FitOptions<B>, 'signal' | 'resume'>;
}

/** How many events may be on their way before training waits: enough not to slow it down, too few to flood the other side. */
const eventsAhead = 64;

/**
 * Call it inside a worker: trains what `prepare` makes from a job, for a `RemoteTrainer` outside. One job at a time; a closed
 * port stops it as a signal does.
 * @param port `self` in a Web Worker, `parentPort` in a worker thread
 * @param prepare gets the job, plain data that the other side sent
 * @throws ArgumentError
 */
export function serveTraining<J, B extends TrainingBatch, S>(
  port: WebEndpoint | NodeEndpoint,
  prepare: (job: J) => TrainingTask<B, S> | Promise<TrainingTask<B, S>>,
): void {
  callback('prepare', prepare);
  const { send, listen } = endpoint(port);
  const reply = (message: Reply) => send(message);
  let controller = new AbortController();
  let trainer: BpttTrainer<B, S> | undefined;
  let ahead = 0;
  let wake = () => {};

  const train = async (job: J, resume: TrainerSnapshot | undefined) => {
    controller = new AbortController();
    ahead = 0;
    try {
      const task = await prepare(job);
      trainer = task.trainer;
      const options = { ...task.fit, signal: controller.signal, ...(resume && { resume }) };
      for await (const event of task.trainer.fit(task.batches, options)) {
        reply({ kind: 'event', event });
        ahead++;
        while (ahead >= eventsAhead && !controller.signal.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
      reply({ kind: 'done' });
    } catch (error) {
      reply({ kind: 'failed', error: errorData(error) });
    }
  };

  const snapshot = () => {
    try {
      if (!trainer) {
        throw new ThroughtimeError('snapshot: expected a run in progress, got none: call fit first');
      }
      reply({ kind: 'snapshot', snapshot: trainer.snapshot() });
    } catch (error) {
      reply({ kind: 'no-snapshot', error: errorData(error) });
    }
  };

  // Nobody is left to take events: without this, training would wait forever.
  onClose(port, () => {
    controller.abort();
    wake();
  });
  listen((message) => {
    const request = message as Request;
    if (request.kind === 'fit') void train(request.job as J, request.resume);
    if (request.kind === 'snapshot') snapshot();
    if (request.kind === 'abort') controller.abort();
    if (request.kind === 'taken') ahead--;
    wake();
  });
}

import { abortSignal, checkOptions, type OptionChecks, ThroughtimeError } from '@throughtime/errors';
import type { TrainingEvents } from '../events.js';
import { snapshotCheck, type TrainerSnapshot } from '../snapshot/snapshot.js';
import {
  type Endpoint,
  endpoint,
  type NodeEndpoint,
  onFailure,
  type Reply,
  type Request,
  remoteError,
  type WebEndpoint,
} from './channel.js';

/** What this side decides about a call of `fit` in the worker. */
export interface RemoteFitOptions {
  /** Stops after the update in progress, as in `BpttTrainer.fit`. */
  readonly signal?: AbortSignal;
  /** Continue from here. */
  readonly resume?: TrainerSnapshot;
}

const remoteFitChecks: OptionChecks<RemoteFitOptions> = { signal: abortSignal, resume: snapshotCheck };

/** A job was given while another was in progress. */
export class TrainerBusyError extends ThroughtimeError {
  override name = 'TrainerBusyError';
}

/** The worker ended, or its port was closed, before training did. */
export class WorkerLostError extends ThroughtimeError {
  override name = 'WorkerLostError';

  override get isUserError(): boolean {
    return false;
  }
}

/**
 * A `BpttTrainer` in a worker, seen from outside: the page does not freeze while it trains, and the events are the same.
 * Training runs a few events ahead of their consumer.
 *
 * @typeParam J a job: plain data from which the worker, in `serveTraining`, makes model, trainer and batches
 */
export class RemoteTrainer<J> {
  readonly #endpoint: Endpoint;
  readonly #replies: Reply[] = [];
  #wake = () => {};
  #snapshots: { resolve(snapshot: TrainerSnapshot): void; reject(error: Error): void }[] = [];
  #lost: WorkerLostError | undefined;
  #isBusy = false;

  /** @param worker a Worker, of the page or of node:worker_threads, that calls `serveTraining` */
  constructor(worker: WebEndpoint | NodeEndpoint) {
    this.#endpoint = endpoint(worker);
    this.#endpoint.listen((message) => this.#receive(message as Reply));
    onFailure(worker, (reason) => this.#fail(reason));
  }

  /**
   * As `BpttTrainer.fit`. Leaving the loop early stops training.
   * @throws what training throws, with its name, message and fields, but not of its class; ArgumentError; WorkerLostError;
   *   TrainerBusyError while the events of another call are still being taken
   */
  async *fit(job: J, options: RemoteFitOptions = {}): TrainingEvents {
    checkOptions<RemoteFitOptions>(options, remoteFitChecks);
    const { signal, resume } = options;
    if (this.#isBusy)
      throw new TrainerBusyError('fit: expected the job before to have ended, got another one');
    this.#replies.length = 0;
    this.#request({ kind: 'fit', job, ...(resume && { resume }) });
    this.#isBusy = true;
    const abort = () => this.#request({ kind: 'abort' });
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    let ended = false;
    try {
      for (;;) {
        const reply = await this.#next();
        ended = reply.kind !== 'event';
        if (reply.kind === 'failed') throw remoteError(reply.error);
        if (reply.kind !== 'event') return;
        this.#request({ kind: 'taken' });
        yield reply.event;
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      if (!ended && !this.#lost) await this.#stop(abort);
      this.#isBusy = false;
    }
  }

  /**
   * As `BpttTrainer.snapshot`. This is also how the trained weights leave the worker. Tensors 'parameter/NAME' are those of the last
   * update, 'best/NAME' those that `restoreBest` keeps. 'optimizer/NAME/ax' are the averages of an optimizer that averages.
   * @throws ThroughtimeError before the first call of `fit`; WorkerLostError
   */
  snapshot(): Promise<TrainerSnapshot> {
    if (this.#lost) return Promise.reject(this.#lost);
    this.#request({ kind: 'snapshot' });
    return new Promise((resolve, reject) => {
      this.#snapshots.push({ resolve, reject });
    });
  }

  #request(request: Request): void {
    this.#endpoint.send(request);
  }

  #receive(reply: Reply): void {
    if (reply.kind === 'snapshot') this.#snapshots.shift()?.resolve(reply.snapshot);
    else if (reply.kind === 'no-snapshot') this.#snapshots.shift()?.reject(remoteError(reply.error));
    else this.#replies.push(reply);
    this.#wake();
  }

  #fail(reason: string): void {
    this.#lost ??= new WorkerLostError(`the worker that trains was lost: ${reason}`);
    for (const { reject } of this.#snapshots) reject(this.#lost);
    this.#snapshots = [];
    this.#wake();
  }

  async #next(): Promise<Reply> {
    for (;;) {
      const reply = this.#replies.shift();
      if (reply) return reply;
      if (this.#lost) throw this.#lost;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Waits until the worker has stopped, so that it is free for the next job. */
  async #stop(abort: () => void): Promise<void> {
    abort();
    for (let reply = await this.#next(); reply.kind === 'event'; reply = await this.#next());
  }
}

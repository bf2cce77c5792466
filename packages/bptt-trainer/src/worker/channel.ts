import { isUserError, messageOf } from '@throughtime/errors';
import type { TrainingEvent } from '../events.js';
import type { TrainerSnapshot } from '../snapshot/snapshot.js';

/** One end of a channel of messages; the same for Web Workers, worker threads and message ports. */
export interface Endpoint {
  send(message: unknown): void;
  /** @returns a function that stops listening */
  listen(receive: (message: unknown) => void): () => void;
}

/** What a page has: a Worker, or, inside one, `self`; a MessagePort anywhere. */
export interface WebEndpoint {
  /** Sends a structured clone to the other side. */
  postMessage(message: unknown): void;
  /** Begins to hear messages. */
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  /** Stops hearing them. */
  removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** What Node has: a Worker of node:worker_threads, or, inside one, `parentPort`. */
export interface NodeEndpoint {
  /** Sends a structured clone to the other side. */
  postMessage(message: unknown): void;
  /** Begins to hear messages. */
  on(type: 'message', listener: (message: unknown) => void): unknown;
  /** Stops hearing them. */
  off(type: 'message', listener: (message: unknown) => void): unknown;
}

/** A worker: the other side may be lost. */
interface MayFail {
  addEventListener?(type: 'error', listener: (event: { message?: string }) => void): void;
  on?(type: 'error' | 'exit', listener: (reason: unknown) => void): unknown;
}

/** Either side may end the channel: a MessagePort of Node, and of the browsers that report it. */
interface MayClose {
  addEventListener?(type: 'close', listener: () => void): void;
  on?(type: 'close', listener: () => void): unknown;
}

export function endpoint(port: WebEndpoint | NodeEndpoint): Endpoint {
  if ('on' in port) {
    return {
      send: (message) => port.postMessage(message),
      listen(receive) {
        port.on('message', receive);
        return () => port.off('message', receive);
      },
    };
  }
  return {
    send: (message) => port.postMessage(message),
    listen(receive) {
      const listener = ({ data }: MessageEvent) => receive(data);
      port.addEventListener('message', listener);
      // A MessagePort with a listener of this kind waits for it; a Worker has no such method.
      (port as Partial<MessagePort>).start?.();
      return () => port.removeEventListener('message', listener);
    },
  };
}

/** Calls `lost` with the reason when a worker dies or a port is closed. */
export function onFailure(port: WebEndpoint | NodeEndpoint, lost: (reason: string) => void): void {
  const worker = port as object as MayFail;
  if (worker.on) {
    worker.on('error', (error) => lost(messageOf(error)));
    worker.on('exit', (code) => lost(`it exited with code ${code}`));
  } else worker.addEventListener?.('error', (event) => lost(event.message ?? 'an error without a message'));
  onClose(port, () => lost('its port was closed'));
}

export function onClose(port: WebEndpoint | NodeEndpoint, closed: () => void): void {
  const closable = port as object as MayClose;
  if (closable.on) closable.on('close', closed);
  else closable.addEventListener?.('close', closed);
}

/** From the side that asks for training. */
export type Request =
  | { readonly kind: 'fit'; readonly job: unknown; readonly resume?: TrainerSnapshot }
  | { readonly kind: 'taken' }
  | { readonly kind: 'abort' }
  | { readonly kind: 'snapshot' };

/** From the side that trains. */
export type Reply =
  | { readonly kind: 'event'; readonly event: TrainingEvent }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: ErrorData }
  | { readonly kind: 'snapshot'; readonly snapshot: TrainerSnapshot }
  | { readonly kind: 'no-snapshot'; readonly error: ErrorData };

/** An error as data: structured clones keep neither the class nor the fields of our errors. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** As {@link isUserError} says of it. */
  readonly isUserError: boolean;
  /** Its own fields, such as `step` and `tensor`. */
  readonly fields: Readonly<Record<string, string | number>>;
}

export function errorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), isUserError: false, fields: {} };
  }
  const plain = Object.entries(error).filter(([, value]) => ['string', 'number'].includes(typeof value));
  return {
    name: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    isUserError: isUserError(error),
    fields: Object.fromEntries(plain),
  };
}

/** An error of the other side: its name, message, stack, fields and whether a user can fix it; not its class. */
export function remoteError({ name, message, stack, fields, isUserError }: ErrorData): Error {
  return Object.assign(new Error(message), fields, {
    name,
    isUserError,
    ...(stack !== undefined && { stack }),
  });
}

import { messageOf } from '../errors.js';

/** One end of a channel of messages, the same for Web Workers, worker threads and message ports. */
export interface Endpoint {
  send(message: unknown): void;
  /** @returns a function that stops listening */
  listen(receive: (message: unknown) => void): () => void;
}

/** What a page has: a Worker, or, inside one, `self`; a MessagePort anywhere. */
export interface WebEndpoint {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** What Node has: a Worker of node:worker_threads, or, inside one, `parentPort`. */
export interface NodeEndpoint {
  postMessage(message: unknown): void;
  on(type: 'message', listener: (message: unknown) => void): unknown;
  off(type: 'message', listener: (message: unknown) => void): unknown;
}

/** Where the other side may be lost: a worker. */
interface MayFail {
  addEventListener?(type: 'error', listener: (event: { message?: string }) => void): void;
  on?(type: 'error' | 'exit', listener: (reason: unknown) => void): unknown;
}

/** Where either side may end the channel: a MessagePort of Node, and of the browsers that tell. */
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
      // A MessagePort listened to this way waits for it; a Worker has no such method.
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

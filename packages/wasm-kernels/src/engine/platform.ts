/** The differences between Node and browsers: counting cores and starting workers. */

interface NodeModules {
  'node:os': typeof import('node:os');
  'node:worker_threads': typeof import('node:worker_threads');
}

/** A Node module without an import that bundlers would follow; undefined in browsers. */
function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const load = (globalThis.process as NodeJS.Process | undefined)?.getBuiltinModule;
  return load?.(name) as NodeModules[Name] | undefined;
}

/** Whether this thread may block: a page's own thread may not. */
function mayWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether memory can be shared with workers here, and this thread can wait for them. */
export function canUseThreads(): boolean {
  if (typeof SharedArrayBuffer === 'undefined' || !mayWait()) return false;
  if (nodeModule('node:worker_threads')) return true;
  return typeof Worker !== 'undefined' && globalThis.crossOriginIsolated === true;
}

/** How many threads can run at once, the calling one included; at least 1. */
export function availableCores(): number {
  const os = nodeModule('node:os');
  const cores = os ? os.availableParallelism() : globalThis.navigator?.hardwareConcurrency;
  return Math.max(1, cores || 1);
}

export interface WorkerHandle {
  /** Resolves once the worker takes part or has ended. Until then the process stays alive. */
  ready(): Promise<void>;
  terminate(): void;
}

/**
 * Starts a worker that does not keep the process alive.
 * @param onEnd called once, when the worker ends, with the error that ended it, if any
 */
export function startWorker(source: string, data: unknown, onEnd: (error?: unknown) => void): WorkerHandle {
  const threads = nodeModule('node:worker_threads');
  return threads ? startNodeWorker(threads, source, data, onEnd) : startWebWorker(source, data, onEnd);
}

function startNodeWorker(
  threads: NodeModules['node:worker_threads'],
  source: string,
  data: unknown,
  onEnd: (error?: unknown) => void,
): WorkerHandle {
  const worker = new threads.Worker(source, {
    eval: true,
    workerData: data,
    execArgv: [],
    name: 'throughtime',
  });
  let failure: unknown;
  worker.on('error', (error) => {
    failure = error;
  });
  const ready = new Promise<void>((resolve) => {
    worker.once('message', () => resolve());
    worker.on('exit', () => {
      resolve();
      onEnd(failure);
    });
  });
  worker.unref();
  return {
    async ready() {
      worker.ref();
      await ready;
      worker.unref();
    },
    terminate: () => void worker.terminate(),
  };
}

function startWebWorker(source: string, data: unknown, onEnd: (error?: unknown) => void): WorkerHandle {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  let settle = () => {};
  const ready = new Promise<void>((resolve) => {
    settle = () => {
      URL.revokeObjectURL(url);
      resolve();
    };
  });
  try {
    const worker = new Worker(url, { name: 'throughtime' });
    let ended = false;
    const end = (error?: unknown) => {
      settle();
      if (!ended) onEnd(error);
      ended = true;
    };
    // Also fires where the page's policy forbids workers from blobs. No other event comes then.
    worker.onerror = (event) => end(event.error ?? event.message);
    worker.onmessage = ({ data: message }) => (message === 'ended' ? end() : settle());
    worker.postMessage(data);
    const terminate = () => {
      worker.terminate(); // and no event follows
      settle();
    };
    return { ready: () => ready, terminate };
  } catch (error) {
    settle();
    throw error;
  }
}

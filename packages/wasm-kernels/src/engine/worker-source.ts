import { CONTROL } from '../generated/commands.js';

/** The data that a worker starts with. */
export interface WorkerTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly scratch: number;
  /** Address of the word that ends the worker once it is not 0. */
  readonly stop: number;
  readonly index: number;
}

/**
 * A worker's whole program, as text, so that no bundler needs a path to it. The worker sleeps until the doorbell rings, takes
 * part in the open program, and sleeps again.
 */
export const WORKER_SOURCE = `
function serve({ module, memory, control, scratch, stop, index }, ready) {
  const words = new Int32Array(memory.buffer, control, ${Object.keys(CONTROL).length});
  const stopped = new Int32Array(memory.buffer, stop, 1);
  const { initialize, participate } = new WebAssembly.Instance(module, { env: { memory, now: () => performance.now() } }).exports;
  initialize(control, scratch, index);
  ready();
  for (let rung = Atomics.load(words, ${CONTROL.doorbell}); !Atomics.load(stopped, 0); ) {
    try {
      participate();
    } catch (error) {
      Atomics.store(words, ${CONTROL.failed}, 1);
      Atomics.sub(words, ${CONTROL.active}, 1);
      Atomics.notify(words, ${CONTROL.active});
      throw error;
    }
    Atomics.wait(words, ${CONTROL.doorbell}, rung);
    rung = Atomics.load(words, ${CONTROL.doorbell});
  }
}
if (typeof self === 'undefined') {
  const { parentPort, workerData } = require('node:worker_threads');
  serve(workerData, () => parentPort.postMessage('ready'));
} else {
  self.onmessage = ({ data }) => {
    serve(data, () => self.postMessage('ready'));
    self.postMessage('ended');
    self.close();
  };
}
`;

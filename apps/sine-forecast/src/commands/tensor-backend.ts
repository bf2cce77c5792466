import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** Prepares tfjs for recurrent networks: its WebAssembly backend. */
export async function useTensorBackend(): Promise<void> {
  await tf.setBackend('wasm');
  await tf.ready();
}

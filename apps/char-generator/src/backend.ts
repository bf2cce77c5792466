import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** Sets the backend that models compute on. */
export async function startBackend(): Promise<void> {
  await tf.setBackend('wasm');
}

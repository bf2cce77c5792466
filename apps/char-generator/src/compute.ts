import { setThreads } from '@throughtime/wasm-kernels';

/** @param threads default: one a core, which the engine takes by itself */
export function useThreads(threads: number | undefined): void {
  if (threads !== undefined) setThreads(threads);
}

/** Sets the tfjs backend, for what computes on the reference path: the engine needs none. Loaded only when asked for. */
export async function startBackend(): Promise<void> {
  await import('@tensorflow/tfjs-backend-wasm');
  const tf = await import('@tensorflow/tfjs-core');
  await tf.setBackend('wasm');
}

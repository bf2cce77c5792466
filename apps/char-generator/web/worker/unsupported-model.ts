import type { RecurrentLanguageModel } from '@throughtime/lang-model';

/** A model that this page cannot run; the message is for the person who chose it. */
export class UnsupportedModelError extends Error {
  override name = 'UnsupportedModelError';
}

/**
 * The page carries the WebAssembly engine alone, not tfjs, on which the reference path computes.
 * @throws UnsupportedModelError
 */
export function requireFused({ path, config }: RecurrentLanguageModel): void {
  if (path === 'fused') return;
  throw new UnsupportedModelError(
    typeof WebAssembly === 'undefined' || ['rnn', 'gru', 'lstm'].includes(config.cell ?? 'lstm')
      ? 'This browser cannot run the WebAssembly engine (it needs SIMD), or the model uses options that the engine does not know.'
      : `This page runs rnn, gru and lstm models; a ${config.cell} model runs on the command line.`,
  );
}

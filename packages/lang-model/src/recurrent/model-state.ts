import { type LayerState, zeroState } from '@throughtime/rnn-cells';
import type { ModelPlan } from './model-config.js';

/** What a recurrent model remembers of N texts: plain data, detached from what computed it. */
export interface RecurrentModelState {
  /** One entry a layer: h [N, H], and c [N, H] for an LSTM. */
  readonly layers: readonly LayerState<Float32Array>[];
  /** The top layer's output after the last token, [N, O]: what the next token is predicted from. */
  readonly output: Float32Array;
}

/** The state before any token: zeros. */
export function zeroModelState(plan: ModelPlan, batchSize: number): RecurrentModelState {
  return {
    layers: plan.stacks.flatMap(({ config }) => zeroState(config, batchSize)),
    output: new Float32Array(batchSize * plan.outputSize),
  };
}

import type { LayerState, Parameter } from '@throughtime/contract';

/** The shape of a chunk: N rows of T steps. */
export interface ChunkShape {
  readonly batchSize: number;
  readonly steps: number;
}

export interface SequenceOptions {
  /** Whether `backward` will follow. Default false, which needs less memory. */
  readonly training?: boolean;
}

export type SequenceState = readonly LayerState<Float32Array>[];

/**
 * Runs a recurrent network over whole sequences, forward and backward, in plain arrays. Models see this interface alone, so the
 * readable path and the fast one can be exchanged.
 */
export interface SequenceExecutor {
  readonly parameters: readonly Parameter[];
  readonly inputSize: number; // D
  readonly hiddenSize: number; // H
  initialState(batchSize: number): SequenceState;
  /**
   * @param inputs [N, T, D]
   * @returns the last layer's outputs [N, T, H], and the state after the last step; valid until the next call
   */
  forward(
    inputs: Float32Array,
    state: SequenceState,
    shape: ChunkShape,
    options?: SequenceOptions,
  ): SequenceOutputs;
  /**
   * Backward through the last forward pass, which was for training; overwrites every parameter's gradient.
   * @param outputGradient the loss's gradient at the outputs, [N, T, H]
   * @param stateGradient its gradient at the state after the last step, where the loss depends on it otherwise
   * @returns its gradient at the state before the first step
   */
  backward(outputGradient: Float32Array, stateGradient?: SequenceState): SequenceState;
}

export interface SequenceOutputs {
  readonly outputs: Float32Array;
  readonly state: SequenceState;
}

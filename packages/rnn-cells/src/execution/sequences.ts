// What goes into a network over sequences and comes out of it, in plain arrays.
import type { LayerState } from '@throughtime/contract';

/** The shape of a chunk: N rows of T steps. */
export interface ChunkShape {
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
}

/** The state of a network: one entry per layer, or per layer and direction. */
export type SequenceState = readonly LayerState[];

/** What a network gives for a chunk of sequences. */
export interface SequenceOutputs {
  /** The last layer's outputs, [N, T, H]; valid until the next call. */
  readonly outputs: Float32Array;
  /** After the last step. */
  readonly state: SequenceState;
}

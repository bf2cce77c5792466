import type { LayerState } from '@throughtime/contract';
import { ArgumentError, whole } from '@throughtime/errors';
import type { Workspace } from '../engine/workspace.js';
import { checkLength, integers } from '../ops/checks.js';

/** N rows of T tokens, and the state they start from. */
export interface Chunk {
  /** [N, T] */
  readonly inputs: Int32Array;
  /** [N, T]; negative: no prediction here. */
  readonly targets: Int32Array;
  /** [N], valid steps of each row; default all T. The state after a row's last valid step is its final state. */
  readonly lengths?: Int32Array;
  /** One entry per layer, [N, H] each. Default: zeros. */
  readonly state?: readonly LayerState[];
  /** The state returned is the one after this many steps. Default: after all. */
  readonly stateAfter?: number;
}

interface ChunkSize {
  readonly batchSize: number;
  readonly steps: number;
  readonly vocabularySize: number;
}

/** The ids of a chunk as kernels read them: time-major, with masked targets beyond a row's length. */
export class ChunkIds {
  /** [T, N] */
  readonly inputs: Int32Array;
  /** [T, N]; negative: no prediction. */
  readonly targets: Int32Array;
  /** [N] */
  readonly lengths: Int32Array;
  readonly #size: ChunkSize;

  constructor(workspace: Workspace, size: ChunkSize) {
    const positions = size.batchSize * size.steps;
    this.inputs = workspace.int32(positions);
    this.targets = workspace.int32(positions);
    this.lengths = workspace.int32(size.batchSize);
    this.#size = size;
  }

  /**
   * Copies a chunk.
   * @returns the number of predictions
   * @throws ArgumentError when an id is not below V, or an array or a length does not fit
   */
  take(chunk: Chunk): number {
    const { batchSize, steps, vocabularySize } = this.#size;
    const { inputs, targets, lengths, stateAfter = steps } = chunk;
    integers('inputs', inputs);
    integers('targets', targets);
    checkLength('inputs', inputs, batchSize * steps, '[N, T]');
    checkLength('targets', targets, batchSize * steps, '[N, T]');
    if (lengths) {
      integers('lengths', lengths);
      checkLength('lengths', lengths, batchSize, '[N]');
    }
    whole({ from: 0, to: steps })('stateAfter', stateAfter);
    let predictions = 0;
    for (let n = 0; n < batchSize; n++) {
      const length = lengths ? lengths[n] : steps;
      if (!(length >= 0 && length <= steps)) {
        throw new ArgumentError(`lengths[${n}]`, `a whole number from 0 to ${steps}`, length);
      }
      this.lengths[n] = length;
      for (let t = 0; t < steps; t++) {
        const [input, target] = t < length ? [inputs[n * steps + t], targets[n * steps + t]] : [0, -1];
        if (!(input >= 0 && input < vocabularySize)) {
          throw new ArgumentError(`inputs[${n}, ${t}]`, `an id from 0 to ${vocabularySize - 1}`, input);
        }
        if (target >= vocabularySize) {
          throw new ArgumentError(`targets[${n}, ${t}]`, `an id below ${vocabularySize}`, target);
        }
        this.inputs[t * batchSize + n] = input;
        this.targets[t * batchSize + n] = target;
        if (target >= 0) predictions++;
      }
    }
    return predictions;
  }
}

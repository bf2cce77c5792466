import type { Engine } from '../engine/engine.js';
import type { Workspace } from '../engine/workspace.js';
import { TENSOR, UPDATE_CHUNK } from '../generated/commands.js';
import { checkLength, floats } from './checks.js';

/** A tensor and its gradient, in the engine's memory. */
export interface Trained {
  /** The weights, moved in place. */
  readonly data: Float32Array;
  /** As long as {@link data}. */
  readonly gradient: Float32Array;
  /** Momentum, or Adam's first moment, where the rule has one. Default: allocated by the optimizer. */
  readonly first?: Float32Array | undefined;
  /** The average of squared gradients, where the rule has one. Default: allocated by the optimizer. */
  readonly second?: Float32Array | undefined;
}

/** Where the kernels find a list of tensors. */
export interface TensorList {
  readonly tensors: number;
  readonly count: number;
  readonly chunks: number;
}

const TENSOR_WORDS = Object.keys(TENSOR).length;

/**
 * Writes the list that NORM and UPDATE read: addresses, lengths, and how many chunks come before each tensor.
 * @throws ArgumentError when an array does not fit its tensor, or lies outside the engine's memory
 */
export function writeTensorList(
  engine: Engine,
  workspace: Workspace,
  list: readonly (Partial<Trained> & Pick<Trained, 'gradient'>)[],
): TensorList {
  const table = workspace.int32(Math.max(1, list.length) * TENSOR_WORDS);
  let chunks = 0;
  for (const [i, { data, gradient, first, second }] of list.entries()) {
    const { length } = data ?? floats(`tensors[${i}].gradient`, gradient);
    const address = (name: keyof Trained, view: Float32Array | undefined) => {
      if (!view) return 0;
      const argument = `tensors[${i}].${name}`;
      checkLength(argument, view, length, 'as data');
      return engine.memory.address(view, argument);
    };
    const words: Record<keyof typeof TENSOR, number> = {
      parameter: address('data', data),
      gradient: address('gradient', gradient),
      first: address('first', first),
      second: address('second', second),
      length,
      chunk: chunks,
    };
    for (const [field, word] of Object.entries(TENSOR)) {
      table[i * TENSOR_WORDS + word] = words[field as keyof typeof TENSOR];
    }
    chunks += Math.ceil(length / UPDATE_CHUNK);
  }
  return { tensors: table.byteOffset, count: list.length, chunks };
}

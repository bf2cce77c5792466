import { type GradConfig, stack, type Tensor, Unpack } from '@tensorflow/tfjs-core';

/**
 * The gradient of `unstack`. tfjs-core's own fails where there is one piece only: it stacks a list of gradients, and is
 * given the one gradient by itself.
 */
export const unpackGradient: GradConfig = {
  kernelName: Unpack,
  gradFunc: (dy, _saved, attributes) => {
    const pieces: Tensor[] = Array.isArray(dy) ? dy : [dy];
    return { value: () => stack(pieces, attributes.axis as number) };
  },
};

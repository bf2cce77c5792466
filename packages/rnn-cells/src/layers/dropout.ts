import * as tf from '@tensorflow/tfjs-core';
import { boolean, checkOptions, dropRate, type OptionChecks, required } from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';

/** How many values {@link dropout} drops, and by what masks. */
export interface DropoutOptions {
  /** The probability p that a value is dropped. Values that are kept are scaled by 1 / (1 - p). */
  readonly probability: number;
  /** One mask for all steps of a row ("variational"). Default: false. */
  readonly locked?: boolean;
  /** Draws the masks. */
  readonly random: Random;
}

const dropoutOptionChecks: OptionChecks<DropoutOptions> = {
  probability: required(dropRate),
  locked: boolean,
  random: required(randomSource),
};

/** Drops values of sequences [N, T, size], with a mask drawn by this call. */
export function dropout(sequences: tf.Tensor3D, options: DropoutOptions): tf.Tensor3D {
  checkOptions<DropoutOptions>(options, dropoutOptionChecks);
  const { probability, locked = false, random } = options;
  if (probability === 0) return sequences;
  const [batchSize, steps, size] = sequences.shape;
  const shape: [number, number, number] = [batchSize, locked ? 1 : steps, size];
  const kept = 1 / (1 - probability);
  const values = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () =>
    random.uniform() < probability ? 0 : kept,
  );
  return tf.tidy(() => tf.mul(sequences, tf.tensor3d(values, shape)));
}

import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, checkOptions, inWords, text } from '@throughtime/errors';
import { MissingWeightError, ShapeMismatchError } from '../errors.js';

/** Anything with variables by name: a layer, a stack, `embedding()`, `dense()`, `attention()`. */
export interface WeightHolder {
  /** By PyTorch's names. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
}

/** A weight as plain data: what `encodeSafetensors` of `@throughtime/safetensors` writes and `decodeSafetensors` gives. */
export interface WeightTensor {
  /** The type of the values. 'F32' and 'F64' can be assigned; `toFloat32` of `@throughtime/safetensors` converts others. */
  readonly dtype: string;
  /** Sizes of its axes, outermost first. */
  readonly shape: readonly number[];
  /** The values, row-major. */
  readonly data: ArrayLike<number | bigint>;
}

/** Where the names of a layer's weights stand among others. */
export interface LayerWeightsOptions {
  /** Put before every name, as 'encoder.'. Default: nothing. */
  readonly prefix?: string;
}

/**
 * Copies of a layer's weights, by name: ready for a safetensors file, which PyTorch reads. Waits for a backend that computes elsewhere.
 * @throws ArgumentError
 *
 * @example
 * ```ts
 * import { Random } from '@throughtime/random';
 * import { assignWeights, gru, weightTensors } from '@throughtime/rnn-cells/tfjs';
 * const size = { inputSize: 3, hiddenSize: 8 };
 * const first = gru({ ...size, random: Random.seeded(1) });
 * const second = gru({ ...size, random: Random.seeded(2) });
 * assignWeights(second, await weightTensors(first)); // both compute the same now
 * ```
 */
export async function weightTensors(
  layer: WeightHolder,
  options: LayerWeightsOptions = {},
): Promise<Record<string, { dtype: 'F32'; shape: readonly number[]; data: Float32Array }>> {
  checkOptions<LayerWeightsOptions>(options, { prefix: text });
  const { prefix = '' } = options;
  const entries = [...layer.weights].map(async ([name, weight]) => {
    const data = Float32Array.from(await weight.data<'float32'>());
    return [
      prefix + name,
      { dtype: 'F32' as const, shape: weight.shape as readonly number[], data },
    ] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * Gives a layer the weights that {@link weightTensors} gave, or those of a PyTorch module: `decodeSafetensors(bytes).tensors`, or what
 * `readSafetensorsFile` reads. Tensors that the layer does not have are passed over. Nothing is assigned unless all fits.
 * @throws MissingWeightError for a name that is not there; ShapeMismatchError; ArgumentError for a type of values that is not a float
 */
export function assignWeights(
  layer: WeightHolder,
  tensors: ReadonlyMap<string, WeightTensor> | Readonly<Record<string, WeightTensor>>,
  options: LayerWeightsOptions = {},
): void {
  checkOptions<LayerWeightsOptions>(options, { prefix: text });
  const { prefix = '' } = options;
  const given = tensors instanceof Map ? tensors : new Map(Object.entries(tensors));
  const assignments = [...layer.weights].map(([name, weight]) => {
    const full = prefix + name;
    const tensor: WeightTensor | undefined = given.get(full);
    if (tensor === undefined) throw new MissingWeightError(full, given.keys());
    const { dtype, shape, data } = tensor;
    if (shape.length !== weight.shape.length || shape.some((size, i) => size !== weight.shape[i]))
      throw new ShapeMismatchError(full, `the shape [${weight.shape.join(', ')}]`, shape);
    if (dtype !== 'F32' && dtype !== 'F64')
      throw new ArgumentError(
        full,
        'F32 or F64 (toFloat32 of @throughtime/safetensors converts)',
        inWords(dtype),
      );
    return { weight, shape, values: Float32Array.from(data as ArrayLike<number>) };
  });
  for (const { weight, shape, values } of assignments) {
    const tensor = tf.tensor(values, [...shape]);
    weight.assign(tensor);
    tensor.dispose();
  }
}

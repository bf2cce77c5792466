import { number } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import { orthogonalMatrix } from './orthogonal-matrix.js';
import type { ParameterRole } from './parameter-shape.js';

/** What an initializer knows about the parameter that it fills. */
export interface InitializerTarget {
  /** Sizes of its axes, such as [G * H, D]. */
  readonly shape: readonly number[];
  /** What the parameter does: an input weight, a recurrent weight, a bias, ... */
  readonly role: ParameterRole;
  /** H */
  readonly hiddenSize: number;
  /** The source of random values. */
  readonly random: Random;
}

/** Fills a parameter, given as zeros. Layer norm's gains and shifts are not passed to it: they start at 1 and 0. */
export type Initializer = (values: Float32Array, target: InitializerTarget) => void;

/** PyTorch's default: everything, biases too, uniform in (-1/sqrt(H), 1/sqrt(H)). */
export function uniformByHiddenSize(): Initializer {
  return (values, { hiddenSize, random }) => fillUniform(values, 1 / Math.sqrt(hiddenSize), random);
}

/** Weights uniform in (-limit, limit), biases 0. The PTB configurations use 0.1, 0.05 and 0.04. */
export function uniform(limit: number): Initializer {
  number({ from: 0 })('limit', limit);
  return weightsOnly((values, { random }) => fillUniform(values, limit, random));
}

/** Weights normal with mean 0, biases 0. The default deviation is the chapter's. */
export function normal(standardDeviation = 0.01): Initializer {
  number({ from: 0 })('standardDeviation', standardDeviation);
  return weightsOnly((values, { random }) => {
    for (let i = 0; i < values.length; i++) values[i] = standardDeviation * random.normal();
  });
}

/**
 * Weights uniform in (-s, s), s = sqrt(6 / (fan in + fan out)), biases 0 (Glorot & Bengio 2010). Each gate is a
 * matrix of its own, so the fan out of a weight is H.
 */
export function xavierUniform(): Initializer {
  return weightsOnly((values, { shape, hiddenSize, role, random }) => {
    const fanIn = shape[1];
    const fanOut = role === 'projection' ? shape[0] : hiddenSize;
    fillUniform(values, Math.sqrt(6 / (fanIn + fanOut)), random);
  });
}

/**
 * Recurrent weights orthogonal, one matrix per gate (Saxe et al. 2014), so that the product keeps the length of h.
 * The other weights as {@link xavierUniform}, biases 0.
 * @param gain the factor by which the product with a recurrent weight lengthens h. Default 1
 */
export function orthogonal(gain = 1): Initializer {
  number()('gain', gain);
  const others = xavierUniform();
  return (values, target) => {
    if (target.role !== 'recurrent weight') return others(values, target);
    const rows = target.hiddenSize;
    const columns = target.shape[1];
    for (let offset = 0; offset < values.length; offset += rows * columns) {
      const matrix = orthogonalMatrix(rows, columns, target.random);
      for (let i = 0; i < matrix.length; i++) values[offset + i] = gain * matrix[i];
    }
  };
}

function weightsOnly(fill: Initializer): Initializer {
  return (values, target) => {
    if (target.role !== 'bias') fill(values, target);
  };
}

function fillUniform(values: Float32Array, limit: number, random: Random): void {
  for (let i = 0; i < values.length; i++) values[i] = limit * (2 * random.uniform() - 1);
}

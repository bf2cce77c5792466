import { InvalidModelError } from '../errors.js';
import type { SavedTensor } from './method.js';

interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Copies of a model's parameters. */
export function savedParameters(parameters: readonly NamedArray[]): SavedTensor[] {
  return parameters.map(({ name, shape, data }) => ({ name, shape, data: data.slice() }));
}

/**
 * Writes saved tensors into a model's parameters.
 * @throws InvalidModelError when one is missing or has another shape
 */
export function restoreParameters(parameters: readonly NamedArray[], tensors: readonly SavedTensor[]): void {
  for (const { name, shape, data } of parameters) {
    const saved = tensors.find((tensor) => tensor.name === name);
    if (saved === undefined)
      throw new InvalidModelError(
        'tensors',
        `one named '${name}'`,
        tensors.map((t) => t.name),
      );
    if (saved.shape.join() !== shape.join()) {
      throw new InvalidModelError(`tensor '${name}'`, `shape [${shape}]`, `[${saved.shape}]`);
    }
    data.set(saved.data);
  }
}

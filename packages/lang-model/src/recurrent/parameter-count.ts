import { check, checkOptions } from '@throughtime/errors';
import { type RecurrentModelConfig, resolveModelConfig } from './model-config.js';
import { modelParameterShapes } from './model-parameters.js';

/** What counts as a parameter. */
export interface ParameterCountOptions {
  /**
   * How many biases count for each gate. Default 2, as PyTorch (and these models) hold them: b_ih and b_hh. Papers and TensorFlow
   * often count 1, since the two are added.
   */
  readonly biases?: 1 | 2;
}

/**
 * How many numbers an architecture learns, without allocating any.
 * @throws ArgumentError naming the field that cannot be
 */
export function parameterCount(config: RecurrentModelConfig, options: ParameterCountOptions = {}): number {
  checkOptions<ParameterCountOptions>(options, {
    biases: check('1 or 2', (value) => value === 1 || value === 2),
  });
  const { biases = 2 } = options;
  return modelParameterShapes(resolveModelConfig(config))
    .filter(({ name }) => biases === 2 || !/\.bias_hh_l\d+$/.test(name))
    .reduce((sum, { shape }) => sum + shape.reduce((size, extent) => size * extent, 1), 0);
}

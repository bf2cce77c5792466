import type { Parameter } from '@throughtime/contract';
import {
  ArgumentError,
  callback,
  checkOptions,
  number,
  type OptionChecks,
  required,
  text,
  withMethods,
} from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { type Initializer, uniformByHiddenSize } from './initializers.js';
import { type Allocator, arrayAllocator, createParameter } from './parameter.js';
import { parameterShapes } from './parameter-shapes.js';
import { type RecurrentConfig, resolveConfig } from './recurrent-config.js';

/** How {@link recurrentParameters} fills and places them. */
export interface RecurrentParametersOptions {
  /** The source of the initial values, drawn in the order of the parameters. */
  readonly random: Random;
  /** Put before every name, as 'rnn.'. Default: nothing. */
  readonly prefix?: string;
  /** Default: {@link uniformByHiddenSize}, as PyTorch. */
  readonly initializer?: Initializer;
  /** Default: ordinary arrays. */
  readonly allocator?: Allocator;
  /**
   * An lstm's initial forget bias, the sum of its two biases (Jozefowicz et al. 2015 advise 1; the PTB code has 0).
   * Default: as the initializer leaves it.
   */
  readonly forgetBias?: number;
}

const parametersChecks: OptionChecks<RecurrentParametersOptions> = {
  random: required(randomSource),
  prefix: text,
  initializer: callback,
  allocator: withMethods<Allocator>('an Allocator', ['float32']),
  forgetBias: number(),
};

/**
 * The parameters of a network with their initial values; see {@link parameterShapes} for names and shapes.
 * @throws ArgumentError
 */
export function recurrentParameters(
  config: RecurrentConfig,
  options: RecurrentParametersOptions,
): Parameter[] {
  const resolved = resolveConfig(config);
  checkOptions<RecurrentParametersOptions>(options, parametersChecks);
  const { random, prefix = '', initializer = uniformByHiddenSize(), forgetBias } = options;
  if (forgetBias !== undefined && config.cell !== 'lstm') {
    throw new ArgumentError('forgetBias', `undefined for cell '${config.cell}'`, forgetBias);
  }
  const { hiddenSize } = resolved;
  return parameterShapes(resolved).map(({ name, shape, role }) => {
    const parameter = createParameter(prefix + name, shape, options.allocator ?? arrayAllocator);
    const values = parameter.data;
    if (role === 'gain') values.fill(1);
    else if (role !== 'shift') initializer(values, { shape, role, hiddenSize, random });
    if (forgetBias !== undefined && /^bias_[ih]h/.test(name)) {
      values.fill(name.startsWith('bias_ih') ? forgetBias : 0, hiddenSize, 2 * hiddenSize);
    }
    return parameter;
  });
}

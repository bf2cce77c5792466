import type { Parameter } from '@throughtime/contract';
import type { Random } from '@throughtime/random';
import {
  type Allocator,
  arrayAllocator,
  createParameter,
  type Initializer,
  parameterShapes,
  recurrentParameters,
  uniformByHiddenSize,
} from '@throughtime/rnn-cells';
import type { ResolvedModelConfig } from './model-config.js';

export interface ModelParametersOptions {
  readonly random: Random;
  readonly initializer?: Initializer;
  readonly forgetBias?: number;
  readonly allocator?: Allocator;
}

/** What parameters an architecture has: names and shapes, in the order of {@link modelParameters}; nothing is allocated. */
export function modelParameterShapes(
  model: ResolvedModelConfig,
): { name: string; shape: readonly number[] }[] {
  const { vocabularySize: V, embedding, tied, outputSize: O, stacks } = model;
  return [
    ...(embedding === 'one-hot' ? [] : [{ name: 'embedding.weight', shape: [V, embedding] }]),
    ...stacks.flatMap(({ prefix, config }) =>
      parameterShapes(config).map(({ name, shape }) => ({ name: prefix + name, shape })),
    ),
    ...(tied ? [] : [{ name: 'decoder.weight', shape: [V, O] }]),
    { name: 'decoder.bias', shape: [V] },
  ];
}

/**
 * A model's parameters with their initial values, named as a PyTorch module with members `embedding` (nn.Embedding), `rnn`
 * (nn.RNN, nn.GRU or nn.LSTM) and `decoder` (nn.Linear) names them. A tied decoder has no weight of its own here.
 */
export function modelParameters(model: ResolvedModelConfig, options: ModelParametersOptions): Parameter[] {
  const { random, initializer = uniformByHiddenSize(), forgetBias, allocator = arrayAllocator } = options;
  const ofLayers = model.stacks.flatMap(({ prefix, config }) =>
    recurrentParameters(config, {
      prefix,
      random,
      initializer,
      allocator,
      ...(forgetBias !== undefined && { forgetBias }),
    }),
  );
  return modelParameterShapes(model).map(({ name, shape }) => {
    const drawn = ofLayers.find((parameter) => parameter.name === name);
    if (drawn) return drawn;
    const parameter = createParameter(name, shape, allocator);
    // To an initializer a projection is a plain matrix: no gates, fan in by its columns, fan out by its rows.
    const role = shape.length === 1 ? 'bias' : 'projection';
    const hiddenSize = role === 'bias' ? model.outputSize : shape[1];
    initializer(parameter.data, { shape, role, hiddenSize, random });
    return parameter;
  });
}

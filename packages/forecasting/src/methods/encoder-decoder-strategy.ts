import { createExecutor } from '../network/create-executor.js';
import { EncoderDecoderModel } from '../network/encoder-decoder-model.js';
import { createHead } from '../network/heads.js';
import type { RecurrentStrategy, StrategyOptions } from './recurrent-strategy.js';
import { forecastRecursively } from './recursion.js';
import { sequenceInputs } from './sequence-inputs.js';

/** One network reads the context, another unrolls from its state over the horizon, fed with its own forecasts. */
export function encoderDecoderStrategy({
  config,
  path,
  contextLength,
  steps: trained,
  inputs,
  head: headOptions,
  random,
}: StrategyOptions): RecurrentStrategy {
  const head = createHead(headOptions);
  const model = new EncoderDecoderModel({
    encoder: createExecutor(config, { random, path, prefix: 'encoder.' }),
    decoder: createExecutor(config, { random, path, prefix: 'decoder.' }),
    head,
    values: inputs.variables,
    contextSteps: contextLength,
    random,
  });
  return {
    inputs,
    window: { inputSteps: contextLength + trained, targetFrom: contextLength, targetSteps: trained },
    model,
    forecast: (contexts, request) =>
      forecastRecursively(contexts, {
        ...request,
        head,
        start(unfoldings) {
          const batchSize = unfoldings.length;
          const context = sequenceInputs(inputs, unfoldings, { until: -1, steps: contextLength });
          let state = model.encode(context, batchSize);
          return {
            outputs(step) {
              const rows = sequenceInputs(inputs, unfoldings, { until: step, steps: 1 });
              const decoded = model.decode(rows, state, { batchSize, steps: 1 });
              state = decoded.state;
              return decoded.outputs;
            },
          };
        },
      }),
  };
}

import { createExecutor } from '../network/create-executor.js';
import { createHead } from '../network/heads.js';
import { RecurrentModel } from '../network/recurrent-model.js';
import { readDirectForecasts } from './direct-forecast.js';
import type { RecurrentStrategy, StrategyOptions } from './recurrent-strategy.js';
import { sequenceInputs } from './sequence-inputs.js';

/** The state after the context is read out once, for all steps. Of the future's features it sees the first step's. */
export function directStrategy({
  config,
  path,
  contextLength,
  steps: trained,
  inputs,
  head: headOptions,
  random,
}: StrategyOptions): RecurrentStrategy {
  const head = createHead(headOptions);
  const executor = createExecutor(config, { random, path });
  const readFrom = contextLength - 1;
  const model = new RecurrentModel({ executor, head, values: trained * inputs.variables, readFrom, random });
  return {
    inputs,
    window: { inputSteps: contextLength, targetFrom: readFrom, targetSteps: trained },
    model,
    forecast(contexts, { name, variables, request }) {
      const unfoldings = contexts.map((encoded) => ({ encoded, filled: encoded.filled }));
      const rows = sequenceInputs(inputs, unfoldings, { until: 0, steps: contextLength });
      const outputs = model.outputs({ inputs: rows, batchSize: contexts.length, steps: contextLength });
      return readDirectForecasts(contexts, { name, variables, head, trained, request, outputs });
    },
  };
}

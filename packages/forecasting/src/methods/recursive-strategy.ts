import { createExecutor } from '../network/create-executor.js';
import { createHead } from '../network/heads.js';
import { RecurrentModel } from '../network/recurrent-model.js';
import type { RecurrentStrategy, StrategyOptions } from './recurrent-strategy.js';
import { forecastRecursively } from './recursion.js';
import { lastStep, sequenceInputs } from './sequence-inputs.js';

/** One network that always predicts the next step; its own forecasts are its next inputs. */
export function recursiveStrategy({
  config,
  path,
  contextLength,
  inputs,
  head: headOptions,
  random,
}: StrategyOptions): RecurrentStrategy {
  const head = createHead(headOptions);
  const executor = createExecutor(config, { random, path });
  // The first steps, in which the state has seen next to nothing, are not what it will forecast from.
  const readFrom = Math.floor(contextLength / 4);
  const model = new RecurrentModel({ executor, head, values: inputs.variables, readFrom, random });
  return {
    inputs,
    window: { inputSteps: contextLength, targetFrom: readFrom, targetSteps: contextLength - readFrom },
    model,
    forecast: (contexts, request) =>
      forecastRecursively(contexts, {
        ...request,
        head,
        start(unfoldings) {
          const batchSize = unfoldings.length;
          let state = executor.initialState(batchSize);
          return {
            outputs(step) {
              // The first time the whole context is read, up to the step that predicts its successor; then step by step.
              const steps = step === 0 ? contextLength : 1;
              const rows = sequenceInputs(inputs, unfoldings, { until: step, steps });
              const read = executor.forward(rows, state, { batchSize, steps });
              state = read.state;
              return model.readout.forward(lastStep(read.outputs, batchSize, steps), batchSize);
            },
          };
        },
      }),
  };
}

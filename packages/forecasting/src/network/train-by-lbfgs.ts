import type { Parameter, TrainableModel } from '@throughtime/bptt-trainer';
import { ArgumentError } from '@throughtime/errors';
import { minimize } from '../numeric/lbfgs.js';
import type { ExampleBatch } from './examples.js';
import type { TrainOptions } from './train.js';

/** Fits a model's parameters to one batch, the whole of the examples, by L-BFGS. */
export function trainByLbfgs<S>(
  model: TrainableModel<ExampleBatch, S>,
  batch: ExampleBatch,
  { epochs, random, signal, onProgress }: TrainOptions,
): void {
  const { parameters } = model;
  const state = model.initialState(batch.batchSize);
  const objective = (point: Float64Array, gradient: Float64Array) => {
    scatter(point, parameters);
    const result = model.lossAndGradients(batch, state, { random });
    if (result instanceof Promise) {
      throw new ArgumentError('optimizer', 'adam or sgd for a model that computes asynchronously', 'lbfgs');
    }
    gatherGradients(parameters, gradient);
    return result.loss;
  };
  const { point } = minimize(objective, gather(parameters), {
    maxIterations: epochs,
    signal,
    // The gradients are in single precision: below this they are noise.
    gradientTolerance: 1e-6,
    onIteration: (epoch, loss) => onProgress?.({ epoch, epochs, loss }),
  });
  scatter(point, parameters);
}

function gather(parameters: readonly Parameter[]): Float64Array {
  return Float64Array.from(parameters.flatMap(({ data }) => [...data]));
}

function gatherGradients(parameters: readonly Parameter[], to: Float64Array): void {
  let at = 0;
  for (const { gradient } of parameters) {
    to.set(gradient, at);
    at += gradient.length;
  }
}

function scatter(point: Float64Array, parameters: readonly Parameter[]): void {
  let at = 0;
  for (const { data } of parameters) {
    data.set(point.subarray(at, at + data.length));
    at += data.length;
  }
}

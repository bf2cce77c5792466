import { whenReady } from '@throughtime/contract';
import {
  ArgumentError,
  checkOptions,
  either,
  list,
  type OptionChecks,
  oneOf,
  required,
  whole,
} from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { createSequenceNetwork, type ExecutionPath, executionPath } from '@throughtime/rnn-cells';
import { loadEngine } from '@throughtime/wasm-kernels';
import { type ForecasterFitOptions, forecasterFitChecks } from '../methods/method.js';
import { DenseModel } from '../network/dense-model.js';
import { DenseNetwork } from '../network/dense-network.js';
import type { Examples } from '../network/examples.js';
import { createHead } from '../network/heads.js';
import { RecurrentModel } from '../network/recurrent-model.js';
import { type TrainingOptions, train, trainingChecks } from '../network/train.js';
import { dot, LeastSquares } from '../numeric/least-squares.js';
import type { AwaitableOneStepPredictor, OneStepPredictor } from './k-step.js';
import type { LagWindows } from './lag-windows.js';

/** What maps a window of lags to the next value. */
export type OneStepModelName = 'linear' | 'mlp' | 'rnn' | 'gru' | 'lstm' | 'least-squares';

/** Every {@link OneStepModelName}. */
export const oneStepModelNames: readonly OneStepModelName[] = [
  'linear',
  'mlp',
  'rnn',
  'gru',
  'lstm',
  'least-squares',
];

/** Whether a model reads its lags value by value: it has one layer. */
export function isRecurrent(model: OneStepModelName): model is 'rnn' | 'gru' | 'lstm' {
  return model === 'rnn' || model === 'gru' || model === 'lstm';
}

/** Which model is fitted, and how it is trained. */
export interface OneStepModelOptions extends TrainingOptions, ForecasterFitOptions {
  /** Which model. */
  readonly model: OneStepModelName;
  /** H, or for an mlp a list with the size of each hidden layer. Others than an mlp and a recurrent network have none. Default 10. */
  readonly hiddenSize?: number | readonly number[] | undefined;
  /** Default: 'xavier'. */
  readonly initial?: 'xavier' | 'normal' | undefined;
  /** How many epochs a network trains; least squares needs none. */
  readonly epochs: number;
  /** How many windows to learn from: the first ones. */
  readonly train: number;
  /** Draws the starting weights and the order of the examples. */
  readonly random: Random;
  /** What runs a recurrent network. Default: the fast one where it can. */
  readonly path?: ExecutionPath | undefined;
}

const checks: OptionChecks<OneStepModelOptions> = {
  ...trainingChecks,
  ...forecasterFitChecks,
  model: required(oneOf(oneStepModelNames)),
  hiddenSize: either(whole({ from: 1 }), list(whole({ from: 1 }))),
  initial: oneOf(['xavier', 'normal']),
  epochs: required(whole({ from: 0 })),
  train: required(whole({ from: 1 })),
  random: required(randomSource),
  path: executionPath,
};

/** Learns the next value from the first `train` windows. */
export async function fitOneStepModel(
  windows: LagWindows,
  options: OneStepModelOptions,
): Promise<AwaitableOneStepPredictor> {
  checkOptions<OneStepModelOptions>(options, checks);
  const { model } = options;
  if (model === 'least-squares') return solveByLeastSquares(windows, options.train);
  if (options.path !== 'reference') await loadEngine();
  const { predict, trainable } = createModel(windows.offsets.length, model, options);
  const count = options.train;
  const examples: Examples = {
    count,
    inputs: Float32Array.from(windows.features.subarray(0, count * windows.offsets.length)),
    targets: Float32Array.from(windows.labels.subarray(0, count)),
    steps: trainable instanceof RecurrentModel ? windows.offsets.length : 1,
  };
  await train(trainable, examples, { ...options, name: model });
  return predict;
}

function createModel(
  lags: number,
  model: Exclude<OneStepModelName, 'least-squares'>,
  { hiddenSize = 10, initial, random, path }: OneStepModelOptions,
): { predict: AwaitableOneStepPredictor; trainable: DenseModel | RecurrentModel } {
  const head = createHead({ kind: 'point' });
  const hidden = typeof hiddenSize === 'number' ? [hiddenSize] : hiddenSize;
  if (isRecurrent(model) && hidden.length !== 1) {
    throw new ArgumentError('hiddenSize', `one size, as ${model} has one layer`, hiddenSize);
  }
  if (model === 'linear' || model === 'mlp') {
    const sizes = [lags, ...(model === 'linear' ? [] : hidden), 1];
    const network = new DenseNetwork({ sizes, random, initial });
    return {
      predict: (features, rows) => network.forward(Float32Array.from(features), rows).slice(),
      trainable: new DenseModel(network, head),
    };
  }
  // The network reads the window value by value; its last hidden state predicts the next value.
  const network = createSequenceNetwork(
    { cell: model, inputSize: 1, hiddenSize: hidden[0] },
    { random, path },
  );
  const recurrent = new RecurrentModel({ network, head, values: 1, readFrom: lags - 1, random });
  return {
    predict: (features, rows) =>
      whenReady(
        recurrent.outputs({ inputs: Float32Array.from(features), batchSize: rows, steps: lags }),
        (outputs) => outputs.slice(),
      ),
    trainable: recurrent,
  };
}

/** The best linear model without an intercept. Gradient descent on a linear model converges to it. */
function solveByLeastSquares({ features, labels, offsets }: LagWindows, count: number): OneStepPredictor {
  const width = offsets.length;
  const squares = new LeastSquares(features.subarray(0, count * width), labels.subarray(0, count));
  const coefficients = squares.coefficients();
  return (rows, n) => Float64Array.from({ length: n }, (_, row) => dot(rows, row * width, coefficients));
}

import {
  adam,
  BpttTrainer,
  NonFiniteGradientError,
  NonFiniteLossError,
  sgd,
} from '@throughtime/bptt-trainer';
import { type Parameter, type TrainableModel, whenReady } from '@throughtime/contract';
import { number, type OptionChecks, oneOf, positive, whole } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import { DivergedError } from '../errors.js';
import type { ForecasterFitOptions } from '../methods/method.js';
import { minimize } from '../numeric/lbfgs.js';
import { type ExampleBatch, type Examples, shuffledBatches, wholeBatch } from './examples.js';

/** How a network is trained. */
export interface TrainingOptions {
  /**
   * 'adam' (default) and 'sgd' take small steps on shuffled batches; 'lbfgs' takes long ones on all examples at once, which
   * is quicker and more exact for small smooth problems.
   */
  readonly optimizer?: 'adam' | 'sgd' | 'lbfgs' | undefined;
  /** Default 0.01, the chapter's. Not for lbfgs, which finds its own step. */
  readonly learningRate?: number | undefined;
  /** Passes over the examples; for lbfgs, iterations. */
  readonly epochs?: number | undefined;
  /** Default 16, the chapter's. Not for lbfgs. */
  readonly batchSize?: number | undefined;
  /** Largest global norm of a gradient. Default: none. Not for lbfgs. */
  readonly clipNorm?: number | undefined;
  /**
   * The share of the examples, the newest ones, that is held out for validation. Training keeps the weights that were best on it, and
   * stops after `patience` epochs without a better one. Default 0: no validation, and the last weights are kept. Not for lbfgs.
   */
  readonly validationShare?: number | undefined;
  /** Default 5. */
  readonly patience?: number | undefined;
}

export const trainingChecks: OptionChecks<TrainingOptions> = {
  optimizer: oneOf(['adam', 'sgd', 'lbfgs']),
  learningRate: number({ from: 0 }),
  epochs: whole({ from: 0 }),
  batchSize: whole({ from: 1 }),
  clipNorm: positive,
  validationShare: number({ from: 0, below: 1 }),
  patience: whole({ from: 0 }),
};

export interface TrainOptions extends TrainingOptions, ForecasterFitOptions {
  /** For messages. */
  readonly name: string;
  readonly epochs: number;
  /** Draws the order of the examples. */
  readonly random: Random;
}

/**
 * Fits a model's parameters to examples.
 * @throws DivergedError when the loss leaves the finite numbers
 */
export async function train<S>(
  model: TrainableModel<ExampleBatch, S>,
  examples: Examples,
  options: TrainOptions,
): Promise<void> {
  const { optimizer = 'adam', name } = options;
  if (optimizer === 'lbfgs') return trainByLbfgs(model, wholeBatch(examples), options);
  try {
    await trainByBatches(model, examples, options);
  } catch (error) {
    if (!(error instanceof NonFiniteLossError || error instanceof NonFiniteGradientError)) throw error;
    throw new DivergedError(name, { cause: error });
  }
}

async function trainByBatches<S>(
  model: TrainableModel<ExampleBatch, S>,
  examples: Examples,
  options: TrainOptions,
): Promise<void> {
  const { optimizer = 'adam', learningRate = 0.01, batchSize = 16, clipNorm, epochs, random } = options;
  const { validationShare = 0, patience = 5, signal, onProgress } = options;
  const held = Math.floor(examples.count * validationShare);
  const trainer = new BpttTrainer(model, {
    optimizer: optimizer === 'sgd' ? sgd(learningRate) : adam(learningRate),
    random: random.fork(),
    ...(clipNorm !== undefined && { clipNorm }),
  });
  const batches = shuffledBatches(firstExamples(examples, examples.count - held), { batchSize, random });
  const events = trainer.fit(batches, {
    epochs,
    ...(signal && { signal }),
    ...(held > 0 && {
      validation: [wholeBatch(lastExamples(examples, held))],
      restoreBest: true,
      earlyStopping: { patience },
    }),
  });
  for await (const event of events) {
    if (event.type === 'epoch') onProgress?.({ epoch: event.epoch, epochs, loss: event.loss });
  }
}

function firstExamples({ inputs, targets, count, steps }: Examples, kept: number): Examples {
  const share = (values: Float32Array) => values.subarray(0, (values.length / count) * kept);
  return { count: kept, inputs: share(inputs), targets: share(targets), steps };
}

function lastExamples({ inputs, targets, count, steps }: Examples, kept: number): Examples {
  const share = (values: Float32Array) => values.subarray((values.length / count) * (count - kept));
  return { count: kept, inputs: share(inputs), targets: share(targets), steps };
}

/** Fits a model's parameters to all examples as one batch, by L-BFGS. */
async function trainByLbfgs<S>(
  model: TrainableModel<ExampleBatch, S>,
  batch: ExampleBatch,
  { epochs, random, signal, onProgress }: TrainOptions,
): Promise<void> {
  const { parameters } = model;
  const state = model.initialState(batch.batchSize);
  const objective = (point: Float64Array, gradient: Float64Array) => {
    scatter(point, parameters);
    return whenReady(model.lossAndGradients(batch, state, { random }), ({ loss }) => {
      gatherGradients(parameters, gradient);
      return loss;
    });
  };
  const { point } = await minimize(objective, gather(parameters), {
    maxIterations: epochs,
    signal,
    // Gradients are in single precision; below this they are noise.
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

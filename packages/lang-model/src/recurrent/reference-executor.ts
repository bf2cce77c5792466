import * as tf from '@tensorflow/tfjs-core';
import type { Parameter, TokenBatch } from '@throughtime/contract';
import { lossAndGradients, parameterTensors, stateArrays, stateTensors } from '@throughtime/rnn-cells';
import { penaltyOf } from './activation-penalty.js';
import { type CountedPredictions, countedPredictions } from './counted-predictions.js';
import type {
  Executor,
  LanguageStepOptions,
  LanguageStepResult,
  RecurrentModelState,
  SequenceScores,
} from './executor.js';
import type { ModelPlan } from './model-config.js';
import { drawModelMasks } from './model-masks.js';
import {
  decode,
  embed,
  type ForwardOptions,
  runLayers,
  unitVectors,
  type Weights,
} from './reference-forward.js';

/** Runs a model in plain tfjs ops on whichever backend is set: slower than an engine, easy to hold against the formulas. */
export class ReferenceExecutor implements Executor {
  readonly parameters: readonly Parameter[];
  readonly #plan: ModelPlan;

  constructor(plan: ModelPlan, parameters: readonly Parameter[]) {
    this.#plan = plan;
    this.parameters = parameters;
  }

  lossAndGradients(
    batch: TokenBatch,
    state: RecurrentModelState,
    options: LanguageStepOptions,
  ): LanguageStepResult {
    const { batchSize: N, steps: T, targets } = batch;
    const { random, reduction, lossFrom = 0, stateAfter, recurrentGradientScale } = options;
    const { regularization = true } = options;
    const counted = countedPredictions(batch, lossFrom);
    const masks = regularization ? drawModelMasks(this.#plan, N, T, random) : undefined;
    // Summed over time is averaged over the rows alone; the mean is over all predictions.
    const scale = reduction === 'sum-over-time' ? counted.predictions / N : 1;
    const activationPenalty = regularization ? this.#plan.activationPenalty : undefined;
    let after = state;
    let reported = Number.NaN;
    lossAndGradients(this.parameters, (weights) => {
      const run = this.#forward(weights, batch, state, { masks, stateAfter, recurrentGradientScale });
      const loss = meanLoss(run.logits, targets, counted);
      // Read before the forward pass ends, with which its tensors go.
      after = run.after;
      reported = loss.dataSync()[0];
      return tf.mul(
        scale,
        activationPenalty ? tf.add(loss, penaltyOf(activationPenalty, run, counted)) : loss,
      );
    });
    return { loss: reported, predictions: counted.predictions, state: after };
  }

  score(batch: TokenBatch, state: RecurrentModelState): SequenceScores {
    const { targets, steps: T, lengths } = batch;
    const V = this.#plan.vocabularySize;
    return tidyScope(() => {
      const { logits, after } = this.#forward(parameterTensors(this.parameters), batch, state);
      const logProbabilities = logSoftmax(logits.dataSync<'float32'>(), V);
      const ofTargets = Float64Array.from(targets, (target, i) =>
        lengths && i % T >= lengths[Math.floor(i / T)] ? 0 : logProbabilities[i * V + target],
      );
      return { logProbabilities: ofTargets, state: after };
    });
  }

  advance(tokens: Int32Array, state: RecurrentModelState): RecurrentModelState {
    return tidyScope(() => {
      const weights = parameterTensors(this.parameters);
      const inputs = embed(this.#plan, weights, tokens, [tokens.length, 1]);
      const run = runLayers(this.#plan, weights, inputs, stateTensors(state.layers, tokens.length));
      return { layers: stateArrays(run.state), output: run.outputs.dataSync<'float32'>().slice() };
    });
  }

  logProbabilities(output: Float32Array): Float32Array {
    const { outputSize: O, vocabularySize: V } = this.#plan;
    return tidyScope(() => {
      const outputs = tf.tensor2d(output, [output.length / O, O]);
      const logits = decode(this.#plan, parameterTensors(this.parameters), outputs);
      return logSoftmax(logits.dataSync<'float32'>(), V);
    });
  }

  #forward(
    weights: Weights,
    { inputs, batchSize: N, steps: T, lengths }: TokenBatch,
    state: RecurrentModelState,
    options: ForwardOptions = {},
  ): { logits: tf.Tensor2D; after: RecurrentModelState; plain: tf.Tensor3D; dropped: tf.Tensor3D } {
    const x = embed(this.#plan, weights, inputs, [N, T], options.masks?.tokens);
    const run = runLayers(this.#plan, weights, x, stateTensors(state.layers, N), { ...options, lengths });
    const O = this.#plan.outputSize;
    const output = outputAfter(run.outputs, options.stateAfter ?? T, state.output, lengths);
    return {
      logits: decode(this.#plan, weights, tf.reshape(run.outputs, [N * T, O])), // [N T, V]
      after: { layers: stateArrays(run.state), output },
      plain: run.plain,
      dropped: run.outputs,
    };
  }
}

/** Mean negative log-likelihood in nats of the targets that count. */
function meanLoss(
  logits: tf.Tensor2D,
  targets: Int32Array,
  { weights, predictions }: CountedPredictions,
): tf.Scalar {
  const chosen = unitVectors(targets, logits.shape[1]);
  const likelihoods = tf.sum(tf.mul(tf.logSoftmax(logits), chosen), 1); // [N T]
  const counted = weights ? tf.mul(likelihoods, tf.tensor1d(weights)) : likelihoods;
  return tf.div(tf.neg(tf.sum(counted)), Math.max(1, predictions));
}

/** Each row's output after `steps` of its valid steps, [N, O]; the one before the chunk for a row without any. */
function outputAfter(
  outputs: tf.Tensor3D,
  steps: number,
  before: Float32Array,
  lengths: Int32Array | undefined,
): Float32Array {
  const [N, T, O] = outputs.shape;
  if (!lengths && steps > 0)
    return tf
      .slice(outputs, [0, steps - 1, 0], [N, 1, O])
      .dataSync<'float32'>()
      .slice();
  const values = outputs.dataSync<'float32'>();
  const last = before.slice();
  for (let n = 0; n < N; n++) {
    const t = Math.min(steps, lengths ? lengths[n] : T) - 1;
    if (t >= 0) last.set(values.subarray((n * T + t) * O, (n * T + t + 1) * O), n * O);
  }
  return last;
}

/**
 * Natural log-probabilities of logits [M, V], row by row. The normalizer is summed in double precision, so that
 * probabilities sum to 1 as closely as float32 can say.
 */
function logSoftmax(logits: Float32Array, vocabularySize: number): Float32Array {
  const logProbabilities = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += vocabularySize) {
    const end = start + vocabularySize;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i++) if (logits[i] > highest) highest = logits[i];
    let sum = 0;
    for (let i = start; i < end; i++) sum += Math.exp(logits[i] - highest);
    const normalizer = highest + Math.log(sum);
    for (let i = start; i < end; i++) logProbabilities[i] = logits[i] - normalizer;
  }
  return logProbabilities;
}

/**
 * Runs tfjs ops and frees every tensor they made, keeping the plain data that comes out. (`tf.tidy` itself would walk a
 * returned typed array element by element in search of tensors.)
 */
function tidyScope<T>(work: () => T): T {
  let result: T | undefined;
  tf.tidy(() => {
    result = work();
  });
  return result as T;
}

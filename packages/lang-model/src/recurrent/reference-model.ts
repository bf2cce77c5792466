// A recurrent language model in plain tfjs operations, on whichever backend is set: slower than the engine, easy to hold against the
// formulas. Everything is computed first and read afterwards, asynchronously, so that it runs on WebGPU too.
import * as tf from '@tensorflow/tfjs-core';
import type { LayerState, Parameter, TokenBatch } from '@throughtime/contract';
import {
  computeArrays,
  flatState,
  maskedCrossEntropy,
  parameterTensors,
  shapedState,
  stateTensors,
  lossAndGradients as tensorLossAndGradients,
  unitVectors,
  unroll,
} from '@throughtime/rnn-cells/tfjs';
import type { ActivationPenalty } from '@throughtime/wasm-kernels';
import { type CountedPredictions, countedPredictions } from './counted-predictions.js';
import type {
  LanguageStepOptions,
  LanguageStepResult,
  RecurrentModelState,
  SequenceScores,
} from './executor.js';
import type { LayerStack, ResolvedModelConfig } from './model-config.js';
import { drawModelMasks, type ModelMasks, sliceMasks } from './model-masks.js';

/** Forward and backward; overwrites every gradient. */
export async function lossAndGradients(
  model: ResolvedModelConfig,
  parameters: readonly Parameter[],
  batch: TokenBatch,
  state: RecurrentModelState,
  options: LanguageStepOptions,
): Promise<LanguageStepResult> {
  const { batchSize: N, steps: T, targets } = batch;
  const { random, reduction, lossFrom = 0, stateAfter, recurrentGradientScale } = options;
  const { regularization = true } = options;
  const counted = countedPredictions(batch, lossFrom);
  const masks = regularization ? drawModelMasks(model, N, T, random) : undefined;
  // Summed over time is averaged over the rows alone; the mean is over all predictions.
  const scale = reduction === 'sum-over-time' ? counted.predictions / N : 1;
  const activationPenalty = regularization ? model.activationPenalty : undefined;
  const { read } = await tensorLossAndGradients(parameters, (weights) => {
    const run = forward(model, weights, batch, state, { masks, stateAfter, recurrentGradientScale });
    const loss = maskedCrossEntropy(run.logits, targets, counted);
    const minimized = activationPenalty ? tf.add(loss, penaltyOf(activationPenalty, run, counted)) : loss;
    return { loss: tf.mul(scale, minimized), read: [loss, run.plain, ...flatState(run.state)] };
  });
  const [[loss], ...rest] = read;
  return { loss, predictions: counted.predictions, state: stateAt(rest, batch, state, stateAfter) };
}

/** Forward only, without dropout. */
export async function score(
  model: ResolvedModelConfig,
  parameters: readonly Parameter[],
  batch: TokenBatch,
  state: RecurrentModelState,
): Promise<SequenceScores> {
  const { targets, steps: T, lengths } = batch;
  const V = model.vocabularySize;
  const [logits, ...rest] = await computeArrays(() => {
    const run = forward(model, parameterTensors(parameters), batch, state);
    return [run.logits, run.outputs, ...flatState(run.state)];
  });
  const logProbabilities = logSoftmax(logits, V);
  const ofTargets = Float64Array.from(targets, (target, i) =>
    lengths && i % T >= lengths[Math.floor(i / T)] ? 0 : logProbabilities[i * V + target],
  );
  return { logProbabilities: ofTargets, state: stateAt(rest, batch, state, undefined) };
}

/** One step of N rows. */
export async function advance(
  model: ResolvedModelConfig,
  parameters: readonly Parameter[],
  tokens: Int32Array,
  state: RecurrentModelState,
): Promise<RecurrentModelState> {
  const N = tokens.length;
  const [output, ...layers] = await computeArrays(() => {
    const weights = parameterTensors(parameters);
    const inputs = embed(model, weights, tokens, [N, 1]);
    const run = runLayers(model, weights, inputs, stateTensors(state.layers, N));
    return [run.outputs, ...flatState(run.state)];
  });
  return { layers: shapedState(state.layers, layers), output };
}

/** Natural log-probabilities [N, V] from outputs [N, O]. */
export async function logProbabilities(
  model: ResolvedModelConfig,
  parameters: readonly Parameter[],
  output: Float32Array,
): Promise<Float32Array> {
  const O = model.outputSize;
  const [logits] = await computeArrays(() => [
    decode(model, parameterTensors(parameters), tf.tensor2d(output, [output.length / O, O])),
  ]);
  return logSoftmax(logits, model.vocabularySize);
}

/**
 * The gradient of the inner product of a text's last output with `outputGradient` [O], by the inputs of the first layer, [T, D].
 * @param text ids [T], and the state before them
 */
export async function inputGradients(
  model: ResolvedModelConfig,
  parameters: readonly Parameter[],
  text: {
    readonly ids: Int32Array;
    readonly state: RecurrentModelState;
    readonly outputGradient: Float32Array;
  },
): Promise<Float32Array> {
  const { ids, state, outputGradient } = text;
  const [gradients] = await computeArrays(() => {
    const weights = parameterTensors(parameters);
    const last = (inputs: tf.Tensor): tf.Scalar => {
      const run = runLayers(model, weights, inputs as tf.Tensor3D, stateTensors(state.layers, 1));
      const output = tf.slice(run.outputs, [0, ids.length - 1, 0]);
      return tf.sum(tf.mul(output, tf.tensor3d(outputGradient, [1, 1, model.outputSize])));
    };
    return [tf.grad(last)(embed(model, weights, ids, [1, ids.length]))];
  });
  return gradients;
}

function forward(
  model: ResolvedModelConfig,
  weights: Weights,
  { inputs, batchSize: N, steps: T, lengths }: TokenBatch,
  state: RecurrentModelState,
  options: ForwardOptions = {},
): ForwardResult & { readonly logits: tf.Tensor2D } {
  const x = embed(model, weights, inputs, [N, T], options.masks?.tokens);
  const run = runLayers(model, weights, x, stateTensors(state.layers, N), { ...options, lengths });
  // [N T, V]
  return { ...run, logits: decode(model, weights, tf.reshape(run.outputs, [N * T, model.outputSize])) };
}

/**
 * The penalty of one chunk: means over the units and over the steps that count; a change counts with its later step.
 * `plain` are the last layer's outputs, [N, T, O], and `outputs` the same after dropout.
 */
function penaltyOf(
  { size = 0, change = 0 }: ActivationPenalty,
  { plain, outputs }: Pick<ForwardResult, 'plain' | 'outputs'>,
  { weights }: CountedPredictions,
): tf.Scalar {
  const [N, T] = plain.shape;
  const counts = weights ? tf.tensor3d(weights, [N, T, 1]) : tf.ones<tf.Rank.R3>([N, T, 1]);
  const ofSize = tf.mul<tf.Scalar>(size, meanSquare(outputs, counts));
  if (T === 1) return ofSize;
  const later = tf.slice(plain, [0, 1, 0]);
  const earlier = tf.slice(plain, [0, 0, 0], [N, T - 1, plain.shape[2]]);
  const ofChange = tf.mul(change, meanSquare(tf.sub(later, earlier), tf.slice(counts, [0, 1, 0])));
  return tf.add(ofSize, ofChange);
}

/** Of [N, T, O] where `counts` [N, T, 1] is 1. */
function meanSquare(values: tf.Tensor3D, counts: tf.Tensor3D): tf.Scalar {
  const size = tf.maximum(1, tf.mul(tf.sum(counts), values.shape[2]));
  return tf.div(tf.sum(tf.mul(tf.square(values), counts)), size);
}

/**
 * The state after a chunk, or after `stateAfter` of its steps.
 * @param read the outputs before dropout [N, T, O], and the layers' states after that step
 */
function stateAt(
  [outputs, ...layers]: readonly Float32Array[],
  { batchSize: N, steps: T, lengths }: TokenBatch,
  before: RecurrentModelState,
  stateAfter = T,
): RecurrentModelState {
  const O = outputs.length / (N * T);
  const output = before.output.slice(); // stays for a row without any step
  for (let n = 0; n < N; n++) {
    const t = Math.min(stateAfter, lengths ? lengths[n] : T) - 1;
    if (t >= 0) output.set(outputs.subarray((n * T + t) * O, (n * T + t + 1) * O), n * O);
  }
  return { layers: shapedState(before.layers, layers), output };
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

/** A model's parameters by their full names. */
type Weights = ReadonlyMap<string, tf.Tensor>;

interface ForwardOptions {
  /** Valid steps of each row, [N]. Default: all. */
  readonly lengths?: Int32Array | undefined;
  /** The random choices of a training chunk. Default: none, which is evaluation. */
  readonly masks?: ModelMasks | undefined;
  /** The state wanted is the one after this many steps. Default: after all. */
  readonly stateAfter?: number | undefined;
  /** Factor on the gradient from one step's state to the one before. Default 1. */
  readonly recurrentGradientScale?: number | undefined;
}

interface ForwardResult {
  /** What the decoder reads, [N, T, O]. */
  readonly outputs: tf.Tensor3D;
  /** The same before dropout. */
  readonly plain: tf.Tensor3D;
  /** One entry per layer. */
  readonly state: LayerState<tf.Tensor2D>[];
}

/** Tokens [N, T] as what the first layer reads: unit vectors [N, T, V], or rows of the embedding [N, T, E]. */
function embed(
  model: ResolvedModelConfig,
  weights: Weights,
  ids: Int32Array,
  [N, T]: readonly [number, number],
  factors?: Float32Array,
): tf.Tensor3D {
  const rows =
    model.embedding === 'one-hot'
      ? unitVectors(ids, model.vocabularySize)
      : tf.gather(weights.get('embedding.weight') as tf.Tensor2D, tf.tensor1d(ids, 'int32'));
  const kept = factors
    ? tf.mul(
        rows,
        tf.tensor2d(
          Float32Array.from(ids, (id) => factors[id]),
          [N * T, 1],
        ),
      )
    : rows;
  return tf.reshape(kept, [N, T, kept.shape[1]!]);
}

/** All layers along the chunk. */
function runLayers(
  model: ResolvedModelConfig,
  weights: Weights,
  inputs: tf.Tensor3D,
  state: readonly LayerState<tf.Tensor2D>[],
  options: ForwardOptions = {},
): ForwardResult {
  let [outputs, plain] = [inputs, inputs];
  let used = 0;
  const wanted: LayerState<tf.Tensor2D>[] = [];
  model.stacks.forEach((stack, i) => {
    const layers = stack.config.layers ?? 1;
    const result = runStack(stack, i, weights, outputs, state.slice(used, used + layers), options);
    ({ outputs, plain } = result);
    wanted.push(...result.state);
    used += layers;
  });
  return { outputs, plain, state: wanted };
}

/** O = H W^T + b: outputs [M, O] to logits [M, V]. */
function decode(model: ResolvedModelConfig, weights: Weights, outputs: tf.Tensor2D): tf.Tensor2D {
  const weight = weights.get(model.tied ? 'embedding.weight' : 'decoder.weight') as tf.Tensor2D;
  // Transposed by itself: the wasm backend multiplies by a transposed factor many times more slowly.
  return tf.add(tf.matMul(outputs, tf.transpose(weight)), weights.get('decoder.bias')!);
}

function runStack(
  { prefix, config }: LayerStack,
  index: number,
  weights: Weights,
  inputs: tf.Tensor3D,
  start: LayerState<tf.Tensor2D>[],
  { lengths, masks, stateAfter, recurrentGradientScale: scale = 1 }: ForwardOptions,
): ForwardResult {
  const [N, T, D] = inputs.shape;
  const own = new Map(
    [...weights]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, weight]) => [name.slice(prefix.length), weight]),
  );
  const drawn = masks?.stacks[index];
  // The outputs' own mask is put on here: some of what reads them wants them without.
  const within = drawn && { ...drawn, layers: [...drawn.layers.slice(0, -1), undefined] };
  const parts: tf.Tensor3D[] = [];
  let state = start;
  let wanted = start;
  let from = 0;
  for (const to of segmentEnds(T, stateAfter ?? T, scale !== 1)) {
    const part = from === 0 && to === T ? inputs : tf.slice(inputs, [0, from, 0], [N, to - from, D]);
    const unrolled = unroll(config, own, part, from === 0 ? state : scaleGradients(state, scale), {
      path: 'reference',
      masks: within && sliceMasks(within, from, to),
      ...(lengths && { lengths: lengths.map((length) => Math.min(Math.max(length - from, 0), to - from)) }),
    });
    parts.push(unrolled.outputs);
    state = unrolled.state;
    if (to <= (stateAfter ?? T)) wanted = state;
    from = to;
  }
  const plain = parts.length === 1 ? parts[0] : tf.concat(parts, 1);
  const mask = drawn?.layers[drawn.layers.length - 1];
  // [T, N, O], step after step as masks are used.
  const factors = mask && tf.transpose(tf.tensor3d(mask.values, [...mask.shape]), [1, 0, 2]);
  return { outputs: factors ? tf.mul(plain, factors) : plain, plain, state: wanted };
}

/** Where a chunk is cut: nowhere as a rule, at the step whose state is wanted, or after every step. */
function segmentEnds(steps: number, stateAfter: number, everyStep: boolean): number[] {
  if (everyStep) return Array.from({ length: steps }, (_, t) => t + 1);
  return stateAfter > 0 && stateAfter < steps ? [stateAfter, steps] : [steps];
}

/** The same values; the gradient that flows back through them is multiplied by `scale`. */
function scaleGradients(state: LayerState<tf.Tensor2D>[], scale: number): LayerState<tf.Tensor2D>[] {
  if (scale === 1) return state;
  const scaled = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => tf.mul(dy, scale),
  })) as (x: tf.Tensor) => tf.Tensor2D;
  return state.map(({ h, c }) => (c ? { h: scaled(h), c: scaled(c) } : { h: scaled(h) }));
}

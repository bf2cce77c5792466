import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { unroll } from '@throughtime/rnn-cells';
import type { LayerStack, ModelPlan } from './model-config.js';
import { type ModelMasks, sliceMasks } from './model-masks.js';

/** A model's parameters by their full names. */
export type Weights = ReadonlyMap<string, tf.Tensor>;

export interface ForwardOptions {
  /** Valid steps of each row, [N]. Default: all. */
  readonly lengths?: Int32Array | undefined;
  /** The random choices of a training chunk. Default: none, which is evaluation. */
  readonly masks?: ModelMasks | undefined;
  /** The state wanted is the one after this many steps. Default: after all. */
  readonly stateAfter?: number | undefined;
  /** Factor on the gradient from one step's state to the one before. Default 1. */
  readonly recurrentGradientScale?: number | undefined;
}

export interface ForwardResult {
  /** What the decoder reads, [N, T, O]. */
  readonly outputs: tf.Tensor3D;
  /** The same before dropout. */
  readonly plain: tf.Tensor3D;
  /** One entry per layer. */
  readonly state: LayerState<tf.Tensor2D>[];
}

/** Tokens [N, T] as what the first layer reads: unit vectors [N, T, V], or rows of the embedding [N, T, E]. */
export function embed(
  plan: ModelPlan,
  weights: Weights,
  ids: Int32Array,
  [N, T]: readonly [number, number],
  factors?: Float32Array,
): tf.Tensor3D {
  const rows =
    plan.embedding === 'one-hot'
      ? unitVectors(ids, plan.vocabularySize)
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

/** Ids [M] as unit vectors [M, V]. (`tf.oneHot` refuses V = 1, and in float32 is wrong on the wasm backend.) */
export function unitVectors(ids: Int32Array, V: number): tf.Tensor2D {
  const values = new Float32Array(ids.length * V);
  ids.forEach((id, i) => {
    values[i * V + id] = 1;
  });
  return tf.tensor2d(values, [ids.length, V]);
}

/** All layers along the chunk. */
export function runLayers(
  plan: ModelPlan,
  weights: Weights,
  inputs: tf.Tensor3D,
  state: readonly LayerState<tf.Tensor2D>[],
  options: ForwardOptions = {},
): ForwardResult {
  let [outputs, plain] = [inputs, inputs];
  let used = 0;
  const wanted: LayerState<tf.Tensor2D>[] = [];
  plan.stacks.forEach((stack, i) => {
    const layers = stack.config.layers ?? 1;
    const result = runStack(stack, i, weights, outputs, state.slice(used, used + layers), options);
    ({ outputs, plain } = result);
    wanted.push(...result.state);
    used += layers;
  });
  return { outputs, plain, state: wanted };
}

/** O = H W^T + b: outputs [M, O] to logits [M, V]. */
export function decode(plan: ModelPlan, weights: Weights, outputs: tf.Tensor2D): tf.Tensor2D {
  const weight = weights.get(plan.tied ? 'embedding.weight' : 'decoder.weight') as tf.Tensor2D;
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

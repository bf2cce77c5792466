import type * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import {
  ArgumentError,
  anything,
  boolean,
  checkOptions,
  instance,
  inWords,
  list,
  type OptionChecks,
  oneOf,
  record,
  required,
  withMethods,
} from '@throughtime/errors';
import type { LayerWeights } from '../cells/cell.js';
import { MissingWeightError, ShapeMismatchError } from '../errors.js';
import { checkLengths } from '../operations/inside-mask.js';
import type { Mask, RecurrentMasks } from '../parameters/masks.js';
import { parameterShapes } from '../parameters/parameter-shapes.js';
import type { ResolvedConfig } from '../parameters/recurrent-config.js';
import { type ExecutionPath, executionPaths } from './choose-execution.js';

/** What computes a layer along its sequence. */
export type UnrollPath = ExecutionPath;

/** The check of an option `path`. */
export const unrollPath = oneOf(['auto', ...executionPaths]);

/** How {@link unroll} reads sequences, and what computes them. */
export interface UnrollOptions {
  /** [N], how many steps of each row are valid, 0 to T; the rest is padding. Default: all. */
  readonly lengths?: Int32Array | undefined;
  /** Reads from the last valid step to the first; outputs stay in the order of the inputs. Default: false. */
  readonly reverse?: boolean;
  /** The random choices of a training chunk, from `drawMasks`. Default: none, which is evaluation. */
  readonly masks?: RecurrentMasks | undefined;
  /**
   * Default: 'auto'. That is 'fused' where the engine runs and computes this network (any cell but one of your own) and tfjs's backend
   * is wasm or cpu; 'reference' elsewhere.
   */
  readonly path?: UnrollPath | 'auto' | undefined;
}

const unrollChecks: OptionChecks<UnrollOptions> = {
  lengths: instance(Int32Array, 'an Int32Array'),
  reverse: boolean,
  masks: record<RecurrentMasks>({
    layers: required(list(anything)),
    recurrentWeights: required(list(anything)),
    state: required(list(anything)),
    hiddenZoneout: required(list(anything)),
    cellZoneout: required(list(anything)),
  }),
  path: unrollPath,
};

// A type, not an interface: `tf.tidy` accepts it as what a function returns.
/** What unrolling a network over sequences gives. The caller disposes the tensors. */
export type Unrolled = {
  /** [N, T, H]: P instead of H with a projection, twice as many when bidirectional. 0 in padding. */
  readonly outputs: tf.Tensor3D;
  /** After the last valid step of each row. One entry per layer, or two (forward, reverse) when bidirectional. */
  readonly state: LayerState<tf.Tensor2D>[];
  /** What computed each entry of `state`. */
  readonly paths: UnrollPath[];
};

/** What a path is given, once {@link checkCall} has passed it. */
export interface NetworkCall {
  readonly config: ResolvedConfig;
  readonly weights: ReadonlyMap<string, tf.Tensor>;
  readonly inputs: tf.Tensor3D;
  readonly state: readonly LayerState<tf.Tensor2D>[];
  readonly options: UnrollOptions;
}

/** One layer in one direction. */
export interface LayerCall {
  readonly config: ResolvedConfig;
  readonly weights: LayerWeights;
  /** [N, T, D] */
  readonly inputs: tf.Tensor3D;
  readonly start: LayerState<tf.Tensor2D>;
  /** From the last step to the first. */
  readonly reverse: boolean;
  /** [N] */
  readonly lengths: Int32Array | undefined;
  /** The layer's own; undefined: evaluation. */
  readonly masks:
    | {
        /** [1, N, H], factors of h where it enters the recurrent product. */
        readonly state: Mask | undefined;
        readonly hiddenZoneout: Mask | undefined;
        readonly cellZoneout: Mask | undefined;
      }
    | undefined;
}

export interface LayerResult {
  /** [N, T, H], 0 outside a row's sequence. */
  readonly outputs: tf.Tensor3D;
  /** After the last valid step. */
  readonly state: LayerState<tf.Tensor2D>;
}

/** Throws where an argument of `unroll` does not fit the configuration. */
export function checkCall({ config, weights, inputs, state, options }: NetworkCall): void {
  checkOptions<UnrollOptions>(options, unrollChecks);
  const { lengths, reverse, masks } = options;
  if (reverse && config.bidirectional) {
    throw new ArgumentError('reverse', 'false for a bidirectional network', reverse);
  }
  withMethods<ReadonlyMap<string, tf.Tensor>>('a Map of tensors by name', ['get', 'keys'])(
    'weights',
    weights,
  );
  for (const { name, shape } of parameterShapes(config)) {
    const weight = weights.get(name);
    if (!weight) throw new MissingWeightError(name, weights.keys());
    expectShape(`weights '${name}'`, weight.shape, shape);
  }
  const [batchSize, steps, size] = inputs.shape;
  if (inputs.shape.length !== 3 || steps < 1 || size !== config.inputSize) {
    throw new ShapeMismatchError('inputs', `[N, T, ${config.inputSize}] with T >= 1`, inputs.shape);
  }
  checkState(config, state, batchSize);
  if (lengths) checkLengths(lengths, batchSize, steps);
  if (masks) checkMasks(config, masks, batchSize, steps);
}

/** Throws where a state does not have as many entries as the network has layers and directions. */
export function checkEntries(state: readonly LayerState<tf.Tensor2D>[], entries: number): void {
  if (state.length === entries) return;
  throw new ShapeMismatchError('state', `${entries} entries, one per layer and direction`, state.length);
}

function checkState(
  config: ResolvedConfig,
  state: readonly LayerState<tf.Tensor2D>[],
  batchSize: number,
): void {
  checkEntries(state, config.layers * config.directions);
  state.forEach(({ h, c }, i) => {
    expectShape(`state[${i}].h`, h.shape, [batchSize, config.stateSize]);
    if (!config.cellState) {
      if (c) throw new ShapeMismatchError(`state[${i}].c`, `undefined for cell '${config.cell}'`, c.shape);
      return;
    }
    if (!c) {
      throw new ShapeMismatchError(
        `state[${i}].c`,
        `a tensor for cell '${config.cell}'`,
        inWords('undefined'),
      );
    }
    expectShape(`state[${i}].c`, c.shape, [batchSize, config.hiddenSize]);
  });
}

function checkMasks(
  { stateSize }: ResolvedConfig,
  masks: RecurrentMasks,
  batchSize: number,
  steps: number,
): void {
  masks.state.forEach((mask, i) => {
    if (mask) expectShape(`masks.state[${i}]`, mask.shape, [1, batchSize, stateSize]);
  });
  for (const mask of [...masks.layers, ...masks.hiddenZoneout, ...masks.cellZoneout]) {
    if (!mask) continue;
    const [drawnSteps, rows] = mask.shape;
    if (rows !== batchSize || (drawnSteps !== 1 && drawnSteps !== steps)) {
      throw new ShapeMismatchError(
        'masks',
        `masks drawn for ${steps} steps of ${batchSize} rows`,
        mask.shape,
      );
    }
  }
}

function expectShape(argument: string, got: readonly number[], expected: readonly number[]): void {
  if (got.length !== expected.length || got.some((size, axis) => size !== expected[axis])) {
    throw new ShapeMismatchError(argument, `[${expected.join(', ')}]`, got);
  }
}

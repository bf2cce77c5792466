import * as tf from '@tensorflow/tfjs-core';
import type {
  Parameter,
  StepOptions,
  StepResult,
  TrainableModel,
  TrainingBatch,
  TruncationCapability,
} from '@throughtime/contract';
import {
  ArgumentError,
  callback,
  check,
  checkOptions,
  inWords,
  list,
  type OptionChecks,
  oneOf,
  required,
  showValue,
  ThroughtimeError,
} from '@throughtime/errors';

/** A state tensor as plain data. */
export interface StateArray {
  /** The tensor's shape. */
  readonly shape: readonly number[];
  /** The tensor's values, row-major. */
  readonly data: Float32Array;
}

/** What a loss function may want to know about the pass it is in. */
export interface TfjsPass extends Partial<StepOptions> {
  /** Whether gradients are wanted. Apply dropout only then. */
  readonly training: boolean;
}

/** What a loss in tfjs operations gives for one chunk. */
export interface TfjsLoss {
  /** A scalar: the mean over the predictions. */
  readonly loss: tf.Scalar;
  /** How many predictions the mean is over. Default N T, or N (T - lossFrom) in overlapping windows. */
  readonly predictions?: number;
  /** The state after the chunk. Default: none. */
  readonly state?: readonly tf.Tensor[];
}

/** A model by its variables and its loss. */
export interface TfjsModelOptions<B extends TrainingBatch> {
  /** float32 variables, by the names that checkpoints and error messages use. */
  readonly variables: Readonly<Record<string, tf.Variable>>;
  /**
   * Forward pass over one chunk, in tfjs operations on the variables. Everything it allocates is disposed after the pass. The
   * state is the one after the previous chunk; at the start it is the initial one, [] by default.
   */
  readonly loss: (batch: B, state: readonly tf.Tensor[], pass: TfjsPass) => TfjsLoss;
  /** The shapes of the initial state; its values are zero. Default: no state. */
  readonly initialState?: (batchSize: number) => readonly (readonly number[])[];
  /** Which uncommon step options `loss` honors ('sum-over-time' is handled here). Default none. */
  readonly capabilities?: readonly TruncationCapability[];
}

const modelChecks: OptionChecks<TfjsModelOptions<never>> = {
  variables: required(
    check(
      'an object of tf.Variables by name, at least one',
      (value) => typeof value === 'object' && value !== null && Object.keys(value).length > 0,
    ),
  ),
  loss: required(callback),
  initialState: callback,
  capabilities: list(oneOf(['overlapping-windows', 'recurrent-gradient-scale'])),
};

/** tfjs does not know the gradient of an operation in the loss. */
export class MissingGradientError extends ThroughtimeError {
  override name = 'MissingGradientError';
}

/**
 * Wraps a loss written in tfjs operations over `tf.Variable`s as a model for the trainer. The weights lie in plain
 * arrays too, which the trainer moves and the variables follow. Nothing else stays in tfjs, so its memory is constant.
 *
 * Variables and arrays may be changed at any time between passes, say to load weights or to constrain them after a step: what you
 * assign to a variable counts, and so does what you write into `parameters`. If you change both, the variable counts.
 *
 * In Node, and in bundles without tfjs-layers, import '@throughtime/tfjs-gradients' once: tfjs-core alone knows no gradients
 * (a MissingGradientError says so).
 * @throws ArgumentError, for a variable that is not float32 among others
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import type { TrainingBatch } from '@throughtime/bptt-trainer';
 * import { tfjsModel } from '@throughtime/bptt-trainer/tfjs';
 * interface Points extends TrainingBatch {
 *   readonly x: number[];
 *   readonly y: number[];
 * }
 * const slope = tf.variable(tf.scalar(0));
 * const line = tfjsModel<Points>({
 *   variables: { slope },
 *   loss: ({ x, y }) => ({ loss: tf.losses.meanSquaredError(y, tf.mul(slope, x)) as tf.Scalar }),
 * });
 * ```
 */
export function tfjsModel<B extends TrainingBatch>(
  options: TfjsModelOptions<B>,
): TrainableModel<B, readonly StateArray[]> {
  checkOptions<TfjsModelOptions<B>>(options, modelChecks);
  const { variables, loss, initialState = () => [], capabilities = [] } = options;
  const weights = Object.entries(variables).map(([name, variable]) => mirrored(name, variable));
  const parameters = weights.map(({ parameter }) => parameter);

  const pass = async (batch: B, state: readonly StateArray[], options: TfjsPass) => {
    const { batchSize, steps } = batch;
    const { lossFrom = 0, reduction } = options;
    await Promise.all(weights.filter(({ assigned }) => assigned).map((weight) => weight.read()));
    for (const weight of weights) weight.follow();
    let predictions = batchSize * (steps - lossFrom);
    const forward = () => {
      const tensors = state.map(({ data, shape }) => tf.tensor(data, [...shape]));
      const result = loss(batch, tensors, options);
      predictions = result.predictions ?? predictions;
      return result;
    };
    // From the mean over the predictions to the mean over the rows of their sums.
    const scale = () => (reduction === 'sum-over-time' ? predictions / batchSize : 1);
    const computed = tf.tidy(() =>
      options.training
        ? hintAtGradients(() => differentiated(forward, variables, scale))
        : withoutGradients(forward()),
    );
    for (const [i, gradient] of computed.gradients.entries()) {
      parameters[i].gradient.set((await gradient.data()) as Float32Array);
    }
    const [value] = await computed.loss.data();
    const arrays = await Promise.all(computed.state.map(stateArray));
    tf.dispose(computed);
    return { loss: value, predictions, state: arrays } satisfies StepResult<readonly StateArray[]>;
  };

  return {
    parameters,
    capabilities,
    initialState: (batchSize) =>
      initialState(batchSize).map((shape) => ({
        shape,
        data: new Float32Array(tf.util.sizeFromShape([...shape])),
      })),
    lossAndGradients: (batch, state, options) => pass(batch, state, { ...options, training: true }),
    evaluate: (batch, state) => pass(batch, state, { training: false }),
    weightsChanged() {
      for (const weight of weights) weight.write();
    },
  };
}

function hintAtGradients<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('gradient function not found'))) throw error;
    const message = `${error.message} Import '@throughtime/tfjs-gradients' once, before training.`;
    throw new MissingGradientError(message, { cause: error });
  }
}

/** Of what should have been a variable: 'an int32 one', or what it is. */
function kindOf(value: unknown): string {
  return value instanceof tf.Variable ? `one of ${value.dtype}` : showValue(value);
}

/** A variable, and the parameter whose array holds its values. */
interface MirroredWeight {
  readonly parameter: Parameter;
  /** Whether somebody assigned to the variable. Reading the parameter's array then takes the values; WebGPU prefers `read` before. */
  readonly assigned: boolean;
  /** Gives the array the variable's values. */
  read(): Promise<void>;
  /** Gives the variable the array's values. */
  write(): void;
  /** Gives the variable the array's values where somebody changed them. */
  follow(): void;
}

function mirrored(name: string, variable: tf.Variable): MirroredWeight {
  if (!(variable instanceof tf.Variable) || variable.dtype !== 'float32') {
    throw new ArgumentError(`variables.${name}`, 'a float32 tf.Variable', inWords(kindOf(variable)));
  }
  const shape = [...variable.shape];
  const values = new Float32Array(variable.size);
  /** What the variable holds, to see whether somebody wrote into `values`. */
  const held = new Float32Array(variable.size);
  // Every assignment gives a variable new data. The first values are taken as an assignment's are.
  let known: object | undefined;
  const take = (data: tf.TypedArray, dataId: object) => {
    values.set(data as Float32Array);
    held.set(values);
    known = dataId;
  };
  const readNow = () => {
    if (variable.dataId !== known) take(variable.dataSync(), variable.dataId);
  };
  const write = () => {
    tf.tidy(() => variable.assign(tf.tensor(values, shape)));
    held.set(values);
    known = variable.dataId;
  };
  return {
    parameter: {
      name,
      shape,
      gradient: new Float32Array(variable.size),
      get data() {
        readNow();
        return values;
      },
    },
    get assigned() {
      return variable.dataId !== known;
    },
    async read() {
      const { dataId } = variable;
      take(await variable.data(), dataId);
    },
    write,
    follow() {
      readNow();
      if (differ(values, held)) write();
    },
  };
}

/** A plain loop: it runs over all weights in every pass. */
function differ(a: Float32Array, b: Float32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return true;
  return false;
}

/** The results of a pass, still as tensors. A type, not an interface: tf.tidy returns only types with index signatures. */
type Computed = { loss: tf.Scalar; state: tf.Tensor[]; gradients: tf.Tensor[] };

function withoutGradients({ loss, state = [] }: TfjsLoss): Computed {
  return { loss, state: [...state], gradients: [] };
}

/**
 * The loss and its state, with the gradient of loss * scale by each variable: zeros where the loss does not depend on it.
 * @param scale called after the forward pass
 */
function differentiated(
  forward: () => TfjsLoss,
  variables: Readonly<Record<string, tf.Variable>>,
  scale: () => number,
): Computed {
  let computed: Omit<Computed, 'gradients'> | undefined;
  const list = Object.values(variables);
  const { grads } = tf.variableGrads(() => {
    computed = withoutGradients(forward());
    for (const tensor of [computed.loss, ...computed.state]) tf.keep(tensor);
    const factor = scale();
    return factor === 1 ? computed.loss : (tf.mul(computed.loss, factor) as tf.Scalar);
  }, list);
  const gradients = list.map((variable) => grads[variable.name] ?? tf.zerosLike(variable));
  return { ...computed!, gradients };
}

async function stateArray(tensor: tf.Tensor): Promise<StateArray> {
  return { shape: [...tensor.shape], data: Float32Array.from(await tensor.data()) };
}

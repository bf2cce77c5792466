import * as tf from '@tensorflow/tfjs-core';
import type { TrainingBatch } from '../batches/batch-source.js';
import { InvalidArgumentError } from '../errors.js';
import type {
  Parameter,
  StepOptions,
  StepResult,
  TrainableModel,
  TruncationCapability,
} from '../trainable-model.js';

/** A state tensor as plain data. */
export interface StateArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a loss function may want to know of the pass it is in. */
export interface TfjsPass extends Partial<StepOptions> {
  /** Whether gradients are wanted: dropout belongs here only. */
  readonly training: boolean;
}

export interface TfjsLoss {
  /** A scalar: the mean over the predictions. */
  readonly loss: tf.Scalar;
  /** How many predictions it is the mean of. Default N T, or N (T - lossFrom) in windows that overlap. */
  readonly predictions?: number;
  /** The state after the chunk. Default: none. */
  readonly state?: readonly tf.Tensor[];
}

export interface TfjsModelOptions<B extends TrainingBatch> {
  /** float32 variables by the names that checkpoints and messages use. */
  readonly variables: Readonly<Record<string, tf.Variable>>;
  /**
   * Forward pass over one chunk, in tfjs operations on the variables. What it allocates is disposed after the pass. The state
   * is that of the chunk before, [] at the start unless `initialState` says otherwise.
   */
  readonly loss: (batch: B, state: readonly tf.Tensor[], pass: TfjsPass) => TfjsLoss;
  /** The shapes of the initial state, which is zero. Default: no state. */
  readonly initialState?: (batchSize: number) => readonly (readonly number[])[];
  /** Which uncommon step options `loss` honours; 'sum-over-time' is seen to here. Default none. */
  readonly capabilities?: readonly TruncationCapability[];
}

/** tfjs does not know the gradient of an operation in the loss. */
export class MissingGradientError extends Error {
  override name = 'MissingGradientError';
}

/**
 * Wraps a loss written in tfjs operations over `tf.Variable`s as a model that the trainer trains. Between passes the weights
 * live in plain arrays, which the variables follow; nothing else stays on the tfjs side, so its memory is constant.
 *
 * In Node, and in bundles without tfjs-layers, import '@throughtime/tfjs-gradients' once: tfjs-core alone knows no gradients
 * (a MissingGradientError says so).
 * @throws InvalidArgumentError for a variable that is not float32
 */
export function tfjsModel<B extends TrainingBatch>({
  variables,
  loss,
  initialState = () => [],
  capabilities = [],
}: TfjsModelOptions<B>): TrainableModel<B, readonly StateArray[]> {
  const parameters = Object.entries(variables).map(([name, variable]) => parameterOf(name, variable));

  const pass = async (batch: B, state: readonly StateArray[], options: TfjsPass) => {
    const { batchSize, steps } = batch;
    const { lossFrom = 0, reduction } = options;
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
      for (const { name, shape, data } of parameters) {
        tf.tidy(() => variables[name].assign(tf.tensor(data, [...shape])));
      }
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

function parameterOf(name: string, variable: tf.Variable): Parameter {
  if (variable.dtype !== 'float32')
    throw new InvalidArgumentError(`variables.${name}`, 'float32', variable.dtype);
  return {
    name,
    shape: [...variable.shape],
    data: Float32Array.from(variable.dataSync()),
    gradient: new Float32Array(variable.size),
  };
}

/** What a pass leaves for the plain side to read. A type, not an interface: tf.tidy returns only what has index signatures. */
type Computed = { loss: tf.Scalar; state: tf.Tensor[]; gradients: tf.Tensor[] };

function withoutGradients({ loss, state = [] }: TfjsLoss): Computed {
  return { loss, state: [...state], gradients: [] };
}

/**
 * The loss and its state, with the gradient of loss * scale by each variable: zeros where the loss does not depend on it.
 * @param scale asked for after the forward pass
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

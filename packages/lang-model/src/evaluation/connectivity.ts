import { ArgumentError, checkOptions, instance, type OptionChecks, whole } from '@throughtime/errors';
import { type Engine, RecurrentStack } from '@throughtime/wasm-kernels';
import { requireId, requireTokens, tokenSequence } from '../checks.js';
import { EmptySequenceError } from '../errors.js';
import { engineParameters, engineSize } from '../recurrent/engine-executor.js';
import type { RecurrentModelState } from '../recurrent/executor.js';
import { type ResolvedModelConfig, resolveModelConfig } from '../recurrent/model-config.js';
import { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import { referenceModel } from '../recurrent/reference-executor.js';

/** Which prediction is looked at, and how far back. */
export interface ConnectivityOptions {
  /** The position whose next token is predicted: the model has read the tokens up to and with it. Default: the last. */
  readonly at?: number;
  /** How many positions, the last being `at`, get a norm; those before are read only. Default 64, a line of text. */
  readonly window?: number;
  /** The token whose log-probability is differentiated. Default: the most probable one. */
  readonly token?: number;
}

const connectivityChecks: OptionChecks<ConnectivityOptions> = {
  at: whole({ from: 0 }),
  window: whole({ from: 1 }),
  token: whole({ from: 0 }),
};

/** How much a prediction depends on each of the tokens before it. */
export interface Connectivity {
  /** The token whose probability it is. */
  readonly token: number;
  /** Of that token, natural. */
  readonly logProbability: number;
  /** The position that `norms[0]` is of. */
  readonly from: number;
  /** The Euclidean norm of d log p(token) / d x_t for the positions t = from ... at, where x_t is what the first layer reads. */
  readonly norms: Float32Array;
}

/**
 * Which earlier tokens a prediction depends on: the gradient of a next token's log-probability by the input vector of each token
 * before it (its embedding or unit vector), as one norm per position. Madsen (2019, "Visualizing memorization in RNNs") takes the
 * probability. Nothing is dropped; zoneout takes its mean. Parameters and their gradients stay as they are.
 *
 * On the engine it takes the tokens read one by one, and a forward and a backward pass over the window; no tfjs is needed.
 *
 * @throws EmptySequenceError without tokens; ArgumentError where `at` is beyond them, or naming the option; TokenOutOfRangeError
 */
export async function connectivity(
  model: RecurrentLanguageModel,
  ids: ArrayLike<number>,
  options: ConnectivityOptions = {},
): Promise<Connectivity> {
  instance(RecurrentLanguageModel, 'a RecurrentLanguageModel')('model', model);
  tokenSequence('ids', ids);
  checkOptions<ConnectivityOptions>(options, connectivityChecks);
  requireTokens(ids, model.vocabularySize);
  if (ids.length === 0) throw new EmptySequenceError('ids', 'at least one to predict from', 0);
  const { at = ids.length - 1, window = 64 } = options;
  if (at >= ids.length) throw new ArgumentError('at', `a position from 0 to ${ids.length - 1}, the last`, at);
  if (options.token !== undefined) requireId('token', options.token, model.vocabularySize);

  const from = Math.max(0, at - window + 1);
  let state = model.initialState();
  let before = state;
  for (let t = 0; t <= at; t++) {
    if (t === from) before = state;
    state = await model.advance(state, ids[t]);
  }
  const logProbabilities = await model.logProbabilities(state);
  const token = options.token ?? indexOfLargest(logProbabilities);
  const network = resolveModelConfig(model.config);
  const gradients = await inputGradients(model, network, {
    ids: Int32Array.from({ length: at + 1 - from }, (_, i) => ids[from + i]),
    state: before,
    outputGradient: outputGradient(model, network, logProbabilities, token),
  });
  return {
    token,
    logProbability: logProbabilities[token],
    from,
    norms: rowNorms(gradients, at + 1 - from),
  };
}

function indexOfLargest(values: Float32Array): number {
  return values.reduce((best, value, i) => (value > values[best] ? i : best), 0);
}

/** d log p(token) / d output, [O]: the token's row of the decoder less the mean row, by probability. */
function outputGradient(
  { parameters }: RecurrentLanguageModel,
  { tied, outputSize: O }: ResolvedModelConfig,
  logProbabilities: Float32Array,
  token: number,
): Float32Array {
  const name = tied ? 'embedding.weight' : 'decoder.weight';
  const { data: weight } = parameters.find((parameter) => parameter.name === name)!;
  const gradient = new Float64Array(O);
  for (const [id, logProbability] of logProbabilities.entries()) {
    const factor = (id === token ? 1 : 0) - Math.exp(logProbability);
    for (let unit = 0; unit < O; unit++) gradient[unit] += factor * weight[id * O + unit];
  }
  return Float32Array.from(gradient);
}

/** A stretch of text, and what is differentiated: the inner product of its last output with `outputGradient`. */
interface Stretch {
  /** [T] */
  readonly ids: Int32Array;
  /** Before the first id. */
  readonly state: RecurrentModelState;
  /** [O] */
  readonly outputGradient: Float32Array;
}

/** The gradients by the inputs of the first layer, [T, D]. */
async function inputGradients(
  model: RecurrentLanguageModel,
  network: ResolvedModelConfig,
  stretch: Stretch,
): Promise<Float32Array> {
  if (model.engine) return engineInputGradients(model.engine, model, network, stretch);
  const reference = await referenceModel.load();
  return reference.inputGradients(network, model.parameters, stretch);
}

function engineInputGradients(
  engine: Engine,
  { parameters }: RecurrentLanguageModel,
  network: ResolvedModelConfig,
  { ids, state, outputGradient }: Stretch,
): Float32Array {
  const { embedding, vocabularySize, outputSize: O } = network;
  const D = embedding === 'one-hot' ? vocabularySize : embedding;
  const { vocabularySize: _, embeddingSize: __, ...size } = engineSize(network);
  const { layers, embedding: table } = engineParameters(network, parameters, 'data');
  // The pass itself may be refused memory: its programs are made when it first runs.
  return engine.allOrNothing(() => {
    const stack = new RecurrentStack(engine, {
      ...size,
      ...{ inputSize: D, batchSize: 1, steps: ids.length, parameters: layers, backward: true },
    });
    try {
      for (const [t, id] of ids.entries()) {
        if (table) stack.inputs.set(table.subarray(id * D, (id + 1) * D), t * D);
        else stack.inputs[t * D + id] = 1;
      }
      stack.forward({ state: state.layers });
      stack.outputGradients.set(outputGradient, (ids.length - 1) * O);
      stack.backward();
      return stack.inputGradients.slice();
    } finally {
      stack.free();
    }
  });
}

function rowNorms(rows: Float32Array, count: number): Float32Array {
  const width = rows.length / count;
  return Float32Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let j = i * width; j < (i + 1) * width; j++) sum += rows[j] * rows[j];
    return Math.sqrt(sum);
  });
}

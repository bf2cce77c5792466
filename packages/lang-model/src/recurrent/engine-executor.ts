import type { Awaitable, Parameter, TokenBatch } from '@throughtime/contract';
import {
  CompiledShapes,
  type EngineObstacle,
  engineCell,
  engineDropout,
  engineLayers,
  networkObstacle,
} from '@throughtime/rnn-cells';
import {
  CompiledLanguageModel,
  type Engine,
  type LanguageModelParameters,
  type LanguageModelSize,
  LanguageModelStepper,
} from '@throughtime/wasm-kernels';
import { countedPredictions } from './counted-predictions.js';
import type {
  Executor,
  LanguageStepOptions,
  LanguageStepResult,
  RecurrentModelState,
  SequenceScores,
} from './executor.js';
import type { ResolvedModelConfig } from './model-config.js';
import { ReferenceExecutor } from './reference-executor.js';
import type { WeightForm } from './weight-form.js';

/** Why the engine cannot run an architecture, or undefined. Its layers are one network; around it there are embedding and decoder. */
export function engineObstacle(model: ResolvedModelConfig): EngineObstacle | undefined {
  const { stacks, embedding, embeddingDropout, activationPenalty } = model;
  const ofLayers = networkObstacle(stacks.map(({ config }) => config));
  if (ofLayers) return ofLayers;
  if (embeddingDropout) return { field: 'dropout.embedding', expected: '0' };
  if (activationPenalty) return { field: 'activationPenalty', expected: 'none' };
  if (stacks[0].config.dropout.input > 0 && embedding === 'one-hot')
    return { field: 'dropout.input', expected: '0 for one-hot inputs' };
  return undefined;
}

/** What buffers are allocated for: N rows of T steps, for evaluation alone where there are no gradients. */
interface Shape {
  readonly N: number;
  readonly T: number;
  readonly gradients: boolean;
  readonly drops: boolean;
}

/** Runs a model in the engine of `@throughtime/wasm-kernels`, in whose memory its parameters lie. */
export class EngineExecutor implements Executor {
  readonly parameters: readonly Parameter[];
  readonly #model: ResolvedModelConfig;
  readonly #compiled: CompiledShapes<Shape, CompiledLanguageModel>;
  readonly #stepper: CompiledShapes<object, LanguageModelStepper>;
  #reference: ReferenceExecutor | undefined;

  /** @param weights 'int8': a single text is read by the bytes alone, token by token; batches by what they stand for */
  constructor(
    engine: Engine,
    model: ResolvedModelConfig,
    parameters: readonly Parameter[],
    weights: WeightForm = 'float32',
  ) {
    this.#model = model;
    this.parameters = parameters;
    const size = engineSize(model);
    const dropout = engineDropout(model.stacks[0].config);
    this.#compiled = new CompiledShapes(engine, { most: 4 }, ({ N, T, gradients, drops }) => {
      return new CompiledLanguageModel(engine, {
        ...size,
        batchSize: N,
        steps: T,
        parameters: engineParameters(model, parameters, 'data'),
        ...(gradients && { gradients: engineParameters(model, parameters, 'gradient') }),
        ...(drops && dropout && { dropout }),
      });
    });
    this.#stepper = new CompiledShapes(engine, { most: 1 }, () => {
      return new LanguageModelStepper(engine, {
        ...size,
        parameters: engineParameters(model, parameters, 'data'),
        int8: weights === 'int8',
      });
    });
  }

  lossAndGradients(
    batch: TokenBatch,
    state: RecurrentModelState,
    options: LanguageStepOptions,
  ): Awaitable<LanguageStepResult> {
    const { random, reduction, lossFrom = 0, stateAfter, recurrentGradientScale = 1 } = options;
    if (recurrentGradientScale !== 1) {
      // The engine's backward pass has no such factor.
      this.#reference ??= new ReferenceExecutor(this.#model, this.parameters);
      return this.#reference.lossAndGradients(batch, state, options);
    }
    const drops =
      engineDropout(this.#model.stacks[0].config) !== undefined && options.regularization !== false;
    const { batchSize: N, steps: T, inputs, lengths } = batch;
    const counted = countedPredictions(batch, lossFrom);
    const chunk = {
      inputs,
      targets: counted.weights
        ? batch.targets.map((id, i) => (counted.weights![i] ? id : -1))
        : batch.targets,
      state: state.layers,
      ...(lengths && { lengths }),
      ...(stateAfter !== undefined && { stateAfter }),
    };
    const pass = {
      scale: reduction === 'sum-over-time' ? 1 / N : 1 / Math.max(1, counted.predictions),
      ...(drops && { dropoutSeed: random.integer(0, 2 ** 32) }),
    };
    const { loss, state: layers } = this.#compiled.run({ N, T, gradients: true, drops }, (compiled) =>
      compiled.lossAndGradients(chunk, pass),
    );
    const { predictions } = counted;
    return { loss: loss / Math.max(1, predictions), predictions, state: stateOf(layers) };
  }

  score(batch: TokenBatch, state: RecurrentModelState): SequenceScores {
    const { batchSize: N, steps: T } = batch;
    const steps = this.#evaluationSteps(N, T);
    const chunk = steps === T ? batch : padded(batch, steps);
    const { layers, losses } = this.#compiled.run(evaluationShape(N, steps), (compiled) => ({
      layers: compiled.evaluate({ ...chunk, state: state.layers }).state,
      losses: compiled.losses(),
    }));
    const logProbabilities = new Float64Array(N * T);
    for (let n = 0; n < N; n++)
      for (let t = 0; t < T; t++) logProbabilities[n * T + t] = 0 - losses[n * steps + t];
    return { logProbabilities, state: stateOf(layers) };
  }

  advance(tokens: Int32Array, state: RecurrentModelState): RecurrentModelState {
    const N = tokens.length;
    if (N === 1) return stateOf(this.#stepper.run({}, (stepper) => stepper.advance(state.layers, tokens[0])));
    // Nothing is to be predicted: only the state is wanted.
    const chunk = { inputs: tokens, targets: new Int32Array(N).fill(-1), state: state.layers };
    return stateOf(this.#compiled.run(evaluationShape(N, 1), (compiled) => compiled.evaluate(chunk)).state);
  }

  logProbabilities(output: Float32Array): Float32Array {
    const { outputSize: O, vocabularySize: V } = this.#model;
    return this.#stepper.run({}, (stepper) => {
      // Copies: the engine's own memory would be another model's once this one has gone.
      const N = output.length / O;
      const all = new Float32Array(N * V);
      for (let n = 0; n < N; n++)
        all.set(stepper.logProbabilities([{ h: output.subarray(n * O, (n + 1) * O) }]), n * V);
      return all;
    });
  }

  /** Steps of buffers that N rows of T steps fit into: the last chunk of a text is shorter than those before it. */
  #evaluationSteps(N: number, T: number): number {
    return this.#compiled.find((kept) => kept.N === N && kept.T >= T && !kept.gradients)?.T ?? T;
  }
}

function evaluationShape(N: number, T: number): Shape {
  return { N, T, gradients: false, drops: false };
}

function stateOf(layers: RecurrentModelState['layers']): RecurrentModelState {
  return { layers, output: layers[layers.length - 1].h };
}

function engineSize({ stacks, vocabularySize, embedding }: ResolvedModelConfig): LanguageModelSize {
  const [{ config }] = stacks;
  return {
    cell: engineCell(config),
    vocabularySize,
    hiddenSize: config.hiddenSize,
    ...(embedding !== 'one-hot' && { embeddingSize: embedding }),
  };
}

/** The parameters, or their gradients, by the names that the engine knows them under. */
function engineParameters(
  { tied, stacks }: ResolvedModelConfig,
  parameters: readonly Parameter[],
  of: 'data' | 'gradient',
): LanguageModelParameters {
  const [{ prefix, config }] = stacks;
  const named = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const array = (name: string) => named.get(name)![of];
  return {
    ...(named.has('embedding.weight') && { embedding: array('embedding.weight') }),
    layers: engineLayers(config, parameters, { of, prefix }),
    outputWeight: array(tied ? 'embedding.weight' : 'decoder.weight'),
    outputBias: array('decoder.bias'),
  };
}

/** The same rows with padding up to `steps`. */
function padded({ inputs, targets, batchSize: N, steps: T, lengths }: TokenBatch, steps: number): TokenBatch {
  const rows = (values: Int32Array): Int32Array => {
    const wide = new Int32Array(N * steps);
    for (let n = 0; n < N; n++) wide.set(values.subarray(n * T, (n + 1) * T), n * steps);
    return wide;
  };
  return {
    inputs: rows(inputs),
    targets: rows(targets),
    batchSize: N,
    steps,
    lengths: lengths ?? new Int32Array(N).fill(T),
  };
}

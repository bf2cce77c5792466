import type { Parameter, TokenBatch } from '@throughtime/contract';
import {
  CompiledShapes,
  type EngineObstacle,
  engineCell,
  engineDropout,
  engineLayers,
  networkObstacle,
} from '@throughtime/rnn-cells';
import {
  type ChunkResult,
  CompiledLanguageModel,
  type Dropout,
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
import type { WeightForm } from './weight-form.js';

/** Why the engine cannot run an architecture, or undefined. */
export function engineObstacle({ stacks }: ResolvedModelConfig): EngineObstacle | undefined {
  return networkObstacle(stacks.map(({ config }) => config));
}

/** What buffers are allocated for: N rows of T steps, for evaluation alone where there are no gradients. */
interface Shape {
  readonly N: number;
  readonly T: number;
  readonly gradients: boolean;
  /** With dropout and activation penalty. */
  readonly regularized: boolean;
}

/** Runs a model in the engine of `@throughtime/wasm-kernels`, in whose memory its parameters lie. */
export class EngineExecutor implements Executor {
  readonly parameters: readonly Parameter[];
  readonly #model: ResolvedModelConfig;
  readonly #compiled: CompiledShapes<Shape, CompiledLanguageModel>;
  readonly #stepper: CompiledShapes<{ readonly sequences: number }, LanguageModelStepper>;
  readonly #drops: boolean;

  /** @param weights 'int8': generation reads the bytes alone; batches of whole chunks what they stand for */
  constructor(
    engine: Engine,
    model: ResolvedModelConfig,
    parameters: readonly Parameter[],
    weights: WeightForm = 'float32',
  ) {
    this.#model = model;
    this.parameters = parameters;
    const size = engineSize(model);
    const { activationPenalty } = model;
    const dropout = modelDropout(model);
    const [{ config }] = model.stacks;
    this.#drops = dropout !== undefined || config.zoneout.hidden > 0 || config.zoneout.cell > 0;
    this.#compiled = new CompiledShapes(engine, { most: 4 }, ({ N, T, gradients, regularized }) => {
      return new CompiledLanguageModel(engine, {
        ...size,
        batchSize: N,
        steps: T,
        parameters: engineParameters(model, parameters, 'data'),
        ...(gradients && { gradients: engineParameters(model, parameters, 'gradient') }),
        ...(regularized && dropout && { dropout }),
        zoneoutMasks: regularized,
        ...(regularized && activationPenalty && { activationPenalty }),
      });
    });
    this.#stepper = new CompiledShapes(engine, { most: 2 }, ({ sequences }) => {
      return new LanguageModelStepper(engine, {
        ...size,
        sequences,
        parameters: engineParameters(model, parameters, 'data'),
        int8: weights === 'int8',
      });
    });
  }

  lossAndGradients(
    batch: TokenBatch,
    state: RecurrentModelState,
    options: LanguageStepOptions,
  ): LanguageStepResult {
    const { random, reduction, lossFrom = 0, stateAfter, recurrentGradientScale } = options;
    const { regularization: regularized = true } = options;
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
      ...(recurrentGradientScale !== undefined && { recurrentGradientScale }),
      ...(this.#drops && regularized && { dropoutSeed: random.integer(0, 2 ** 32) }),
    };
    const result = this.#compiled.run({ N, T, gradients: true, regularized }, (compiled) =>
      compiled.lossAndGradients(chunk, pass),
    );
    const { predictions } = counted;
    return {
      loss: result.loss / Math.max(1, predictions),
      predictions,
      state: stateAfterChunk(result, state, lengths),
    };
  }

  score(batch: TokenBatch, state: RecurrentModelState): SequenceScores {
    const { batchSize: N, steps: T } = batch;
    const steps = this.#evaluationSteps(N, T);
    const chunk = steps === T ? batch : padded(batch, steps);
    const { result, losses } = this.#compiled.run(evaluationShape(N, steps), (compiled) => ({
      result: compiled.evaluate({ ...chunk, state: state.layers }),
      losses: compiled.losses(),
    }));
    const logProbabilities = new Float64Array(N * T);
    for (let n = 0; n < N; n++)
      for (let t = 0; t < T; t++) logProbabilities[n * T + t] = 0 - losses[n * steps + t];
    return { logProbabilities, state: stateAfterChunk(result, state, batch.lengths) };
  }

  advance(tokens: Int32Array, state: RecurrentModelState): RecurrentModelState {
    return this.#stepper.run(this.#stepperFor(tokens.length), (stepper) => ({
      layers: stepper.advance(state.layers, tokens),
      output: stepper.output(),
    }));
  }

  logProbabilities(output: Float32Array): Float32Array {
    const N = output.length / this.#model.outputSize;
    return this.#stepper.run(this.#stepperFor(N), (stepper) => {
      // A copy: the engine's own memory would be another model's once this one has gone.
      return stepper.logProbabilities([{ h: output }]).slice();
    });
  }

  /** Buffers that N texts fit into. Rounded up, for a beam search and texts that end change their number. */
  #stepperFor(N: number): { readonly sequences: number } {
    const found = this.#stepper.find(({ sequences }) => sequences >= N);
    return found ?? { sequences: 2 ** Math.ceil(Math.log2(N)) };
  }

  /** Steps of buffers that N rows of T steps fit into: the last chunk of a text is shorter than those before it. */
  #evaluationSteps(N: number, T: number): number {
    return this.#compiled.find((kept) => kept.N === N && kept.T >= T && !kept.gradients)?.T ?? T;
  }
}

function evaluationShape(N: number, T: number): Shape {
  return { N, T, gradients: false, regularized: false };
}

/** What a chunk left. A row without a step keeps the output that it had, which is no state with residual sums. */
function stateAfterChunk(
  { state, output }: ChunkResult,
  before: RecurrentModelState,
  lengths: Int32Array | undefined,
): RecurrentModelState {
  const isState = output === state[state.length - 1].h;
  const O = lengths ? output.length / lengths.length : 0;
  lengths?.forEach((length, n) => {
    if (length === 0 && !isState) output.set(before.output.subarray(n * O, (n + 1) * O), n * O);
  });
  return { layers: state, output };
}

/** All that is dropped while training, as the engine takes it; undefined where nothing is. */
function modelDropout({ stacks, embeddingDropout }: ResolvedModelConfig): Dropout | undefined {
  const ofLayers = engineDropout(stacks.map(({ config }) => config));
  return ofLayers || embeddingDropout > 0 ? { ...ofLayers, embedding: embeddingDropout } : undefined;
}

/** An architecture as the engine takes it. */
export function engineSize({ stacks, vocabularySize, embedding }: ResolvedModelConfig): LanguageModelSize {
  const [{ config }] = stacks;
  const sizes = stacks.map((stack) => stack.config.hiddenSize);
  return {
    cell: engineCell(config),
    vocabularySize,
    hiddenSize: stacks.length > 1 ? sizes : config.hiddenSize,
    ...(config.projectionSize !== undefined && { projectionSize: config.projectionSize }),
    residual: config.residual,
    zoneout: config.zoneout,
    ...(embedding !== 'one-hot' && { embeddingSize: embedding }),
  };
}

/** The parameters, or their gradients, by the names that the engine knows them under. */
export function engineParameters(
  { tied, stacks }: ResolvedModelConfig,
  parameters: readonly Parameter[],
  of: 'data' | 'gradient',
): LanguageModelParameters {
  const named = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const array = (name: string) => named.get(name)![of];
  return {
    ...(named.has('embedding.weight') && { embedding: array('embedding.weight') }),
    layers: stacks.flatMap(({ prefix, config }) => engineLayers(config, parameters, { of, prefix })),
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

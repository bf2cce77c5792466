import type { LayerState } from '@throughtime/contract';
import { ArgumentError, checkOptions, inWords, number, type OptionChecks, whole } from '@throughtime/errors';
import type { Engine } from '../engine/engine.js';
import { operationName } from '../engine/operations.js';
import type { Program } from '../engine/program.js';
import { Workspace } from '../engine/workspace.js';
import { PenaltyGradients } from './activation-penalty.js';
import { type Chunk, ChunkIds } from './chunk.js';
import { CompiledStack } from './compiled-stack.js';
import { EmbeddedInputs } from './embedded-inputs.js';
import { type CompiledLanguageModelOptions, checkCompiledLanguageModel } from './language-model-options.js';
import { OutputLayer } from './output-layer.js';
import { readState, writeInitialState, writeStateGradients } from './stack-state.js';
import { TokenFactors } from './token-factors.js';

/** What a pass over a chunk gives. */
export interface ChunkResult {
  /** Sum over all predictions, in nats. */
  readonly loss: number;
  /** How many predictions the loss is the sum of. */
  readonly predictions: number;
  /** The final state, one entry per layer, [N, H] each: copies. */
  readonly state: LayerState[];
  /** [N, H of the last layer]: its output (with residual sums, the last sum) where `state` was taken. Without dropout. */
  readonly output: Float32Array;
}

/** How a chunk is trained on. */
export interface LanguageModelPassOptions {
  /** Default 1 / predictions: the gradient of the mean. */
  readonly scale?: number;
  /** A 32-bit word from which this call's masks follow. Needed with dropout. */
  readonly dropoutSeed?: number;
  /** Factor of the gradient from one step's state to the one before (randomized truncation). Default 1. */
  readonly recurrentGradientScale?: number;
}

const passChecks: OptionChecks<LanguageModelPassOptions> = {
  scale: number(),
  dropoutSeed: whole(),
  recurrentGradientScale: number(),
};

/**
 * A recurrent language model for chunks of a fixed shape, with all buffers it needs: embedding (or one-hot inputs), a stack
 * of recurrent layers, linear output, softmax and cross-entropy. One call runs a chunk forward and backward.
 */
export class CompiledLanguageModel {
  readonly #options: CompiledLanguageModelOptions;
  readonly #engine: Engine;
  readonly #workspace: Workspace;
  readonly #ids: ChunkIds;
  /** Absent: one-hot inputs. */
  readonly #embedding: EmbeddedInputs | undefined;
  readonly #stack: CompiledStack;
  readonly #output: OutputLayer;
  readonly #factors: TokenFactors | undefined;
  readonly #penalty: PenaltyGradients;
  #training: { readonly program: Program; setScale(scale: number): void } | undefined;
  #evaluation: { readonly program: Program } | undefined;

  /** @throws ArgumentError */
  constructor(engine: Engine, options: CompiledLanguageModelOptions) {
    checkCompiledLanguageModel(engine, options);
    const { vocabularySize, embeddingSize = 0, gradients, parameters } = options;
    this.#options = options;
    this.#engine = engine;
    const workspace = new Workspace(engine);
    this.#workspace = workspace;
    this.#ids = new ChunkIds(workspace, options);
    this.#output = new OutputLayer(workspace, options, this.#ids.targets);
    this.#factors = TokenFactors.of(workspace, options);
    this.#embedding =
      parameters.embedding &&
      new EmbeddedInputs(workspace, options, parameters.embedding, this.#ids.inputs, this.#factors);
    this.#stack = new CompiledStack(engine, {
      ...options,
      inputSize: parameters.embedding ? embeddingSize : vocabularySize,
      input: this.#embedding?.layerInput ?? {
        kind: 'one-hot',
        ids: this.#ids.inputs.byteOffset,
        factors: this.#factors?.address ?? 0,
      },
      parameters: parameters.layers,
      gradients: gradients?.layers,
    });
    this.#penalty = new PenaltyGradients(options, this.#stack, this.#ids.targets);
  }

  /**
   * Runs a chunk forward and backward. Overwrites every gradient with that of scale * (sum of losses).
   * @throws ArgumentError when an id is not below V, or a shape does not fit
   */
  lossAndGradients(chunk: Chunk, options: LanguageModelPassOptions = {}): ChunkResult {
    checkOptions<LanguageModelPassOptions>(options, passChecks);
    if (!this.#options.gradients)
      throw new ArgumentError('gradients', 'a model compiled with gradients', inWords('none'));
    this.#training ??= this.#trainingProgram();
    const drops = this.#factors !== undefined || this.#stack.masks.count > 0;
    if (options.dropoutSeed === undefined && drops) {
      throw new ArgumentError('dropoutSeed', 'a number, for the model has dropout', undefined);
    }
    const predictions = this.#begin(chunk, {
      training: true,
      seed: options.dropoutSeed ?? 0,
      carriedScale: options.recurrentGradientScale,
    });
    writeStateGradients(this.#stack.layers, undefined);
    const { scale = 1 / Math.max(1, predictions) } = options;
    this.#training.setScale(scale);
    this.#penalty.begin({ scale, predictions });
    this.#training.program.run();
    return this.#result(predictions, chunk);
  }

  /** Runs a chunk forward, without dropout. */
  evaluate(chunk: Chunk): ChunkResult {
    this.#evaluation ??= this.#evaluationProgram();
    const predictions = this.#begin(chunk, { training: false, seed: 0 });
    this.#evaluation.program.run();
    return this.#result(predictions, chunk);
  }

  /** The loss of each prediction of the last pass in nats, [N, T]; 0 where there was none. A copy. */
  losses(): Float32Array {
    const { batchSize, steps } = this.#options;
    const losses = new Float32Array(batchSize * steps);
    for (let t = 0; t < steps; t++) {
      for (let n = 0; n < batchSize; n++) losses[n * steps + t] = this.#output.losses[t * batchSize + n];
    }
    return losses;
  }

  /**
   * Shows where the time of `lossAndGradients` goes: runs a chunk and times each kernel by itself.
   * @returns milliseconds by name of operation
   */
  profile(chunk: Chunk): Record<string, number> {
    this.lossAndGradients(chunk, { dropoutSeed: 0 });
    const times = this.#training?.program.profile() ?? new Map<number, number>();
    return Object.fromEntries([...times].map(([operation, ms]) => [operationName(operation), ms]));
  }

  /** Gives all buffers back. The model must not be used again. */
  free(): void {
    this.#training?.program.free();
    this.#evaluation?.program.free();
    this.#stack.free();
    this.#workspace.free();
  }

  #trainingProgram() {
    return this.#engine.program().fill((program) => {
      this.#embedding?.addForward(program, this.#stack.masks);
      this.#stack.addForward(program, { training: true });
      const { setScale } = this.#output.add(program, this.#stack, { training: true });
      this.#penalty.addOfSize(program);
      this.#stack.addBackward(program, {
        toInitialState: false,
        addPlainGradients: () => this.#penalty.addOfChange(program),
      });
      this.#embedding?.addBackward(program);
      return { program, setScale };
    });
  }

  #evaluationProgram() {
    return this.#engine.program().fill((program) => {
      this.#embedding?.addForward(program, undefined);
      this.#stack.addForward(program, { training: false });
      this.#output.add(program, this.#stack, { training: false });
      return { program };
    });
  }

  /** Copies the inputs of a pass; returns the number of predictions. */
  #begin(
    chunk: Chunk,
    pass: { readonly training: boolean; readonly seed: number; readonly carriedScale?: number | undefined },
  ): number {
    const predictions = this.#ids.take(chunk);
    if (pass.training) this.#factors?.draw(this.#ids.inputs, pass.seed);
    this.#output.begin();
    writeInitialState(this.#stack.layers, chunk.state);
    this.#stack.begin({ lengths: chunk.lengths ? this.#ids.lengths.byteOffset : 0, ...pass });
    return predictions;
  }

  #result(predictions: number, { stateAfter = this.#options.steps, lengths }: Chunk): ChunkResult {
    const { losses } = this.#output;
    let loss = 0;
    // By index: an iterator costs a millisecond where a chunk has 32,000 predictions.
    for (let i = 0; i < losses.length; i++) loss += losses[i];
    const state = readState(this.#stack.layers, stateAfter);
    return { loss, predictions, state, output: this.#stack.readOutput(state, { stateAfter, lengths }) };
  }
}

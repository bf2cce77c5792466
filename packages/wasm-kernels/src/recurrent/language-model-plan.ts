import type { Engine } from '../engine/engine.js';
import { KernelArgumentError } from '../engine/errors.js';
import { operationName } from '../engine/operations.js';
import { packedLength, packFields, padded } from '../engine/panels.js';
import type { CommandHandle, Program } from '../engine/program.js';
import { Workspace } from '../engine/workspace.js';
import { CROSS_ENTROPY, FILL, GATHER, GEMM, PACK, SCATTER_ADD } from '../generated/commands.js';
import { checkCount, checkLength } from '../ops/checks.js';
import { addMask, checkDropout, type Dropout, type RowMask } from './dropout.js';
import {
  checkLanguageModelParameters,
  type LanguageModelParameters,
  type LanguageModelSize,
} from './language-model-parameters.js';
import type { LayerInput } from './layer-plan.js';
import { StackPlan } from './stack-plan.js';
import { type LayerState, readState, writeInitialState, writeStateGradients } from './stack-state.js';

export interface LanguageModelPlanOptions extends LanguageModelSize {
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
  readonly parameters: LanguageModelParameters;
  /** Receives gradients. Absent: `evaluate` only, with less memory. */
  readonly gradients?: LanguageModelParameters;
  readonly dropout?: Dropout;
}

export interface Chunk {
  /** [N, T] */
  readonly inputs: Int32Array;
  /** [N, T]; negative: no prediction here. */
  readonly targets: Int32Array;
  /** [N], valid steps of each row; default all T. The state after a row's last valid step is its final state. */
  readonly lengths?: Int32Array;
  /** One entry a layer, [N, H] each. Default: zeros. */
  readonly state?: readonly LayerState[];
  /** The state returned is the one after this many steps. Default: after all. */
  readonly stateAfter?: number;
}

export interface ChunkResult {
  /** Sum over all predictions, in nats. */
  readonly loss: number;
  readonly predictions: number;
  readonly state: LayerState[];
}

/** Logits of a block of positions, at most: 16 MiB. */
const LOGITS = 2 ** 22;

/**
 * A recurrent language model for chunks of a fixed shape, with all buffers it needs: embedding (or one-hot inputs), a stack
 * of recurrent layers, linear output, softmax and cross-entropy. One call runs a chunk forward and backward.
 */
export class LanguageModelPlan {
  readonly #options: LanguageModelPlanOptions;
  readonly #engine: Engine;
  readonly #workspace: Workspace;
  readonly #stack: StackPlan;
  /** Time-major [T, N]. */
  readonly #inputs: Int32Array;
  readonly #targets: Int32Array;
  readonly #lengths: Int32Array;
  readonly #losses: Float32Array;
  readonly #outputBias: Float32Array;
  /** Embedded inputs [T * N, stride of E] and their gradients. */
  readonly #embedded: Float32Array;
  readonly #embeddedGradient: Float32Array;
  #inputMask: RowMask | undefined;
  #training: { readonly program: Program; setScale(scale: number): void } | undefined;
  #evaluation: { readonly program: Program } | undefined;

  /** @throws KernelArgumentError when sizes do not fit together */
  constructor(engine: Engine, options: LanguageModelPlanOptions) {
    check(engine, options);
    const { batchSize, steps, vocabularySize, embeddingSize = 0, gradients, parameters } = options;
    this.#options = options;
    this.#engine = engine;
    const workspace = new Workspace(engine);
    this.#workspace = workspace;
    const positions = batchSize * steps;
    this.#inputs = workspace.int32(positions);
    this.#targets = workspace.int32(positions);
    this.#lengths = workspace.int32(batchSize);
    this.#losses = workspace.float32(positions);
    this.#outputBias = workspace.float32(padded(vocabularySize));
    const embedded = parameters.embedding ? positions * padded(embeddingSize) : 0;
    this.#embedded = workspace.float32(embedded);
    this.#embeddedGradient = workspace.float32(gradients ? embedded : 0);
    this.#stack = new StackPlan(engine, {
      ...options,
      inputSize: parameters.embedding ? embeddingSize : vocabularySize,
      input: this.#stackInput(),
      parameters: parameters.layers,
      gradients: gradients?.layers,
    });
  }

  /**
   * Runs a chunk forward and backward; overwrites every gradient with that of scale * (sum of losses).
   * @param options.scale default 1 / predictions: the gradient of the mean
   * @param options.dropoutSeed a 32-bit word from which this call's masks follow; needed with dropout
   * @throws KernelArgumentError when an id is not below V, or a shape does not fit
   */
  lossAndGradients(
    chunk: Chunk,
    options: { readonly scale?: number; readonly dropoutSeed?: number } = {},
  ): ChunkResult {
    if (!this.#options.gradients)
      throw new KernelArgumentError('gradients', 'a plan made with gradients', 'none');
    this.#training ??= this.#trainingProgram();
    const predictions = this.#begin(chunk, { training: true, seed: options.dropoutSeed });
    writeStateGradients(this.#stack.layers, undefined);
    this.#training.setScale(options.scale ?? 1 / Math.max(1, predictions));
    this.#training.program.run();
    return this.#result(predictions, chunk.stateAfter);
  }

  /** Runs a chunk forward, without dropout. */
  evaluate(chunk: Chunk): ChunkResult {
    this.#evaluation ??= this.#evaluationProgram();
    const predictions = this.#begin(chunk, { training: false, seed: 0 });
    this.#evaluation.program.run();
    return this.#result(predictions, chunk.stateAfter);
  }

  /** The loss of each prediction of the last pass in nats, [N, T]; 0 where there was none. A copy. */
  losses(): Float32Array {
    const { batchSize, steps } = this.#options;
    const losses = new Float32Array(batchSize * steps);
    for (let t = 0; t < steps; t++) {
      for (let n = 0; n < batchSize; n++) losses[n * steps + t] = this.#losses[t * batchSize + n];
    }
    return losses;
  }

  /**
   * Where the time of `lossAndGradients` goes: runs a chunk with every kernel timed by itself.
   * @returns milliseconds by name of operation
   */
  profile(chunk: Chunk): Record<string, number> {
    this.lossAndGradients(chunk, { dropoutSeed: 0 });
    const times = this.#training?.program.profile() ?? new Map<number, number>();
    return Object.fromEntries([...times].map(([operation, ms]) => [operationName(operation), ms]));
  }

  /** Gives all buffers back; the plan must not be used again. */
  free(): void {
    this.#training?.program.free();
    this.#evaluation?.program.free();
    this.#stack.free();
    this.#workspace.free();
  }

  #stackInput(): LayerInput {
    const { parameters, embeddingSize = 0 } = this.#options;
    if (!parameters.embedding) return { kind: 'one-hot', ids: this.#inputs.byteOffset };
    return {
      kind: 'rows',
      rows: this.#embedded.byteOffset,
      stride: padded(embeddingSize),
      gradient: this.#embeddedGradient.length > 0 ? this.#embeddedGradient.byteOffset : 0,
      gradientStride: padded(embeddingSize),
    };
  }

  #trainingProgram() {
    return this.#engine.program().fill((program) => {
      this.#addEmbedding(program, { training: true });
      this.#stack.addForward(program, { training: true });
      const { setScale } = this.#addOutput(program, { training: true });
      this.#stack.addBackward(program);
      this.#addEmbeddingGradient(program);
      return { program, setScale };
    });
  }

  #evaluationProgram() {
    return this.#engine.program().fill((program) => {
      this.#addEmbedding(program, { training: false });
      this.#stack.addForward(program, { training: false });
      this.#addOutput(program, { training: false });
      return { program };
    });
  }

  #addEmbedding(program: Program, { training }: { readonly training: boolean }): void {
    const { parameters, embeddingSize = 0, batchSize, steps, dropout = {} } = this.#options;
    if (!parameters.embedding) return;
    const stride = padded(embeddingSize);
    const rows = this.#embedded.byteOffset;
    program.add(GATHER, {
      table: parameters.embedding.byteOffset,
      ids: this.#inputs.byteOffset,
      target: rows,
      targetRow: stride,
      width: embeddingSize,
      count: batchSize * steps,
    });
    program.join();
    if (!training || !dropout.inputs) return;
    const { variational = false } = dropout;
    const length = batchSize * stride * (variational ? 1 : steps);
    const mask = this.#stack.masks.draw(program, length, dropout.inputs);
    this.#inputMask = { mask, variational };
    addMask(program, this.#inputMask, { source: rows, target: rows, stride }, this.#options);
  }

  #addEmbeddingGradient(program: Program): void {
    const { gradients, vocabularySize, embeddingSize = 0, batchSize, steps } = this.#options;
    if (!gradients?.embedding) return;
    const stride = padded(embeddingSize);
    const rows = this.#embeddedGradient.byteOffset;
    if (this.#inputMask)
      addMask(program, this.#inputMask, { source: rows, target: rows, stride }, this.#options);
    const target = gradients.embedding.byteOffset;
    // A tied embedding's gradient is added to that of the output weights.
    if (target !== gradients.outputWeight.byteOffset) {
      program.add(FILL, { target, count: vocabularySize * embeddingSize, value: 0 });
      program.join();
    }
    program.add(SCATTER_ADD, {
      table: target,
      tableRow: embeddingSize,
      ids: this.#inputs.byteOffset,
      source: rows,
      sourceRow: stride,
      width: embeddingSize,
      count: batchSize * steps,
    });
    program.join();
  }

  /** Output, losses and, for training, gradients, block by block of positions. */
  #addOutput(program: Program, { training }: { readonly training: boolean }) {
    const { vocabularySize, hiddenSize, batchSize, steps, gradients } = this.#options;
    const last = this.#stack.layers[this.#stack.layers.length - 1];
    const positions = batchSize * steps;
    const logitStride = padded(vocabularySize) + (padded(vocabularySize) % 256 === 0 ? 16 : 0);
    const block = Math.min(positions, Math.max(64, Math.floor(LOGITS / logitStride)));
    const logits = program.float32(block * logitStride).byteOffset;
    const hidden = this.#stack.outputs({ training });
    const weights = this.#prepareOutput(program, { transposed: true });
    const backwardWeights = training ? this.#prepareOutput(program, { transposed: false }) : 0;
    const packed = training ? program.float32(packedLength(block, hiddenSize)).byteOffset : 0;
    const handles: CommandHandle<keyof typeof CROSS_ENTROPY.fields>[] = [];
    for (let first = 0; first < positions; first += block) {
      const count = Math.min(block, positions - first);
      const offset = first * last.stateStride * 4;
      handles.push(
        program.add(CROSS_ENTROPY, {
          hidden: hidden + offset,
          hiddenRow: last.stateStride,
          count,
          depth: hiddenSize,
          classes: vocabularySize,
          weights,
          bias: this.#outputBias.byteOffset,
          logits,
          logitRow: logitStride,
          targets: this.#targets.byteOffset + first * 4,
          losses: this.#losses.byteOffset + first * 4,
          scale: 1,
          backwardWeights,
          hiddenGradients: training ? last.outputGradients.byteOffset + offset : 0,
        }),
      );
      if (training && gradients) {
        program.add(
          PACK,
          packFields(
            hidden + offset,
            packed,
            { stride: last.stateStride, size: count },
            { stride: 1, size: hiddenSize },
          ),
        );
        program.join();
        program.add(GEMM, {
          a: logits,
          aRow: 1,
          aStep: logitStride,
          b: packed,
          bias: 0,
          c: gradients.outputWeight.byteOffset,
          cRow: hiddenSize,
          m: vocabularySize,
          n: hiddenSize,
          k: count,
          alpha: 1,
          beta: first === 0 ? 0 : 1,
          rowSums: gradients.outputBias ? gradients.outputBias.byteOffset : 0,
        });
      }
      program.join();
    }
    return {
      setScale(scale: number) {
        for (const handle of handles) handle.set({ scale });
      },
    };
  }

  #prepareOutput(program: Program, { transposed }: { readonly transposed: boolean }): number {
    const { vocabularySize, hiddenSize, parameters } = this.#options;
    const rows = { stride: hiddenSize, size: vocabularySize };
    const columns = { stride: 1, size: hiddenSize };
    const [k, n] = transposed ? [columns, rows] : [rows, columns];
    const target = program.float32(packedLength(k.size, n.size)).byteOffset;
    program.prepare(PACK, packFields(parameters.outputWeight.byteOffset, target, k, n));
    return target;
  }

  /** Takes over the chunk, time-major; returns the number of predictions. */
  #begin(chunk: Chunk, pass: { readonly training: boolean; readonly seed: number | undefined }): number {
    const { batchSize, steps, vocabularySize, parameters } = this.#options;
    const { inputs, targets, lengths } = chunk;
    checkLength('inputs', inputs, batchSize * steps, '[N, T]');
    checkLength('targets', targets, batchSize * steps, '[N, T]');
    if (lengths) checkLength('lengths', lengths, batchSize, '[N]');
    const { stateAfter = steps } = chunk;
    if (!(Number.isInteger(stateAfter) && stateAfter >= 0 && stateAfter <= steps)) {
      throw new KernelArgumentError('stateAfter', `a whole number from 0 to ${steps}`, stateAfter);
    }
    if (pass.training && pass.seed === undefined && this.#stack.masks.count > 0) {
      throw new KernelArgumentError('dropoutSeed', 'a number, for the plan has dropout', pass.seed);
    }
    let predictions = 0;
    for (let n = 0; n < batchSize; n++) {
      const length = lengths ? lengths[n] : steps;
      if (!(length >= 0 && length <= steps)) {
        throw new KernelArgumentError(`lengths[${n}]`, `0 to ${steps}`, length);
      }
      this.#lengths[n] = length;
      for (let t = 0; t < steps; t++) {
        const [input, target] = t < length ? [inputs[n * steps + t], targets[n * steps + t]] : [0, -1];
        if (!(input >= 0 && input < vocabularySize)) {
          throw new KernelArgumentError(`inputs[${n}, ${t}]`, `an id from 0 to ${vocabularySize - 1}`, input);
        }
        if (target >= vocabularySize) {
          throw new KernelArgumentError(`targets[${n}, ${t}]`, `an id below ${vocabularySize}`, target);
        }
        this.#inputs[t * batchSize + n] = input;
        this.#targets[t * batchSize + n] = target;
        if (target >= 0) predictions++;
      }
    }
    if (parameters.outputBias) this.#outputBias.set(parameters.outputBias);
    writeInitialState(this.#stack.layers, chunk.state);
    this.#stack.begin({
      lengths: lengths ? this.#lengths.byteOffset : 0,
      training: pass.training,
      seed: pass.seed ?? 0,
    });
    return predictions;
  }

  #result(predictions: number, stateAfter = this.#options.steps): ChunkResult {
    let loss = 0;
    for (const value of this.#losses) loss += value;
    return { loss, predictions, state: readState(this.#stack.layers, stateAfter) };
  }
}

function check(engine: Engine, options: LanguageModelPlanOptions): void {
  const { batchSize, steps, dropout = {}, parameters, gradients } = options;
  checkCount('batchSize', batchSize, 1);
  checkCount('steps', steps, 1);
  checkDropout(dropout);
  if (dropout.inputs && !parameters.embedding) {
    throw new KernelArgumentError('dropout.inputs', '0 without an embedding', dropout.inputs);
  }
  checkLanguageModelParameters(engine, options, parameters, 'parameters');
  if (!gradients) return;
  checkLanguageModelParameters(engine, options, gradients, 'gradients');
  checkLength('gradients.layers', gradients.layers, parameters.layers.length, 'as parameters.layers');
}

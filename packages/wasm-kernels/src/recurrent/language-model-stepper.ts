import type { LayerState } from '@throughtime/contract';
import { ArgumentError, boolean, checkOptions, type OptionChecks } from '@throughtime/errors';
import { type Engine, runningEngine } from '../engine/engine.js';
import type { CommandHandle, Program } from '../engine/program.js';
import { Workspace } from '../engine/workspace.js';
import { ADD_ROWS, BLEND, LINEAR, LOG_SOFTMAX, STEP } from '../generated/commands.js';
import { checkLength } from '../ops/checks.js';
import { cellLayout } from './cell.js';
import { CompiledStack } from './compiled-stack.js';
import { EmbeddedInputs } from './embedded-inputs.js';
import { addInt8Rows, checkInt8Columns } from './int8-rows.js';
import {
  checkLanguageModelParameters,
  type LanguageModelParameters,
  type LanguageModelSize,
  languageModelChecks,
  languageModelLayers,
} from './language-model-options.js';
import { isPlain, type LayerSize, stateSizeOf } from './layer-parameters.js';
import { readState, writeInitialState } from './stack-state.js';

/** A language model that runs one token after another, for generation. */
export interface LanguageModelStepperOptions extends LanguageModelSize {
  /** Read again at every step, so they may be trained in between. */
  readonly parameters: LanguageModelParameters;
  /**
   * Matrices are rounded to a byte for each weight (`toInt8Rows`) when the stepper is made, and read as such: changes of them are not
   * seen any more. A large model is then up to four times as fast. Layers with layer norm, peepholes or a projection are read as they are.
   * Default false.
   */
  readonly int8?: boolean;
}

const stepperChecks: OptionChecks<LanguageModelStepperOptions> = { ...languageModelChecks, int8: boolean };

/** H rounded up to whole vectors. */
function rowOf(hiddenSize: number): number {
  return Math.ceil(hiddenSize / 4) * 4;
}

/** Weights larger than this, in bytes, are worth waking other threads for. */
const WORTH_THREADS = 2 ** 20;

interface LayerStates {
  readonly hiddenSize: number;
  readonly state: Float32Array;
  readonly nextState: Float32Array;
  readonly cellState: Float32Array;
  readonly nextCellState: Float32Array;
}

interface CompiledStep {
  readonly stack: CompiledStack;
  readonly ids: Int32Array;
  readonly embedded: EmbeddedInputs | undefined;
}

/**
 * A recurrent language model one token at a time, for generation: one sequence, no gradients. States are plain arrays, and an
 * old one stays valid.
 */
export class LanguageModelStepper {
  readonly #options: LanguageModelStepperOptions;
  readonly #workspace: Workspace;
  readonly #buffers: LayerStates[];
  /** Layers with layer norm, peepholes or a projection, as they run over a sequence of one step. */
  readonly #compiled: CompiledStep | undefined;
  readonly #sizes: readonly LayerSize[];
  readonly #logits: Float32Array;
  readonly #hidden: Float32Array;
  #lastOutput: Float32Array = new Float32Array(0);
  readonly #steps: Program;
  readonly #output: Program;
  /** The commands of the first layer, which reads the token. */
  readonly #first: CommandHandle<keyof typeof STEP.fields>[] = [];
  readonly #threads: { readonly step: number | undefined; readonly output: number | undefined };

  /** @throws ArgumentError */
  constructor(engine: Engine, options: LanguageModelStepperOptions) {
    runningEngine('engine', engine);
    checkOptions<LanguageModelStepperOptions>(options, stepperChecks);
    const { parameters, vocabularySize, int8 = false } = options;
    checkLanguageModelParameters(engine, options, parameters, 'parameters');
    this.#options = options;
    const workspace = new Workspace(engine);
    this.#workspace = workspace;
    const isLstm = options.cell === 'lstm';
    this.#sizes = languageModelLayers(options, parameters);
    if (int8) {
      const hiddenSize = Math.max(...this.#sizes.map((size) => size.hiddenSize));
      checkInt8Columns({ hiddenSize, embeddingSize: options.embeddingSize ?? 0 });
    }
    const plain = parameters.layers.every(isPlain);
    this.#compiled = plain ? undefined : this.#compile(engine);
    this.#buffers = (plain ? this.#sizes : []).map(({ hiddenSize }) => {
      const row = rowOf(hiddenSize);
      return {
        hiddenSize,
        state: workspace.float32(row),
        nextState: workspace.float32(row),
        cellState: workspace.float32(isLstm ? row : 0),
        nextCellState: workspace.float32(isLstm ? row : 0),
      };
    });
    this.#logits = workspace.float32(vocabularySize);
    this.#hidden = workspace.float32(rowOf(this.#outputSize));
    this.#steps = this.#compiled ? this.#stackProgram(engine, this.#compiled) : this.#stepProgram(engine);
    this.#output = this.#outputProgram(engine);
    const bytes = parameters.layers.reduce(
      (sum, { weightIh, weightHh }) =>
        sum + (parameters.embedding ? weightIh.byteLength : 0) + (weightHh?.byteLength ?? 0),
      0,
    );
    const threads = (size: number) => (size / (int8 ? 4 : 1) < WORTH_THREADS ? 1 : undefined);
    this.#threads = { step: threads(bytes), output: threads(parameters.outputWeight.byteLength) };
  }

  /** Zeros, [H] for each layer. */
  initialState(): LayerState[] {
    return this.#sizes.map((size) => {
      const h = new Float32Array(stateSizeOf(size));
      return this.#options.cell === 'lstm' ? { h, c: new Float32Array(size.hiddenSize) } : { h };
    });
  }

  /**
   * The state after `token`.
   * @throws ArgumentError when the token is not below V, or the state is not one of this model's
   */
  advance(state: readonly LayerState[], token: number): LayerState[] {
    const { vocabularySize, embeddingSize = 0, parameters, cell } = this.#options;
    if (!(Number.isInteger(token) && token >= 0 && token < vocabularySize)) {
      throw new ArgumentError('token', `an id from 0 to ${vocabularySize - 1}`, token);
    }
    if (this.#compiled) return this.#advanceStack(this.#compiled, state, token);
    checkLength('state', state, this.#buffers.length, 'one entry per layer');
    for (const [i, { h, c }] of state.entries()) {
      const { hiddenSize } = this.#buffers[i];
      checkLength(`state[${i}].h`, h, hiddenSize, '[H]');
      this.#buffers[i].state.set(h);
      if (cell !== 'lstm') continue;
      checkLength(`state[${i}].c`, c ?? [], hiddenSize, '[H]');
      if (c) this.#buffers[i].cellState.set(c);
    }
    const input = parameters.embedding ? parameters.embedding.byteOffset + token * embeddingSize * 4 : 0;
    for (const command of this.#first) command.set({ token, input });
    this.#steps.run(this.#threads.step);
    return this.#buffers.map(({ nextState, nextCellState, hiddenSize }) => {
      const h = new Float32Array(nextState.subarray(0, hiddenSize));
      return cell === 'lstm' ? { h, c: new Float32Array(nextCellState.subarray(0, hiddenSize)) } : { h };
    });
  }

  #advanceStack({ stack, ids }: CompiledStep, state: readonly LayerState[], token: number): LayerState[] {
    writeInitialState(stack.layers, state);
    ids[0] = token;
    stack.begin({ lengths: 0, training: false, seed: 0 });
    this.#steps.run(this.#threads.step);
    const after = readState(stack.layers, 1);
    this.#lastOutput = stack.readOutput(after, { stateAfter: 1 });
    return after;
  }

  /** The last layer's output after the last `advance`: its h, or with residual sums the last sum. A copy. */
  output(): Float32Array {
    return this.#lastOutput.slice(0, this.#outputSize);
  }

  /**
   * Natural logarithms of the next token's probabilities, [V]; valid until the next call.
   * @param state the last entry's h is the last layer's output; with residual sums pass `[{ h: output() }]`
   */
  logProbabilities(state: readonly LayerState[]): Float32Array {
    const { h } = state[state.length - 1];
    checkLength('state.h', h, this.#outputSize, '[H]');
    this.#hidden.set(h);
    this.#output.run(this.#threads.output);
    return this.#logits;
  }

  /** Gives all buffers back. The stepper must not be used again. */
  free(): void {
    this.#steps.free();
    this.#output.free();
    this.#compiled?.stack.free();
    this.#workspace.free();
  }

  /** The size of the last layer's h. */
  get #outputSize(): number {
    return stateSizeOf(this.#sizes[this.#sizes.length - 1]);
  }

  #stepProgram(engine: Engine): Program {
    const { cell, parameters, residual = false } = this.#options;
    const { number, gates } = cellLayout(cell);
    const widest = rowOf(Math.max(...this.#sizes.map(({ hiddenSize }) => hiddenSize)));
    const sums = this.#workspace.float32(2 * gates * widest).byteOffset;
    const resetState = this.#workspace.float32(widest).byteOffset;
    const program = engine.program();
    let below = this.#lastOutput;
    for (const [i, layer] of parameters.layers.entries()) {
      const buffers = this.#buffers[i];
      const { inputSize, hiddenSize } = this.#sizes[i];
      const fields = {
        cell: number,
        hiddenSize,
        inputSize,
        inputWeights:
          i === 0 && !parameters.embedding
            ? layer.weightIh.byteOffset
            : this.#matrix(layer.weightIh, inputSize),
        inputBias: layer.biasIh?.byteOffset ?? 0,
        input: i > 0 ? below.byteOffset : 0,
        token: 0,
        stateWeights: layer.weightHh ? this.#matrix(layer.weightHh, hiddenSize) : 0,
        stateBias: layer.biasHh?.byteOffset ?? 0,
        state: buffers.state.byteOffset,
        nextState: buffers.nextState.byteOffset,
        cellState: buffers.cellState.byteOffset,
        nextCellState: buffers.nextCellState.byteOffset,
        sums,
        resetState,
        pass: 0,
        int8: this.#options.int8 ? 1 : 0,
      };
      for (const pass of cell === 'gru-reset-before' ? [0, 1] : [0]) {
        const command = program.add(STEP, { ...fields, pass });
        if (i === 0) this.#first.push(command);
        program.join();
      }
      this.#addZoneout(program, buffers);
      if (residual && i > 0) {
        const stride = rowOf(hiddenSize);
        const sum = this.#workspace.float32(stride);
        const added = { a: buffers.nextState.byteOffset, b: below.byteOffset, target: sum.byteOffset };
        program.add(ADD_ROWS, { ...added, stride, count: 1 });
        program.join();
        below = sum;
      } else {
        below = buffers.nextState;
      }
    }
    this.#lastOutput = below;
    return program;
  }

  #compile(engine: Engine): CompiledStep {
    const { parameters, vocabularySize, embeddingSize = 0 } = this.#options;
    const size = { ...this.#options, batchSize: 1, steps: 1 };
    const ids = this.#workspace.int32(1);
    const embedded =
      parameters.embedding && new EmbeddedInputs(this.#workspace, size, parameters.embedding, ids, undefined);
    const stack = new CompiledStack(engine, {
      ...size,
      inputSize: parameters.embedding ? embeddingSize : vocabularySize,
      input: embedded?.layerInput ?? { kind: 'one-hot', ids: ids.byteOffset },
      parameters: parameters.layers,
    });
    return { stack, ids, embedded };
  }

  #stackProgram(engine: Engine, { stack, embedded }: CompiledStep): Program {
    return engine.program().fill((program) => {
      embedded?.addForward(program, undefined);
      stack.addForward(program, { training: false });
      return program;
    });
  }

  /** Appends what zoneout keeps of the state before, in the mean. */
  #addZoneout(
    program: Program,
    { hiddenSize, state, nextState, cellState, nextCellState }: LayerStates,
  ): void {
    const { hidden = 0, cell = 0 } = this.#options.zoneout ?? {};
    const add = (factor: number, before: Float32Array, after: Float32Array) => {
      if (factor === 0) return;
      const fields = {
        source: before.byteOffset,
        target: after.byteOffset,
        factor,
        count: rowOf(hiddenSize),
      };
      program.add(BLEND, fields);
    };
    add(hidden, state, nextState);
    add(cell, cellState, nextCellState);
    program.join();
  }

  /** The address of a matrix as the kernels read it. */
  #matrix(weights: Float32Array, columns: number): number {
    return this.#options.int8 ? addInt8Rows(this.#workspace, weights, columns) : weights.byteOffset;
  }

  #outputProgram(engine: Engine): Program {
    const { vocabularySize, parameters } = this.#options;
    const program = engine.program();
    program.add(LINEAR, {
      weights: this.#matrix(parameters.outputWeight, this.#outputSize),
      bias: parameters.outputBias?.byteOffset ?? 0,
      input: this.#hidden.byteOffset,
      output: this.#logits.byteOffset,
      rows: vocabularySize,
      depth: this.#outputSize,
      int8: this.#options.int8 ? 1 : 0,
    });
    program.join();
    program.add(LOG_SOFTMAX, { values: this.#logits.byteOffset, count: vocabularySize });
    return program;
  }
}

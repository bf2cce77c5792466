import type { LayerState } from '@throughtime/contract';
import { ArgumentError, boolean, checkOptions, type OptionChecks, whole } from '@throughtime/errors';
import type { CommandLayout } from '../engine/command-layout.js';
import { type Engine, runningEngine } from '../engine/engine.js';
import type { CommandHandle, Program } from '../engine/program.js';
import { Workspace } from '../engine/workspace.js';
import { ADD_ROWS, BLEND, LINEAR, LOG_SOFTMAX, STEP, STEP_NORM } from '../generated/commands.js';
import { checkLength } from '../ops/checks.js';
import { type Cell, cellLayout } from './cell.js';
import { addInt8Rows, checkInt8Columns } from './int8-rows.js';
import {
  checkLanguageModelParameters,
  type LanguageModelParameters,
  type LanguageModelSize,
  languageModelChecks,
  languageModelLayers,
} from './language-model-options.js';
import { type LayerParameters, type LayerSize, stateSizeOf } from './layer-parameters.js';

/** A language model that runs one token after another, for generation. */
export interface LanguageModelStepperOptions extends LanguageModelSize {
  /** S, the most sequences that go on side by side. Default 1. */
  readonly sequences?: number;
  /** Read again at every step, so they may be trained in between. */
  readonly parameters: LanguageModelParameters;
  /**
   * Matrices are rounded to a byte for each weight (`toInt8Rows`) when the stepper is made, and read as such: changes of them are not
   * seen any more. A large model is then up to four times as fast. Default false.
   */
  readonly int8?: boolean;
}

const stepperChecks: OptionChecks<LanguageModelStepperOptions> = {
  ...languageModelChecks,
  sequences: whole({ from: 1 }),
  int8: boolean,
};

/** H rounded up to whole vectors. */
function rowOf(hiddenSize: number): number {
  return Math.ceil(hiddenSize / 4) * 4;
}

/** Copies rows of `size` numbers to rows of whole vectors. */
function toRows(source: Float32Array, target: Float32Array, size: number): void {
  const row = rowOf(size);
  if (row === size) target.set(source);
  else
    for (let s = 0; s * size < source.length; s++)
      target.set(source.subarray(s * size, (s + 1) * size), s * row);
}

/** The first `count` rows of `size` numbers, without their padding. */
function fromRows(source: Float32Array, count: number, size: number): Float32Array {
  const row = rowOf(size);
  const rows = new Float32Array(count * size);
  if (row === size) rows.set(source.subarray(0, rows.length));
  else for (let s = 0; s < count; s++) rows.set(source.subarray(s * row, s * row + size), s * size);
  return rows;
}

/** How often a step runs its command: a GRU that resets before has two products, and layer norm a pass more after each. */
function passesOf(cell: Cell, isNormed: boolean): number {
  return (cell === 'gru-reset-before' ? 2 : 1) * (isNormed ? 2 : 1);
}

/** Weights larger than this, in bytes, are worth waking other threads for. */
const WORTH_THREADS = 2 ** 20;

/** Each [S, size in whole vectors]. */
interface LayerStates {
  /** P or H. */
  readonly stateSize: number;
  readonly hiddenSize: number;
  readonly state: Float32Array;
  /** What the cell makes: `nextState`, or what a projection makes it of. */
  readonly made: Float32Array;
  readonly nextState: Float32Array;
  readonly cellState: Float32Array;
  readonly nextCellState: Float32Array;
}

/** Commands whose fields follow the sequences of a call. */
type Counted = CommandHandle<'count'>;

/**
 * A recurrent language model one token at a time, for generation, without gradients: one sequence, or several side by side, each with
 * the numbers that it has alone. States are plain arrays, and an old one stays valid.
 */
export class LanguageModelStepper {
  readonly #options: LanguageModelStepperOptions;
  readonly #workspace: Workspace;
  readonly #buffers: LayerStates[];
  readonly #sizes: readonly LayerSize[];
  readonly #sequences: number;
  readonly #tokens: Int32Array;
  readonly #logits: Float32Array;
  readonly #hidden: Float32Array;
  #lastOutput: Float32Array = new Float32Array(0);
  readonly #steps: Program;
  readonly #output: Program;
  readonly #counted: { readonly command: Counted; readonly perSequence: number }[] = [];
  /** How many sequences the commands run, and how many the last `advance` ran. */
  #count = 0;
  #advanced = 0;
  /** Bytes that a sequence reads. */
  readonly #bytes: { readonly step: number; readonly output: number };

  /** @throws ArgumentError */
  constructor(engine: Engine, options: LanguageModelStepperOptions) {
    runningEngine('engine', engine);
    checkOptions<LanguageModelStepperOptions>(options, stepperChecks);
    const { parameters, vocabularySize, int8 = false, sequences = 1 } = options;
    checkLanguageModelParameters(engine, options, parameters, 'parameters');
    this.#options = options;
    const workspace = new Workspace(engine);
    this.#workspace = workspace;
    this.#sequences = sequences;
    this.#tokens = workspace.int32(sequences);
    const isLstm = options.cell === 'lstm';
    this.#sizes = languageModelLayers(options, parameters);
    if (int8) {
      const hiddenSize = Math.max(...this.#sizes.map((size) => size.hiddenSize));
      checkInt8Columns({ hiddenSize, embeddingSize: options.embeddingSize ?? 0 });
    }
    this.#buffers = this.#sizes.map((size) => {
      const { hiddenSize, projectionSize } = size;
      const row = rowOf(hiddenSize);
      const stateSize = stateSizeOf(size);
      const made = workspace.float32(sequences * row);
      return {
        stateSize,
        hiddenSize,
        state: workspace.float32(sequences * rowOf(stateSize)),
        made,
        nextState: projectionSize === undefined ? made : workspace.float32(sequences * rowOf(stateSize)),
        cellState: workspace.float32(isLstm ? sequences * row : 0),
        nextCellState: workspace.float32(isLstm ? sequences * row : 0),
      };
    });
    this.#logits = workspace.float32(sequences * vocabularySize);
    this.#hidden = workspace.float32(sequences * rowOf(this.#outputSize));
    this.#steps = this.#stepProgram(engine);
    this.#output = this.#outputProgram(engine);
    const bytes = parameters.layers.reduce(
      (sum, { weightIh, weightHh, weightHr }) =>
        sum +
        (parameters.embedding ? weightIh.byteLength : 0) +
        (weightHh?.byteLength ?? 0) +
        (weightHr?.byteLength ?? 0),
      0,
    );
    const share = int8 ? 4 : 1;
    this.#bytes = { step: bytes / share, output: parameters.outputWeight.byteLength / share };
  }

  /** Zeros, [H] for each layer. */
  initialState(): LayerState[] {
    return this.#sizes.map((size) => {
      const h = new Float32Array(stateSizeOf(size));
      return this.#options.cell === 'lstm' ? { h, c: new Float32Array(size.hiddenSize) } : { h };
    });
  }

  /**
   * The state after `token`; of S sequences after a token each.
   * @param state one entry per layer, [H] or [S, H]
   * @param token an id, or [S]
   * @throws ArgumentError when a token is not below V, the state is not one of this model's, or there are more sequences than
   * `sequences`
   */
  advance(state: readonly LayerState[], token: number | Int32Array): LayerState[] {
    const { vocabularySize, cell } = this.#options;
    const tokens = typeof token === 'number' ? [token] : token;
    whole({ from: 1, to: this.#sequences })('token.length', tokens.length);
    for (const id of tokens) {
      if (!(Number.isInteger(id) && id >= 0 && id < vocabularySize))
        throw new ArgumentError('token', `an id from 0 to ${vocabularySize - 1}`, id);
    }
    const count = tokens.length;
    checkLength('state', state, this.#buffers.length, 'one entry per layer');
    for (const [i, { h, c }] of state.entries()) {
      const { hiddenSize, stateSize, state: before, cellState } = this.#buffers[i];
      const letter = stateSize < hiddenSize ? 'P' : 'H';
      checkLength(`state[${i}].h`, h, count * stateSize, count > 1 ? `[S, ${letter}]` : `[${letter}]`);
      toRows(h, before, stateSize);
      if (cell !== 'lstm') continue;
      checkLength(`state[${i}].c`, c ?? [], count * hiddenSize, count > 1 ? '[S, H]' : '[H]');
      if (c) toRows(c, cellState, hiddenSize);
    }
    this.#tokens.set(tokens);
    this.#runFor(count);
    this.#advanced = count;
    this.#steps.run(this.#threads(count * this.#bytes.step));
    return this.#buffers.map(({ nextState, nextCellState, hiddenSize, stateSize }) => {
      const h = fromRows(nextState, count, stateSize);
      return cell === 'lstm' ? { h, c: fromRows(nextCellState, count, hiddenSize) } : { h };
    });
  }

  /** The last layer's output after the last `advance`, [H] or [S, H]: its h, or with residual sums the last sum. A copy. */
  output(): Float32Array {
    return fromRows(this.#lastOutput, this.#advanced, this.#outputSize);
  }

  /**
   * Natural logarithms of the next token's probabilities, [V] or [S, V]; valid until the next call.
   * @param state the last entry's h is the last layer's output; with residual sums pass `[{ h: output() }]`
   * @throws ArgumentError when it is not of one sequence, or of at most `sequences`
   */
  logProbabilities(state: readonly LayerState[]): Float32Array {
    const { h } = state[state.length - 1];
    const count = Math.min(this.#sequences, Math.max(1, Math.round(h.length / this.#outputSize)));
    checkLength('state.h', h, count * this.#outputSize, count > 1 ? '[S, H]' : '[H]');
    toRows(h, this.#hidden, this.#outputSize);
    this.#runFor(count);
    this.#output.run(this.#threads(count * this.#bytes.output));
    return this.#logits.subarray(0, count * this.#options.vocabularySize);
  }

  /** Gives all buffers back. The stepper must not be used again. */
  free(): void {
    this.#steps.free();
    this.#output.free();
    this.#workspace.free();
  }

  /** Has the commands run `count` sequences. */
  #runFor(count: number): void {
    if (count === this.#count) return;
    this.#count = count;
    for (const { command, perSequence } of this.#counted) command.set({ count: count * perSequence });
  }

  /** Threads that share a step that reads `bytes` of weights; undefined: all. */
  #threads(bytes: number): number | undefined {
    return bytes < WORTH_THREADS ? 1 : undefined;
  }

  /** Appends a command for the sequences of a call. @param perSequence what `count` has of each */
  #add<Field extends string>(
    program: Program,
    layout: CommandLayout<Field>,
    fields: Record<Exclude<Field, 'count'>, number>,
    perSequence = 1,
  ): void {
    const command = program.add(layout, { ...fields, count: 0 } as Record<Field, number>);
    this.#counted.push({ command: command as unknown as Counted, perSequence });
  }

  /** The size of the last layer's h. */
  get #outputSize(): number {
    return stateSizeOf(this.#sizes[this.#sizes.length - 1]);
  }

  #stepProgram(engine: Engine): Program {
    const { cell, parameters, residual = false } = this.#options;
    const { number, gates } = cellLayout(cell);
    const program = engine.program();
    let below = this.#lastOutput;
    for (const [i, layer] of parameters.layers.entries()) {
      const buffers = this.#buffers[i];
      const { inputSize } = this.#sizes[i];
      const { hiddenSize, stateSize } = buffers;
      const row = rowOf(hiddenSize);
      const norm = this.#norm(layer, gates * row);
      const readsTokens = i === 0;
      const fields = {
        cell: number,
        hiddenSize,
        inputSize,
        inputWeights:
          readsTokens && !parameters.embedding
            ? layer.weightIh.byteOffset
            : this.#matrix(layer.weightIh, inputSize),
        inputBias: layer.biasIh?.byteOffset ?? 0,
        input: readsTokens ? (parameters.embedding?.byteOffset ?? 0) : below.byteOffset,
        inputStride: readsTokens ? 0 : rowOf(inputSize),
        tokens: readsTokens ? this.#tokens.byteOffset : 0,
        stateWeights: layer.weightHh ? this.#matrix(layer.weightHh, stateSize) : 0,
        stateBias: layer.biasHh?.byteOffset ?? 0,
        state: buffers.state.byteOffset,
        nextState: buffers.made.byteOffset,
        stateSize,
        cellState: buffers.cellState.byteOffset,
        nextCellState: buffers.nextCellState.byteOffset,
        sums: this.#workspace.float32(this.#sequences * 2 * gates * row).byteOffset,
        resetState: this.#workspace.float32(this.#sequences * row).byteOffset,
        pass: 0,
        int8: this.#options.int8 ? 1 : 0,
        peepholes: layer.weightPeephole?.byteOffset ?? 0,
        norm,
      };
      for (let pass = 0; pass < passesOf(cell, norm !== 0); pass++) {
        this.#add(program, STEP, { ...fields, pass });
        program.join();
      }
      if (layer.weightHr) {
        const projection = { weights: layer.weightHr, input: buffers.made, output: buffers.nextState };
        this.#addLinear(program, { ...projection, rows: stateSize, depth: hiddenSize });
      }
      this.#addZoneout(program, buffers);
      if (residual && i > 0) {
        const stride = rowOf(stateSize);
        const sum = this.#workspace.float32(this.#sequences * stride);
        const added = { a: buffers.nextState.byteOffset, b: below.byteOffset, target: sum.byteOffset };
        this.#add(program, ADD_ROWS, { ...added, stride });
        program.join();
        below = sum;
      } else {
        below = buffers.nextState;
      }
    }
    this.#lastOutput = below;
    return program;
  }

  /** The address of what the kernel needs for layer norm; 0: there is none. @param width elements of a row of gates */
  #norm({ gainIh, gainHh, gainCell, biasCell }: LayerParameters, width: number): number {
    if (!gainIh) return 0;
    const words = this.#workspace.int32(Object.keys(STEP_NORM).length);
    words[STEP_NORM.inputGain] = gainIh.byteOffset;
    words[STEP_NORM.stateGain] = gainHh?.byteOffset ?? 0;
    words[STEP_NORM.cellGain] = gainCell?.byteOffset ?? 0;
    words[STEP_NORM.cellBias] = biasCell?.byteOffset ?? 0;
    words[STEP_NORM.rows] = this.#workspace.float32(this.#sequences * 3 * width).byteOffset;
    return words.byteOffset;
  }

  /** Appends what zoneout keeps of the state before, in the mean. */
  #addZoneout(program: Program, { state, nextState, cellState, nextCellState }: LayerStates): void {
    const { hidden = 0, cell = 0 } = this.#options.zoneout ?? {};
    const add = (factor: number, before: Float32Array, after: Float32Array) => {
      if (factor === 0) return;
      const fields = { source: before.byteOffset, target: after.byteOffset, factor };
      this.#add(program, BLEND, fields, after.length / this.#sequences);
    };
    add(hidden, state, nextState);
    add(cell, cellState, nextCellState);
    program.join();
  }

  /** The address of a matrix as the kernels read it. */
  #matrix(weights: Float32Array, columns: number): number {
    return this.#options.int8 ? addInt8Rows(this.#workspace, weights, columns) : weights.byteOffset;
  }

  /** Appends output [S, rows] = weights [rows, depth] x input [S, depth] + bias. */
  #addLinear(
    program: Program,
    {
      weights,
      bias,
      input,
      output,
      rows,
      depth,
    }: {
      readonly weights: Float32Array;
      readonly bias?: Float32Array | undefined;
      readonly input: Float32Array;
      readonly output: Float32Array;
      readonly rows: number;
      readonly depth: number;
    },
  ): void {
    this.#add(program, LINEAR, {
      weights: this.#matrix(weights, depth),
      bias: bias?.byteOffset ?? 0,
      input: input.byteOffset,
      output: output.byteOffset,
      outputStride: output.length / this.#sequences,
      ...{ rows, depth, int8: this.#options.int8 ? 1 : 0 },
    });
    program.join();
  }

  #outputProgram(engine: Engine): Program {
    const { vocabularySize, parameters } = this.#options;
    const program = engine.program();
    this.#addLinear(program, {
      weights: parameters.outputWeight,
      bias: parameters.outputBias,
      input: this.#hidden,
      output: this.#logits,
      rows: vocabularySize,
      depth: this.#outputSize,
    });
    this.#add(program, LOG_SOFTMAX, { values: this.#logits.byteOffset, size: vocabularySize });
    return program;
  }
}

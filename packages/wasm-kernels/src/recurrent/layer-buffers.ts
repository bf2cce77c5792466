import type { Engine } from '../engine/engine.js';
import {
  addRowPanels,
  type Matrix,
  padded,
  type RowPanels,
  rowPanelsFrom,
  unaliasedStride,
} from '../engine/products.js';
import type { CommandHandle, Program } from '../engine/program.js';
import { Workspace } from '../engine/workspace.js';
import type { PACK, SEQUENCE_FORWARD } from '../generated/commands.js';
import { type CellLayout, cellLayout, isRecurrent } from './cell.js';
import { LayerNormBuffers } from './layer-norm.js';
import { type LayerParameters, type LayerSize, stateSizeOf } from './layer-parameters.js';
import { type Zoneout, ZoneoutRecord } from './zoneout.js';

export type SequenceFields = Record<keyof typeof SEQUENCE_FORWARD.fields, number>;

/** A layer's input: rows of numbers, or one-hot rows given by ids. */
export type LayerInput =
  | {
      readonly kind: 'rows';
      /** Address of [T * N, stride], of which D columns count. */
      readonly rows: number;
      readonly stride: number;
      /** Address of [T * N, gradientStride], which receives the gradient; 0: not wanted. */
      readonly gradient: number;
      /** At least D rounded up to a multiple of 8. */
      readonly gradientStride: number;
      /** Packs the rows, unless something did in this program. Default: packs them as they are. */
      readonly panels?: ((program: Program) => RowPanels) | undefined;
    }
  | {
      readonly kind: 'one-hot';
      /** Address of [T * N] ids below D. */
      readonly ids: number;
      /** Address of [T * N] by which rows are multiplied in training; 0: by 1. Default 0. */
      readonly factors?: number;
    };

export interface LayerOptions extends LayerSize {
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
  readonly input: LayerInput;
  readonly parameters: LayerParameters;
  /** Whether there will be a backward pass. */
  readonly backward: boolean;
  readonly zoneout?: Zoneout | undefined;
  /** Whether a pass may have a `stateMask`. */
  readonly masksStates: boolean;
}

/** The parts that may change from one pass to the next. Addresses; 0 for none. */
export interface PassOptions {
  /** [N] */
  readonly lengths: number;
  /** [N, stateStride], multiplies h where it enters the recurrent product. */
  readonly stateMask: number;
  /** Factor of the gradients of the states between two steps. Default 1. */
  readonly carriedScale?: number | undefined;
}

/** The buffers of one recurrent layer for a fixed batch size and number of steps. All are time-major, with H padded. */
export class LayerBuffers {
  readonly options: LayerOptions;
  readonly cell: CellLayout;
  readonly #workspace: Workspace;
  /** The size of h: H, or P with a projection. Rows of h are as wide as those of c. */
  readonly stateSize: number;
  /** H rounded up to a multiple of 8. */
  readonly paddedHiddenSize: number;
  /** Elements from one row of states to the next. */
  readonly stateStride: number;
  /** Elements from one row of gates to the next. */
  readonly gateStride: number;
  /** [T + 1, N, stateStride]: the initial state, then the state after every step. */
  readonly states: Float32Array;
  /** The same for c; empty except for LSTMs. */
  readonly cells: Float32Array;
  /** [T, N, gateStride] */
  readonly gates: Float32Array;
  /** [T, N, stateStride] */
  readonly outputGradients: Float32Array;
  /** [N, stateStride]: in, gradient of the final state; out, of the initial one. */
  readonly stateGradient: Float32Array;
  /** The same for c. */
  readonly cellGradient: Float32Array;
  /** [G * paddedHiddenSize], in the order of blocks: the bias that is added to W x. */
  readonly bias: Float32Array;
  /** With a projection, [T, N, stateStride]: what it multiplies, and the gradients of h. */
  readonly unprojected: Float32Array;
  readonly projectedGradients: Float32Array;
  /** With peepholes, [T, N, gateStride]: what their gradients are sums of, in blocks i, f, o. */
  readonly peepholeGradients: Float32Array;
  readonly norm: LayerNormBuffers | undefined;
  readonly #peepholes: Float32Array;
  /** [paddedHiddenSize]: GRU, reset after: bias within r (U h + d). */
  readonly newBias: Float32Array;
  readonly #sequences: CommandHandle<keyof SequenceFields>[] = [];
  readonly #statePackings: CommandHandle<keyof typeof PACK.fields>[] = [];
  readonly #statePanels = new WeakMap<Program, RowPanels>();
  #maskedStates: Float32Array | undefined;
  readonly #zoneout: { readonly training: ZoneoutRecord; readonly evaluation: ZoneoutRecord } | undefined;

  constructor(engine: Engine, options: LayerOptions) {
    const { hiddenSize, batchSize, steps, backward } = options;
    this.options = options;
    this.cell = cellLayout(options.cell);
    this.#workspace = new Workspace(engine);
    this.stateSize = stateSizeOf(options);
    this.paddedHiddenSize = padded(hiddenSize);
    this.stateStride = unaliasedStride(this.paddedHiddenSize);
    this.gateStride = unaliasedStride(this.cell.blocks * this.paddedHiddenSize);
    const zeros = (length: number) => this.#workspace.float32(length);
    const isLstm = options.cell === 'lstm';
    const rows = batchSize * this.stateStride;
    this.states = zeros((steps + 1) * rows);
    this.cells = zeros(isLstm ? (steps + 1) * rows : 0);
    this.gates = zeros(steps * batchSize * this.gateStride);
    this.outputGradients = zeros(backward ? steps * rows : 0);
    this.stateGradient = zeros(backward ? rows : 0);
    this.cellGradient = zeros(backward && isLstm ? rows : 0);
    this.bias = zeros(this.gateStride);
    this.newBias = zeros(this.paddedHiddenSize);
    const { weightHr, weightPeephole, gainIh } = options.parameters;
    this.unprojected = zeros(weightHr ? steps * rows : 0);
    this.projectedGradients = zeros(weightHr && backward ? steps * rows : 0);
    this.#peepholes = zeros(weightPeephole ? 3 * this.paddedHiddenSize : 0);
    this.peepholeGradients = zeros(weightPeephole && backward ? this.gates.length : 0);
    this.norm =
      gainIh &&
      new LayerNormBuffers(this.#workspace, {
        ...{ batchSize, steps, backward, cells: isLstm, gates: this.cell.gates },
        recurrent: isRecurrent(options.cell),
        ...{ gateStride: this.gateStride, stateStride: this.stateStride },
        paddedHiddenSize: this.paddedHiddenSize,
      });
    this.#zoneout = this.#zoneoutRecords(zeros);
  }

  /** The address of [T, N, stateStride], the states after every step. */
  get outputs(): number {
    return this.states.byteOffset + this.options.batchSize * this.stateStride * 4;
  }

  /** The states before every step, [T * N, columns]. */
  stateRows(columns: number): Matrix {
    const { batchSize, steps } = this.options;
    return { address: this.states.byteOffset, rows: steps * batchSize, columns, rowStride: this.stateStride };
  }

  /**
   * The states before and after every step, [T * N, stateSize] each, packed together where a program first asks for them. A join must follow
   * before they are used.
   */
  statePanels(program: Program): { readonly before: RowPanels; readonly after: RowPanels } {
    const { batchSize, steps } = this.options;
    const rows = (steps + 1) * batchSize;
    const before =
      this.#statePanels.get(program) ?? addRowPanels(program, { ...this.stateRows(this.stateSize), rows });
    this.#statePanels.set(program, before);
    return { before, after: rowPanelsFrom(before, batchSize) };
  }

  /** `count` blocks of the gates from block `first` on, [T * N, count * paddedHiddenSize]. */
  gateRows(first: number, count = 1): Matrix {
    const { batchSize, steps } = this.options;
    return {
      address: this.gates.byteOffset + first * this.paddedHiddenSize * 4,
      rows: steps * batchSize,
      columns: count * this.paddedHiddenSize,
      rowStride: this.gateStride,
    };
  }

  /** The fields of a sequence command. The caller overrides the fields that its direction needs. */
  sequenceFields(): SequenceFields {
    const { batchSize, steps, hiddenSize } = this.options;
    return {
      cell: this.cell.number,
      batch: batchSize,
      steps,
      hiddenSize,
      paddedHiddenSize: this.paddedHiddenSize,
      states: this.states.byteOffset,
      stateStride: this.stateStride,
      cells: this.cells.length > 0 ? this.cells.byteOffset : 0,
      gates: this.gates.byteOffset,
      gateStride: this.gateStride,
      keepGates: 0,
      table: 0,
      ids: 0,
      weights: 0,
      newBias: this.newBias.byteOffset,
      lengths: 0,
      mask: 0,
      maskedStates: 0,
      newWeights: 0,
      product: 0,
      outputGradients: 0,
      stateGradient: 0,
      cellGradient: 0,
      carriedScale: 1,
      toInitialState: 0,
      zoneout: 0,
      stateSize: this.stateSize,
      paddedStateSize: padded(this.stateSize),
      projection: 0,
      unprojected: this.unprojected.byteOffset,
      projectedGradients: this.projectedGradients.byteOffset,
      peepholes: this.#peepholes.length > 0 ? this.#peepholes.byteOffset : 0,
      peepholeGradients: this.peepholeGradients.byteOffset,
      norm: this.norm?.address ?? 0,
    };
  }

  /** The address of what a pass must know about zoneout, or 0. */
  zoneout({ training }: { readonly training: boolean }): number {
    return this.#zoneout?.[training ? 'training' : 'evaluation'].address ?? 0;
  }

  /** Training passes keep values where these masks [T, N, stateStride] are 0; 0: no mask. Without: the mean. */
  setZoneoutMasks(masks: { readonly hiddenMask: number; readonly cellMask: number }): void {
    this.#zoneout?.training.set(masks);
  }

  #zoneoutRecords(zeros: (length: number) => Float32Array) {
    const { zoneout, backward, batchSize } = this.options;
    if (!zoneout || !(zoneout.hidden || zoneout.cell)) return undefined;
    const isLstm = this.cells.length > 0;
    const rows = batchSize * this.stateStride;
    const buffer = (length: number, wanted = true) => (backward && wanted ? zeros(length).byteOffset : 0);
    return {
      evaluation: new ZoneoutRecord(this.#workspace, zoneout),
      training: new ZoneoutRecord(this.#workspace, zoneout, {
        hiddenCandidates: buffer(this.options.steps * rows),
        cellCandidates: buffer(this.options.steps * rows, isLstm),
        hiddenPast: buffer(rows),
        cellPast: buffer(rows, isLstm),
      }),
    };
  }

  /** Registers a sequence command, whose lengths and mask `begin` sets. */
  registerSequence(sequence: CommandHandle<keyof SequenceFields>): void {
    this.#sequences.push(sequence);
  }

  /** Registers a packing of the states that enter the recurrent product, where passes may mask them. */
  registerStatePacking(packing: CommandHandle<keyof typeof PACK.fields>): void {
    this.#statePackings.push(packing);
  }

  /** Before every pass: copies biases, gains and peepholes, and sets lengths and mask. */
  begin({ lengths, stateMask, carriedScale = 1 }: PassOptions): void {
    this.#takeBiases();
    const { cell, hiddenSize, parameters } = this.options;
    this.norm?.begin(parameters, this.cell, hiddenSize, cell === 'gru' ? this.newBias : undefined);
    const { weightPeephole } = parameters;
    for (let gate = 0; weightPeephole && gate < 3; gate++) {
      const own = weightPeephole.subarray(gate * hiddenSize, (gate + 1) * hiddenSize);
      this.#peepholes.set(own, gate * this.paddedHiddenSize);
    }
    if (stateMask) this.#maskedStates ??= this.#workspace.float32(this.states.length);
    const maskedStates = stateMask ? (this.#maskedStates as Float32Array).byteOffset : 0;
    for (const sequence of this.#sequences)
      sequence.set({ lengths, mask: stateMask, maskedStates, carriedScale });
    for (const packing of this.#statePackings)
      packing.set({ source: maskedStates || this.states.byteOffset });
  }

  /** Gives the buffers back. */
  free(): void {
    this.#workspace.free();
  }

  #takeBiases(): void {
    const { cell, hiddenSize, parameters } = this.options;
    const { biasIh, biasHh } = parameters;
    const { gates, inputRotation } = this.cell;
    for (let block = 0; block < gates; block++) {
      const gate = (block + inputRotation) % gates;
      const isSeparate = cell === 'gru' && gate === 2;
      for (let unit = 0; unit < hiddenSize; unit++) {
        const at = gate * hiddenSize + unit;
        const [input, state] = [biasIh ? biasIh[at] : 0, biasHh ? biasHh[at] : 0];
        this.bias[block * this.paddedHiddenSize + unit] = isSeparate ? input : input + state;
        if (isSeparate) this.newBias[unit] = state;
      }
    }
  }
}

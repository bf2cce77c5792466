import type { LayerState } from '@throughtime/contract';
import type { Engine } from '../engine/engine.js';
import { addRowPanels, type RowPanels } from '../engine/products.js';
import type { Program } from '../engine/program.js';
import { Workspace } from '../engine/workspace.js';
import { ADD_ROWS } from '../generated/commands.js';
import type { Cell } from './cell.js';
import { addMask, type Dropout, DropoutMasks, type MaskStream, type RowMask } from './dropout.js';
import { addLayerBackward } from './layer-backward.js';
import { LayerBuffers, type LayerInput } from './layer-buffers.js';
import { addLayerForward } from './layer-forward.js';
import { type HiddenSize, type LayerParameters, layerSizes } from './layer-parameters.js';
import type { Zoneout } from './zoneout.js';

export interface CompiledStackOptions {
  readonly cell: Cell;
  /** D of the first layer. */
  readonly inputSize: number;
  readonly hiddenSize: HiddenSize;
  /** P, the size of each layer's h where it is projected. */
  readonly projectionSize?: number | undefined;
  /** Whether each layer's input is added to its output, from the second layer on. Default false. */
  readonly residual?: boolean | undefined;
  readonly batchSize: number;
  readonly steps: number;
  readonly input: LayerInput;
  readonly parameters: readonly LayerParameters[];
  readonly gradients?: readonly LayerParameters[] | undefined;
  /** Whether there will be a backward pass; without `gradients`, to the inputs and states alone. Default: with `gradients`. */
  readonly backward?: boolean | undefined;
  readonly dropout?: Dropout | undefined;
  readonly zoneout?: Zoneout | undefined;
  /** Whether training draws which units keep their values; else it takes the mean. Default true. */
  readonly zoneoutMasks?: boolean | undefined;
  /** Whether passes may bring masks of the states. Default false. */
  readonly stateMasks?: boolean | undefined;
}

/** Layers on top of one another, with dropout and residual sums between them. Adds their commands to programs, in order. */
export class CompiledStack {
  readonly layers: readonly LayerBuffers[];
  readonly masks = new DropoutMasks();
  readonly #options: CompiledStackOptions;
  readonly #workspace: Workspace;
  // By boundary: the inputs of layer i, and last the outputs of the stack.
  /** A layer's outputs and inputs added up. */
  readonly #sums: (Float32Array | undefined)[] = [];
  readonly #rowMasks: (RowMask | undefined)[] = [];
  readonly #maskedRows: (Float32Array | undefined)[] = [];
  // By layer.
  readonly #stateMasks: (Float32Array | undefined)[] = [];
  /** The recurrent weights of a pass with weight-drop, and their mask. */
  readonly #droppedWeights: (Float32Array | undefined)[] = [];
  readonly #weightMasks: (MaskStream | undefined)[] = [];

  constructor(engine: Engine, options: CompiledStackOptions) {
    this.#options = options;
    this.#workspace = new Workspace(engine);
    const { parameters, gradients, dropout = {}, input, batchSize, steps, residual = false } = options;
    const { backward = gradients !== undefined } = options;
    const layers: LayerBuffers[] = [];
    for (const [i, size] of layerSizes(options, parameters.length).entries()) {
      const below = layers.at(-1);
      const layer = new LayerBuffers(engine, {
        ...size,
        batchSize,
        steps,
        parameters: parameters[i],
        backward,
        zoneout: options.zoneout,
        masksStates: options.stateMasks === true || (dropout.state ?? 0) > 0,
        input: below ? this.#inputFrom(below, i) : input,
      });
      layers.push(layer);
      const rows = steps * batchSize * layer.stateStride;
      const rate = (i + 1 < parameters.length ? dropout.between : dropout.output) ?? 0;
      if (residual && i > 0) this.#sums[i + 1] = this.#workspace.float32(rows);
      if (rate > 0 && backward) this.#maskedRows[i + 1] = this.#workspace.float32(rows);
      const { weightHh } = parameters[i];
      if (dropout.recurrentWeights && backward && weightHh)
        this.#droppedWeights[i] = this.#workspace.float32(weightHh.length);
    }
    this.layers = layers;
  }

  /** The address of the stack's outputs, [T, N, stateStride of the last layer]. */
  outputs({ training }: { readonly training: boolean }): number {
    return this.#rows(this.layers[this.layers.length - 1], this.layers.length, training);
  }

  /** Packs the outputs of a training pass, unless something did in this program. A join must follow before they are used. */
  outputPanels(program: Program): RowPanels {
    return this.#panels(program, this.layers[this.layers.length - 1], this.layers.length);
  }

  /**
   * Appends the forward pass. With `training` it has dropout, and keeps what the backward pass needs.
   */
  addForward(program: Program, options: { readonly training: boolean }): void {
    const { training } = options;
    const { batchSize, steps } = this.#options;
    if (training) this.#drawMasks(program);
    for (const [i, layer] of this.layers.entries()) {
      const rows = i > 0 ? this.#rows(this.layers[i - 1], i, training) : undefined;
      const recurrentWeights = training ? this.#droppedWeights[i]?.byteOffset : undefined;
      addLayerForward(layer, program, { keepGates: training, rows, recurrentWeights });
      const { outputs, stateStride: stride } = layer;
      const sums = this.#sums[i + 1];
      if (sums && rows !== undefined) {
        const target = sums.byteOffset;
        program.add(ADD_ROWS, { a: outputs, b: rows, target, stride, count: steps * batchSize });
        program.join();
      }
      const masked = this.#maskedRows[i + 1];
      const rowMask = this.#rowMasks[i + 1];
      if (training && masked && rowMask) {
        const source = sums?.byteOffset ?? outputs;
        addMask(program, rowMask, { source, target: masked.byteOffset, stride }, this.#options);
      }
    }
  }

  /**
   * Appends the backward pass, from `outputGradients` of the last layer.
   * @param options.toInitialState whether the gradients of the initial states are wanted
   * @param options.addPlainGradients appends what adds to the gradient of the stack's outputs before dropout
   */
  addBackward(
    program: Program,
    options: { readonly toInitialState: boolean; readonly addPlainGradients?: () => void },
  ): void {
    const { gradients, batchSize, steps } = this.#options;
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const layer = this.layers[i];
      const { stateStride: stride, outputGradients } = layer;
      const rowMask = this.#rowMasks[i + 1];
      if (rowMask) {
        const { byteOffset } = outputGradients;
        addMask(program, rowMask, { source: byteOffset, target: byteOffset, stride }, this.#options);
      }
      if (i === this.layers.length - 1) options.addPlainGradients?.();
      addLayerBackward(layer, program, {
        gradients: gradients?.[i],
        recurrentWeights: this.#droppedWeights[i]?.byteOffset,
        toInitialState: options.toInitialState,
      });
      const weightMask = this.#weightMasks[i];
      const weightHh = gradients?.[i].weightHh;
      if (weightMask && weightHh) {
        this.masks.dropAgain(program, weightHh, weightMask);
        program.join();
      }
      if (this.#sums[i + 1]) {
        const below = this.layers[i - 1].outputGradients.byteOffset;
        const fields = { a: below, b: outputGradients.byteOffset, target: below, stride };
        program.add(ADD_ROWS, { ...fields, count: steps * batchSize });
        program.join();
      }
    }
  }

  /**
   * The stack's outputs [N, H] after `stateAfter` steps, or those of a row that ended before. A row without a step has none: what is
   * returned for it means nothing with residual sums.
   * @param state the layers' states after these steps
   */
  readOutput(
    state: readonly LayerState[],
    { stateAfter, lengths }: { readonly stateAfter: number; readonly lengths?: Int32Array | undefined },
  ): Float32Array {
    const { h } = state[state.length - 1];
    const sums = this.#sums[this.layers.length];
    if (!sums) return h;
    const { batchSize } = this.#options;
    const { stateStride, stateSize } = this.layers[this.layers.length - 1];
    const output = new Float32Array(batchSize * stateSize);
    for (let n = 0; n < batchSize; n++) {
      const t = Math.max(0, Math.min(stateAfter, lengths ? lengths[n] : stateAfter) - 1);
      const from = (t * batchSize + n) * stateStride;
      output.set(sums.subarray(from, from + stateSize), n * stateSize);
    }
    return output;
  }

  /**
   * Before every pass. `lengths`: address of [N], or 0. `stateMasks`: addresses of [N, stateStride], one per layer, which replace
   * those of dropout.
   */
  begin(pass: {
    readonly lengths: number;
    readonly training: boolean;
    readonly seed: number;
    readonly stateMasks?: readonly number[] | undefined;
    readonly carriedScale?: number | undefined;
  }): void {
    this.masks.seed(pass.seed);
    for (const [i, layer] of this.layers.entries()) {
      const drawn = pass.training ? this.#stateMasks[i] : undefined;
      const stateMask = pass.stateMasks?.[i] ?? drawn?.byteOffset ?? 0;
      layer.begin({ lengths: pass.lengths, stateMask, carriedScale: pass.carriedScale });
    }
  }

  free(): void {
    for (const layer of this.layers) layer.free();
    this.#workspace.free();
  }

  /** The address of the rows at a boundary: the outputs of `below`, added to its inputs, dropped from. */
  #rows(below: LayerBuffers, boundary: number, dropped: boolean): number {
    const masked = dropped ? this.#maskedRows[boundary] : undefined;
    return (masked ?? this.#sums[boundary])?.byteOffset ?? below.outputs;
  }

  /** The rows at a boundary in training, packed. */
  #panels(program: Program, below: LayerBuffers, boundary: number): RowPanels {
    const address = this.#rows(below, boundary, true);
    // The layer packs them for its own gradient too.
    if (address === below.outputs) return below.statePanels(program).after;
    return addRowPanels(program, { ...below.stateRows(below.stateSize), address });
  }

  #inputFrom(below: LayerBuffers, boundary: number): LayerInput {
    return {
      kind: 'rows',
      rows: this.#rows(below, boundary, true),
      panels: (program) => this.#panels(program, below, boundary),
      stride: below.stateStride,
      gradient: below.outputGradients.byteOffset,
      gradientStride: below.stateStride,
    };
  }

  #drawZoneout(program: Program, layer: LayerBuffers): void {
    const { zoneout = {}, zoneoutMasks = true, steps, batchSize } = this.#options;
    if (!zoneoutMasks) return;
    const draw = (rate = 0) =>
      rate > 0 ? this.masks.draw(program, steps * batchSize * layer.stateStride, rate).byteOffset : 0;
    layer.setZoneoutMasks({ hiddenMask: draw(zoneout.hidden), cellMask: draw(zoneout.cell) });
  }

  #drawMasks(program: Program): void {
    const { dropout = {}, steps, batchSize, parameters } = this.#options;
    const { locked = false, state = 0, recurrentWeights = 0 } = dropout;
    for (const [i, layer] of this.layers.entries()) {
      const row = batchSize * layer.stateStride;
      if (state > 0) this.#stateMasks[i] = this.masks.draw(program, row, state);
      const rate = (i + 1 < this.layers.length ? dropout.between : dropout.output) ?? 0;
      if (rate > 0) {
        const mask = this.masks.draw(program, locked ? row : row * steps, rate);
        this.#rowMasks[i + 1] = { mask, locked };
      }
      this.#drawZoneout(program, layer);
      const dropped = this.#droppedWeights[i];
      const { weightHh } = parameters[i];
      if (!dropped || !weightHh) continue;
      const weights = { source: weightHh.byteOffset, target: dropped.byteOffset, count: weightHh.length };
      this.#weightMasks[i] = this.masks.dropWeights(program, weights, recurrentWeights);
    }
  }
}

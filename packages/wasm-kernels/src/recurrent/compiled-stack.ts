import type { Engine } from '../engine/engine.js';
import type { Program } from '../engine/program.js';
import { Workspace } from '../engine/workspace.js';
import type { Cell } from './cell.js';
import { addMask, type Dropout, DropoutMasks, type RowMask } from './dropout.js';
import { LayerBuffers, type LayerInput } from './layer-buffers.js';
import { addLayerBackward, addLayerForward } from './layer-commands.js';
import type { LayerParameters } from './layer-parameters.js';

export interface CompiledStackOptions {
  readonly cell: Cell;
  /** D of the first layer. */
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly input: LayerInput;
  readonly parameters: readonly LayerParameters[];
  readonly gradients?: readonly LayerParameters[] | undefined;
  readonly dropout?: Dropout | undefined;
}

/** Layers on top of one another, with dropout between them. Adds their commands to programs, in order. */
export class CompiledStack {
  readonly layers: readonly LayerBuffers[];
  readonly masks = new DropoutMasks();
  readonly #options: CompiledStackOptions;
  readonly #workspace: Workspace;
  /** By boundary: the inputs of layer i, and last the outputs of the stack. */
  readonly #rowMasks: (RowMask | undefined)[] = [];
  readonly #maskedRows: (Float32Array | undefined)[] = [];
  readonly #stateMasks: (Float32Array | undefined)[] = [];

  constructor(engine: Engine, options: CompiledStackOptions) {
    this.#options = options;
    this.#workspace = new Workspace(engine);
    const { parameters, gradients, dropout = {}, input } = options;
    const layers: LayerBuffers[] = [];
    for (const [i, layer] of parameters.entries()) {
      const below = layers.at(-1);
      const buffers = new LayerBuffers(engine, {
        cell: options.cell,
        inputSize: below ? options.hiddenSize : options.inputSize,
        hiddenSize: options.hiddenSize,
        batchSize: options.batchSize,
        steps: options.steps,
        parameters: layer,
        gradients: gradients?.[i],
        input: below ? this.#rowsOf(below, this.#maskedBuffer(i, below, dropout.between)) : input,
      });
      layers.push(buffers);
    }
    this.layers = layers;
    this.#maskedBuffer(layers.length, layers[layers.length - 1], dropout.output);
  }

  /** The address of the stack's outputs, [T, N, stateStride of the last layer]. */
  outputs(options: { readonly training: boolean }): number {
    const masked = this.#maskedRows[this.layers.length];
    return options.training && masked ? masked.byteOffset : this.layers[this.layers.length - 1].outputs;
  }

  /** Appends the forward pass. With `training` it has dropout, and keeps what the backward pass needs. */
  addForward(program: Program, options: { readonly training: boolean }): void {
    const { training } = options;
    if (training) this.#drawMasks(program);
    for (const [i, layer] of this.layers.entries()) {
      const unmasked = i > 0 && !training ? this.layers[i - 1].outputs : undefined;
      addLayerForward(layer, program, { keepGates: training, rows: unmasked });
      const masked = this.#maskedRows[i + 1];
      const rowMask = this.#rowMasks[i + 1];
      if (training && masked && rowMask) {
        const rows = { source: layer.outputs, target: masked.byteOffset, stride: layer.stateStride };
        addMask(program, rowMask, rows, this.#options);
      }
    }
  }

  /** Appends the backward pass, from `outputGradients` of the last layer. */
  addBackward(program: Program): void {
    const { gradients = [] } = this.#options;
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const layer = this.layers[i];
      const rowMask = this.#rowMasks[i + 1];
      if (rowMask) {
        const { byteOffset } = layer.outputGradients;
        const rows = { source: byteOffset, target: byteOffset, stride: layer.stateStride };
        addMask(program, rowMask, rows, this.#options);
      }
      addLayerBackward(layer, program, gradients[i]);
    }
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
  }): void {
    this.masks.seed(pass.seed);
    for (const [i, layer] of this.layers.entries()) {
      const drawn = pass.training ? this.#stateMasks[i] : undefined;
      const stateMask = pass.stateMasks?.[i] ?? drawn?.byteOffset ?? 0;
      layer.begin({ lengths: pass.lengths, stateMask });
    }
  }

  free(): void {
    for (const layer of this.layers) layer.free();
    this.#workspace.free();
  }

  #maskedBuffer(boundary: number, below: LayerBuffers, rate = 0): Float32Array | undefined {
    if (rate === 0 || !this.#options.gradients) return undefined;
    const { steps, batchSize } = this.#options;
    const masked = this.#workspace.float32(steps * batchSize * below.stateStride);
    this.#maskedRows[boundary] = masked;
    return masked;
  }

  #rowsOf(below: LayerBuffers, masked: Float32Array | undefined): LayerInput {
    return {
      kind: 'rows',
      rows: masked ? masked.byteOffset : below.outputs,
      stride: below.stateStride,
      gradient: below.outputGradients.byteOffset,
      gradientStride: below.stateStride,
    };
  }

  #drawMasks(program: Program): void {
    const { dropout = {}, steps, batchSize } = this.#options;
    const { locked = false, state = 0 } = dropout;
    for (const [i, layer] of this.layers.entries()) {
      const row = batchSize * layer.stateStride;
      if (state > 0) this.#stateMasks[i] = this.masks.draw(program, row, state);
      const rate = (i + 1 < this.layers.length ? dropout.between : dropout.output) ?? 0;
      if (rate === 0) continue;
      const mask = this.masks.draw(program, locked ? row : row * steps, rate);
      this.#rowMasks[i + 1] = { mask, locked };
    }
  }
}

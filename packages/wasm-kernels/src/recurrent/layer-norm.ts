import type { Workspace } from '../engine/workspace.js';
import { LAYER_NORM } from '../generated/commands.js';
import type { CellLayout } from './cell.js';
import type { LayerParameters } from './layer-parameters.js';

type NormFields = { readonly [name in keyof typeof LAYER_NORM]: number };

/** What a layer with layer norm needs beside its other buffers. Rows are as wide as those of the layer. */
export class LayerNormBuffers {
  /** The record of these buffers that the kernels read. */
  readonly address: number;
  /** [T, N, gateStride]: the inputs' products, normalized; after the backward pass, times the gradients of the gates' sums. */
  readonly inputNormal: number;
  /** [T, N] */
  readonly inputScales: number;
  /** [G * paddedHiddenSize], in the order of blocks. */
  readonly inputGain: Float32Array;
  /** Addresses, by the record's fields. */
  readonly fields: NormFields;
  readonly #gains: Float32Array;
  readonly #biases: Float32Array;
  readonly #cellGain: Float32Array;
  readonly #cellBias: Float32Array;

  /** @param size in rows and elements; `cells`: whether the layer has c; `recurrent`: a product with h */
  constructor(
    workspace: Workspace,
    size: {
      readonly batchSize: number;
      readonly steps: number;
      readonly gateStride: number;
      readonly stateStride: number;
      readonly gates: number;
      readonly paddedHiddenSize: number;
      readonly cells: boolean;
      readonly recurrent: boolean;
      readonly backward: boolean;
    },
  ) {
    const { batchSize: N, steps: T, gateStride, stateStride, gates, paddedHiddenSize, cells } = size;
    const { recurrent, backward } = size;
    const floats = (length: number, wanted = true) => workspace.float32(wanted ? length : 0);
    const address = (length: number, wanted = true) => floats(length, wanted).byteOffset;
    this.inputNormal = address(T * N * gateStride);
    this.inputScales = address(T * N);
    this.inputGain = floats(gateStride);
    this.#gains = floats(gates * paddedHiddenSize);
    this.#biases = floats(gates * paddedHiddenSize);
    this.#cellGain = floats(paddedHiddenSize, cells);
    this.#cellBias = floats(paddedHiddenSize, cells);
    this.fields = {
      products: address(N * gateStride, recurrent),
      normal: address(T * N * gateStride, recurrent),
      scales: address(T * N * 2, recurrent),
      gains: this.#gains.byteOffset,
      biases: this.#biases.byteOffset,
      gradients: address(T * N * gateStride, recurrent && backward),
      cellNormal: address(T * N * stateStride, cells),
      cellScales: address(T * N, cells),
      cellGain: this.#cellGain.byteOffset,
      cellBias: this.#cellBias.byteOffset,
      shown: address(N * stateStride, cells),
      squashed: address(T * N * stateStride, cells),
    };
    const words = workspace.int32(Object.keys(LAYER_NORM).length);
    for (const [name, value] of Object.entries(this.fields))
      words[LAYER_NORM[name as keyof NormFields]] = value;
    this.address = words.byteOffset;
  }

  /**
   * Before every pass: copies gains, and the bias of a gate that is not added to the inputs'.
   * @param newBias [paddedHiddenSize], the bias within a GRU's reset; undefined: there is none
   */
  begin(
    { gainIh, gainHh, gainCell, biasCell }: LayerParameters,
    { gates, inputRotation }: CellLayout,
    hiddenSize: number,
    newBias: Float32Array | undefined,
  ): void {
    const padded = this.#gains.length / gates;
    for (let gate = 0; gate < gates; gate++) {
      const block = (gate - inputRotation + gates) % gates;
      const rows = (gains: Float32Array) => gains.subarray(gate * hiddenSize, (gate + 1) * hiddenSize);
      if (gainIh) this.inputGain.set(rows(gainIh), block * padded);
      if (gainHh) this.#gains.set(rows(gainHh), gate * padded);
    }
    if (newBias) this.#biases.set(newBias, (gates - 1) * padded);
    if (gainCell) this.#cellGain.set(gainCell);
    if (biasCell) this.#cellBias.set(biasCell);
  }
}

import { padded } from '../engine/products.js';
import type { Program } from '../engine/program.js';
import type { Workspace } from '../engine/workspace.js';
import { FILL, GATHER, SCALE_ROWS, SCATTER_ADD } from '../generated/commands.js';
import { addMask, type DropoutMasks, type RowMask } from './dropout.js';
import type { CompiledLanguageModelOptions } from './language-model-options.js';
import type { LayerInput } from './layer-buffers.js';
import type { TokenFactors } from './token-factors.js';

/** The embedding of a language model: rows of a table by id, with dropout, and their gradients added up by id. */
export class EmbeddedInputs {
  readonly #options: CompiledLanguageModelOptions;
  readonly #embedding: Float32Array;
  /** Time-major [T, N]. */
  readonly #ids: Int32Array;
  /** [T * N, stride of E] */
  readonly #rows: Float32Array;
  readonly #rowGradients: Float32Array;
  readonly #stride: number;
  readonly #factors: TokenFactors | undefined;
  #mask: RowMask | undefined;

  constructor(
    workspace: Workspace,
    options: CompiledLanguageModelOptions,
    embedding: Float32Array,
    ids: Int32Array,
    factors: TokenFactors | undefined,
  ) {
    const { embeddingSize = 0, batchSize, steps, gradients } = options;
    this.#options = options;
    this.#embedding = embedding;
    this.#ids = ids;
    this.#factors = factors;
    this.#stride = padded(embeddingSize);
    const length = batchSize * steps * this.#stride;
    this.#rows = workspace.float32(length);
    this.#rowGradients = workspace.float32(gradients ? length : 0);
  }

  /** As the first layer reads them. */
  get layerInput(): LayerInput {
    return {
      kind: 'rows',
      rows: this.#rows.byteOffset,
      stride: this.#stride,
      gradient: this.#rowGradients.length > 0 ? this.#rowGradients.byteOffset : 0,
      gradientStride: this.#stride,
    };
  }

  /** Appends the look-up, with dropout drawn from `masks`. Without masks: no dropout. */
  addForward(program: Program, masks: DropoutMasks | undefined): void {
    const { embeddingSize = 0, batchSize, steps, dropout = {} } = this.#options;
    program.add(GATHER, {
      table: this.#embedding.byteOffset,
      ids: this.#ids.byteOffset,
      target: this.#rows.byteOffset,
      targetStride: this.#stride,
      width: embeddingSize,
      count: batchSize * steps,
    });
    program.join();
    if (masks) this.#scale(program, this.#rows);
    if (!masks || !dropout.input) return;
    const { locked = false } = dropout;
    const length = batchSize * this.#stride * (locked ? 1 : steps);
    this.#mask = { mask: masks.draw(program, length, dropout.input), locked };
    this.#addMask(program, this.#mask, this.#rows);
  }

  /** Appends the gradient of the embedding. Call it after the output's gradient, which sets the gradient of a tied embedding. */
  addBackward(program: Program): void {
    const { gradients, vocabularySize, embeddingSize = 0, batchSize, steps } = this.#options;
    if (!gradients?.embedding) return;
    if (this.#mask) this.#addMask(program, this.#mask, this.#rowGradients);
    this.#scale(program, this.#rowGradients);
    const target = gradients.embedding.byteOffset;
    // A tied embedding's gradient is added to that of the output weights.
    if (target !== gradients.outputWeight.byteOffset) {
      program.add(FILL, { target, count: vocabularySize * embeddingSize, value: 0 });
      program.join();
    }
    program.add(SCATTER_ADD, {
      table: target,
      tableStride: embeddingSize,
      ids: this.#ids.byteOffset,
      source: this.#rowGradients.byteOffset,
      sourceStride: this.#stride,
      width: embeddingSize,
      count: batchSize * steps,
    });
    program.join();
  }

  /** Appends rows *= the factors of tokens, where there are any. */
  #scale(program: Program, { byteOffset }: Float32Array): void {
    if (!this.#factors) return;
    const { batchSize, steps } = this.#options;
    program.add(SCALE_ROWS, {
      source: byteOffset,
      sourceStride: this.#stride,
      ids: 0,
      factors: this.#factors.address,
      bias: 0,
      target: byteOffset,
      targetStride: this.#stride,
      width: this.#stride,
      count: batchSize * steps,
    });
    program.join();
  }

  #addMask(program: Program, mask: RowMask, rows: Float32Array): void {
    const { byteOffset } = rows;
    addMask(program, mask, { source: byteOffset, target: byteOffset, stride: this.#stride }, this.#options);
  }
}

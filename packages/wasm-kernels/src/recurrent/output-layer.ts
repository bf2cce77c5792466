import {
  addProduct,
  padded,
  preparePanels,
  rowPanelsFrom,
  transposed,
  unaliasedStride,
} from '../engine/products.js';
import type { CommandHandle, Program } from '../engine/program.js';
import type { Workspace } from '../engine/workspace.js';
import { CROSS_ENTROPY } from '../generated/commands.js';
import type { CompiledStack } from './compiled-stack.js';
import type { CompiledLanguageModelOptions } from './language-model-options.js';

/** Most logits of a block of positions: 16 MiB. */
const LOGITS = 2 ** 22;

/** Linear output, softmax and cross-entropy of a language model, block by block of positions. */
export class OutputLayer {
  /** In nats by position, [T, N]; 0 where there was no prediction. */
  readonly losses: Float32Array;
  readonly #options: CompiledLanguageModelOptions;
  /** Time-major [T, N]. */
  readonly #targets: Int32Array;
  /** Padded to whole panels. */
  readonly #bias: Float32Array;

  constructor(workspace: Workspace, options: CompiledLanguageModelOptions, targets: Int32Array) {
    this.#options = options;
    this.#targets = targets;
    this.losses = workspace.float32(options.batchSize * options.steps);
    this.#bias = workspace.float32(padded(options.vocabularySize));
  }

  /** Before every pass: copies the current bias. */
  begin(): void {
    const { outputBias } = this.#options.parameters;
    if (outputBias) this.#bias.set(outputBias);
  }

  /**
   * Appends the losses and, for training, the gradients of the output's weights and of the stack's outputs.
   * @returns a function that sets the factor of every gradient
   */
  add(program: Program, stack: CompiledStack, { training }: { readonly training: boolean }) {
    const { vocabularySize, batchSize, steps, gradients } = this.#options;
    const last = stack.layers[stack.layers.length - 1];
    const hiddenSize = last.stateSize;
    const positions = batchSize * steps;
    const logitStride = unaliasedStride(padded(vocabularySize));
    const block = Math.min(positions, Math.max(64, Math.floor(LOGITS / logitStride)));
    const logits = program.float32(block * logitStride).byteOffset;
    const hidden = stack.outputs({ training });
    const weights = this.#prepareWeights(program, hiddenSize, { transposed: true });
    const backwardWeights = training ? this.#prepareWeights(program, hiddenSize, { transposed: false }) : 0;
    const panels = training && gradients ? stack.outputPanels(program) : undefined;
    const handles: CommandHandle<keyof typeof CROSS_ENTROPY.fields>[] = [];
    for (let first = 0; first < positions; first += block) {
      const count = Math.min(block, positions - first);
      const offset = first * last.stateStride * 4;
      handles.push(
        program.add(CROSS_ENTROPY, {
          hidden: hidden + offset,
          hiddenStride: last.stateStride,
          count,
          depth: hiddenSize,
          classes: vocabularySize,
          weights,
          bias: this.#bias.byteOffset,
          logits,
          logitStride,
          targets: this.#targets.byteOffset + first * 4,
          losses: this.losses.byteOffset + first * 4,
          scale: 1,
          backwardWeights,
          hiddenGradients: training ? last.outputGradients.byteOffset + offset : 0,
        }),
      );
      if (panels && gradients) {
        program.join();
        // dW [V, H] = the logits' gradients, transposed, times the hidden rows; db = their sums
        addProduct(program, {
          a: transposed({ address: logits, rows: count, columns: vocabularySize, rowStride: logitStride }),
          ...rowPanelsFrom(panels, first),
          c: { address: gradients.outputWeight.byteOffset, rows: vocabularySize, columns: hiddenSize },
          beta: first === 0 ? 0 : 1,
          ...(gradients.outputBias && { rowSums: gradients.outputBias.byteOffset }),
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

  #prepareWeights(
    program: Program,
    hiddenSize: number,
    { transposed }: { readonly transposed: boolean },
  ): number {
    const { vocabularySize, parameters } = this.#options;
    const rows = { stride: hiddenSize, size: vocabularySize };
    const columns = { stride: 1, size: hiddenSize };
    const [k, n] = transposed ? [columns, rows] : [rows, columns];
    return preparePanels(program, parameters.outputWeight.byteOffset, k, n);
  }
}

import type { Workspace } from '../engine/workspace.js';
import { maskElement } from './dropout.js';
import type { CompiledLanguageModelOptions } from './language-model-options.js';

/** Masks of which few elements are needed have streams of their own, below those that kernels draw. */
const TOKENS = -1;
const ONE_HOT_INPUTS = -2;

/**
 * What the inputs of a chunk are multiplied by, one number for each position: dropout of whole tokens, and with one-hot inputs (of which
 * one number is not 0) that of the inputs.
 */
export class TokenFactors {
  /** [T, N] */
  readonly #factors: Float32Array;
  readonly #options: CompiledLanguageModelOptions;

  /** @returns undefined where nothing of the kind is dropped */
  static of(workspace: Workspace, options: CompiledLanguageModelOptions): TokenFactors | undefined {
    const { gradients, parameters, dropout = {} } = options;
    const drops = Boolean(dropout.embedding) || (Boolean(dropout.input) && !parameters.embedding);
    return gradients && drops ? new TokenFactors(workspace, options) : undefined;
  }

  private constructor(workspace: Workspace, options: CompiledLanguageModelOptions) {
    this.#options = options;
    this.#factors = workspace.float32(options.batchSize * options.steps);
  }

  get address(): number {
    return this.#factors.byteOffset;
  }

  /**
   * Draws the factors of a pass.
   * @param ids [T, N]
   * @param seed the same seed gives the same factors
   */
  draw(ids: Int32Array, seed: number): void {
    const { batchSize, vocabularySize, parameters, dropout = {} } = this.#options;
    const { embedding = 0, input = 0, locked = false } = dropout;
    const ofInput = parameters.embedding ? 0 : input;
    for (const [position, id] of ids.entries()) {
      const token = embedding && maskElement(seed, { rate: embedding, stream: TOKENS }, id);
      // Locked: the mask [N, V] serves all steps.
      const index = locked ? (position % batchSize) * vocabularySize + id : position;
      const own = ofInput && maskElement(seed, { rate: ofInput, stream: ONE_HOT_INPUTS }, index);
      this.#factors[position] = (embedding ? token : 1) * (ofInput ? own : 1);
    }
  }
}

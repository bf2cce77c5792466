import type { CommandHandle, Program } from '../engine/program.js';
import { PENALTY } from '../generated/commands.js';
import type { CompiledStack } from './compiled-stack.js';
import type { ActivationPenalty, CompiledLanguageModelOptions } from './language-model-options.js';

type PenaltyHandle = CommandHandle<keyof typeof PENALTY.fields>;

/** How a chunk's gradient is scaled, and what the penalty's means are over. */
export interface PenaltyPass {
  /** The factor of every loss. */
  readonly scale: number;
  readonly predictions: number;
}

/** The gradients of an activation penalty by the outputs of a stack. */
export class PenaltyGradients {
  readonly #penalty: ActivationPenalty;
  readonly #size: Pick<CompiledLanguageModelOptions, 'batchSize' | 'steps'>;
  /** [T, N] */
  readonly #targets: Int32Array;
  readonly #stack: CompiledStack;
  #ofSize: PenaltyHandle | undefined;
  #ofChange: PenaltyHandle | undefined;

  constructor(options: CompiledLanguageModelOptions, stack: CompiledStack, targets: Int32Array) {
    this.#penalty = options.activationPenalty ?? {};
    this.#size = options;
    this.#stack = stack;
    this.#targets = targets;
  }

  /** Appends the gradient of the cost of size, by the outputs as dropout leaves them. */
  addOfSize(program: Program): void {
    if (!this.#penalty.size) return;
    this.#ofSize = this.#add(program, this.#stack.outputs({ training: true }), 0);
  }

  /** Appends the gradient of the cost of change, by the outputs before dropout. */
  addOfChange(program: Program): void {
    if (!this.#penalty.change) return;
    this.#ofChange = this.#add(program, this.#stack.outputs({ training: false }), 1);
  }

  /** Before every pass, the targets being those of its chunk. */
  begin({ scale, predictions }: PenaltyPass): void {
    const { size = 0, change = 0 } = this.#penalty;
    const { layers } = this.#stack;
    const { stateSize } = layers[layers.length - 1];
    // Times the mean loss: the losses are summed, and have `scale` as their factor.
    const mean = (count: number) => (2 * scale * predictions) / Math.max(1, count * stateSize);
    this.#ofSize?.set({ factor: size * mean(predictions) });
    if (!this.#ofChange) return;
    let later = 0;
    for (let i = this.#size.batchSize; i < this.#targets.length; i++) if (this.#targets[i] >= 0) later++;
    this.#ofChange.set({ factor: change * mean(later) });
  }

  #add(program: Program, outputs: number, ofChange: number): PenaltyHandle {
    const { layers } = this.#stack;
    const last = layers[layers.length - 1];
    const handle = program.add(PENALTY, {
      outputs,
      gradients: last.outputGradients.byteOffset,
      targets: this.#targets.byteOffset,
      row: last.stateStride,
      batch: this.#size.batchSize,
      steps: this.#size.steps,
      ofChange,
      factor: 0,
    });
    program.join();
    return handle;
  }
}

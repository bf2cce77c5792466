import { anything, list } from '@throughtime/errors';
import { type Engine, runningEngine } from '../engine/engine.js';
import type { Program } from '../engine/program.js';
import { Workspace } from '../engine/workspace.js';
import { NORM } from '../generated/commands.js';
import { type Trained, writeTensorList } from './tensor-list.js';

const tensorList = list(anything);

/** The norm of all gradients together, in double precision: what clipping by the global norm divides by. */
export class GradientNorm {
  readonly #workspace: Workspace;
  readonly #program: Program;
  /** Sums of squares of every chunk. */
  readonly #squares: Float64Array;

  /**
   * @param tensors whose gradients lie in the engine's memory
   * @throws ArgumentError
   */
  constructor(engine: Engine, tensors: readonly Pick<Trained, 'gradient'>[]) {
    runningEngine('engine', engine);
    tensorList('tensors', tensors);
    const workspace = new Workspace(engine);
    this.#workspace = workspace;
    const written = writeTensorList(
      engine,
      workspace,
      tensors.map(({ gradient }) => ({ gradient })),
    );
    const { buffer, byteOffset } = workspace.float32(Math.max(1, written.chunks) * 2);
    this.#squares = new Float64Array(buffer, byteOffset, written.chunks);
    this.#program = engine.program();
    this.#program.add(NORM, { ...written, squares: byteOffset });
  }

  /** The square root of the sum of all squares. */
  compute(): number {
    this.#program.run();
    let sum = 0;
    for (const squares of this.#squares) sum += squares;
    return Math.sqrt(sum);
  }

  /** Gives its memory back. It must not be used again. */
  free(): void {
    this.#program.free();
    this.#workspace.free();
  }
}

/** The engine cannot run here, or a program in it failed. */
export class EngineError extends Error {
  override name = 'EngineError';
}

/** The engine's memory cannot hold what was asked for. */
export class EngineMemoryError extends RangeError {
  override name = 'EngineMemoryError';
}

/** An argument of a kernel that cannot be: wrong length, wrong shape, or not in the engine's memory. */
export class KernelArgumentError extends RangeError {
  override name = 'KernelArgumentError';

  constructor(argument: string, expected: string, got: unknown) {
    super(`${argument}: expected ${expected}, got ${String(got)}`);
  }
}

/** A checkpoint that does not belong to this model or optimiser. */
export class CheckpointMismatchError extends Error {
  override name = 'CheckpointMismatchError';

  constructor(what: string, expected: string, got: string) {
    super(
      `checkpoint: ${what}: expected ${expected}, got ${got}; it was saved by another model or optimiser`,
    );
  }
}

/** A file that is no checkpoint, or one that was damaged. */
export class InvalidCheckpointError extends Error {
  override name = 'InvalidCheckpointError';
}

/** A checkpoint could not be written; those before it are whole. */
export class CheckpointWriteError extends Error {
  override name = 'CheckpointWriteError';
}

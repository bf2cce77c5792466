import { ThroughtimeError } from '@throughtime/errors';

/** The loss of a step is NaN or infinite; the weights are those from before the step. */
export class NonFiniteLossError extends ThroughtimeError {
  override name = 'NonFiniteLossError';
  readonly step: number;

  constructor(step: number, loss: number) {
    super(
      `step ${step}: the loss is ${loss}. The weights were left as they were before this step. ` +
        'Try a lower learning rate or clipNorm, and look for NaN or extreme values in the data.',
    );
    this.step = step;
  }
}

/** A gradient is NaN or infinite; the weights are those from before the step. */
export class NonFiniteGradientError extends ThroughtimeError {
  override name = 'NonFiniteGradientError';
  readonly step: number;
  /** The parameter's name. */
  readonly tensor: string;

  constructor(step: number, tensor: string, value: number) {
    super(
      `step ${step}: the gradient of ${tensor} contains ${value}. The weights were left as they were before this step. ` +
        'Try a lower learning rate, a smaller clipNorm (gradients may explode), or shorter truncation.',
    );
    this.step = step;
    this.tensor = tensor;
  }
}

/** An update made a weight NaN or infinite. */
export class NonFiniteWeightError extends ThroughtimeError {
  override name = 'NonFiniteWeightError';
  readonly step: number;
  /** The parameter's name. */
  readonly tensor: string;

  constructor(step: number, tensor: string, value: number) {
    super(
      `step ${step}: the weight ${tensor} contains ${value}. No checkpoint was written; the one before is whole. ` +
        'Try a lower learning rate or a smaller clipNorm.',
    );
    this.step = step;
    this.tensor = tensor;
  }
}

/** A truncation needs a capability that the model does not have. */
export class UnsupportedTruncationError extends ThroughtimeError {
  override name = 'UnsupportedTruncationError';

  constructor(truncation: string, capability: string) {
    super(
      `truncation ${truncation}: expected a model with the capability '${capability}', got one without; ` +
        'use regular(k) or full()',
    );
  }
}

/** The checkpoint belongs to another run, model or optimizer. */
export class CheckpointMismatchError extends ThroughtimeError {
  override name = 'CheckpointMismatchError';

  constructor(what: string, expected: string, got: string) {
    super(
      `checkpoint: ${what}: expected ${expected}, got ${got}; it was saved by another run, model or optimizer`,
    );
  }
}

/** The file is not a checkpoint, or it is damaged. */
export class InvalidCheckpointError extends ThroughtimeError {
  override name = 'InvalidCheckpointError';
}

/** A checkpoint could not be written; those before it are whole. */
export class CheckpointWriteError extends ThroughtimeError {
  override name = 'CheckpointWriteError';
}

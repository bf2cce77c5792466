/** A weight of a model, with the gradient of the last backward pass. Optimizers, clipping and checkpoints see nothing else. */
export interface Parameter {
  /** PyTorch's name, such as 'rnn.weight_ih_l0'; unique within a model. */
  readonly name: string;
  /** Sizes of its axes, outermost first, such as [G * H, D]; their product is the length of {@link data}. */
  readonly shape: readonly number[];
  /** The values, row-major. Live: updates happen in place. Do not keep it across calls that allocate. */
  readonly data: Float32Array;
  /** The gradient of the loss, laid out as {@link data}; each backward pass overwrites it. */
  readonly gradient: Float32Array;
}

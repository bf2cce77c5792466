/** How far one step goes. */
export interface StepSize {
  /** After the schedule and the group's own factor. */
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Which update this is, from 1. */
  readonly step: number;
  /** The step before which averaging of weights begins; undefined while it has not been decided. */
  readonly averageFrom?: number;
  /** Factor on the gradients, from clipping. Rules see gradients that were scaled before; a backend scales as it goes. Default 1. */
  readonly gradientScale?: number;
}

/**
 * How one tensor's weights follow its gradient. A rule holds no state: that lies in `slots`, arrays as long as the
 * weights, zero at first.
 */
export interface UpdateRule {
  /** 'sgd', 'adam', ...: what a checkpoint and a backend know it by. */
  readonly name: string;
  /** PyTorch's names of the state kept for each weight; may be empty. */
  readonly slots: readonly string[];
  /** Numbers and switches of the rule, for a backend with code of its own. */
  readonly settings: Readonly<Record<string, number | boolean>>;
  /** Moves `weights`. `gradient` is left as it is. */
  apply(weights: Float32Array, gradient: Float32Array, slots: readonly Float32Array[], size: StepSize): void;
}

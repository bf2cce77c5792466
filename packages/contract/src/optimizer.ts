import type { Parameter } from './parameter.js';

/** How far one update goes. */
export interface StepSize {
  /** After the schedule and the parameter group's own factor. */
  readonly learningRate: number;
  /** The rule's weight decay after the parameter group's own factor: L2 in `sgd` and `adam`, decoupled in `adamW`. 0: none. */
  readonly weightDecay: number;
  /** Which update this is, from 1. */
  readonly step: number;
  /** The update before which averaging of weights begins; undefined while it has not been decided. */
  readonly averageFrom?: number;
  /**
   * Factor on the gradients, from clipping. Backends multiply as they go; {@link UpdateRule.apply} gets gradients that are
   * scaled already. Default 1.
   */
  readonly gradientScale?: number;
}

/**
 * How one tensor's weights follow its gradient. A rule holds no state: that lies in `slots`, arrays as long as the weights,
 * zero at first.
 */
export interface UpdateRule {
  /** 'sgd', 'adam', ...: what a checkpoint and a backend know it by. */
  readonly name: string;
  /** PyTorch's names of the state kept for each weight; may be empty. */
  readonly slots: readonly string[];
  /** Numbers and switches of the rule, for a backend with code of its own. */
  readonly settings: Readonly<Record<string, number | boolean>>;
  /** Moves `weights`. Leaves `gradient` as it is. */
  apply(weights: Float32Array, gradient: Float32Array, slots: readonly Float32Array[], size: StepSize): void;
}

/** An array that stays reachable when the memory it lies in grows and older views detach. */
export interface LiveArray {
  /** The values where they lie now. Read it again after a call that may allocate. */
  readonly data: Float32Array;
}

/** One parameter that an update moves, with its slots in the rule's order. */
export interface UpdateTarget {
  /** The weights that move, and their gradient. */
  readonly parameter: Parameter;
  /** The rule's state for these weights, one array per name in {@link UpdateRule.slots}, each as long as the weights. */
  readonly slots: readonly LiveArray[];
}

/** The arithmetic of an update over many tensors, where they lie: plain loops, or an engine in whose memory they are. */
export interface OptimizerBackend {
  /** Room for optimizer state of `parameter`, all zeros. */
  allocate(parameter: Parameter): LiveArray;
  /** Square root of the sum of all squared gradients. */
  gradientNorm(parameters: readonly Parameter[]): number;
  /** Multiplies every gradient by `factor`, in place. */
  scaleGradients(parameters: readonly Parameter[], factor: number): void;
  /**
   * Applies `rule` to all targets, their gradients multiplied by `size.gradientScale`. Returns false when it has no code of its
   * own for the rule; the caller then runs the rule's own loops.
   */
  update(rule: UpdateRule, targets: readonly UpdateTarget[], size: StepSize): boolean;
}

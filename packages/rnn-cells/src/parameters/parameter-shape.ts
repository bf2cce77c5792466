/** What a parameter is for: initializers treat them differently. */
export type ParameterRole =
  | 'input weight'
  | 'recurrent weight'
  | 'projection'
  | 'peephole'
  | 'bias'
  /** Layer norm's factor, 1 at the start. */
  | 'gain'
  /** Layer norm's summand, 0 at the start. */
  | 'shift';

/** A parameter that a configuration calls for. */
export interface ParameterShape {
  /** PyTorch's name, without prefix: 'weight_ih_l0', 'bias_hh_l1_reverse'. */
  readonly name: string;
  /** Sizes of its axes, such as [G * H, D]. */
  readonly shape: readonly number[];
  /** What it does, from which its initial values follow. */
  readonly role: ParameterRole;
}

/**
 * The state of one recurrent layer in one direction: h [N, H], or [N, P] with a projection, and for an LSTM also c [N, H].
 *
 * @typeParam T `Float32Array` where models and the trainer meet; tensors in the tfjs-level API
 */
// A type, not an interface: `tf.tidy` accepts it as what a function returns.
export type LayerState<T = Float32Array> = {
  /** The hidden state: what the layer outputs. [N, H], or [N, P] with a projection. */
  readonly h: T;
  /** The memory cell of an LSTM, [N, H]. Other cells have none. */
  readonly c?: T;
};

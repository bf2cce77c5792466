import { apply, identity, type Matrix, multiply, transpose } from './matrix.js';

/** The chapter's recurrent network without bias or nonlinearity: h_t = W_hx x_t + W_hh h_(t-1), o_t = W_qh h_t, h_0 = 0. */
export interface LinearRnn {
  /** W_hx [H, D] */
  readonly inputWeight: Matrix;
  /** W_hh [H, H] */
  readonly recurrentWeight: Matrix;
  /** W_qh [Q, H] */
  readonly outputWeight: Matrix;
}

/** A forward pass with its loss. */
export interface LinearRnnPass {
  /** L = 1/T sum over t of |o_t - y_t|^2 / 2 */
  readonly loss: number;
  /** h_0 ... h_T */
  readonly hidden: readonly Float64Array[];
  /** dL/do_1 ... dL/do_T, at the indices 0 ... T - 1 */
  readonly outputGradients: readonly Float64Array[];
}

/** The gradients of the loss by states and weights (the chapter's equations of backpropagation through time). */
export interface LinearRnnGradients {
  /** dL/dh_1 ... dL/dh_T, at the indices 0 ... T - 1 */
  readonly hidden: readonly Float64Array[];
  /** dL/dW_hx */
  readonly inputWeight: Matrix;
  /** dL/dW_hh */
  readonly recurrentWeight: Matrix;
  /** dL/dW_qh */
  readonly outputWeight: Matrix;
}

type Vectors = readonly ArrayLike<number>[];

/** @param inputs x_1 ... x_T, [D] each @param targets y_1 ... y_T, [Q] each */
export function linearRnnPass(rnn: LinearRnn, inputs: Vectors, targets: Vectors): LinearRnnPass {
  const hidden: Float64Array[] = [new Float64Array(rnn.recurrentWeight.rows)];
  const outputGradients: Float64Array[] = [];
  let loss = 0;
  for (const [t, x] of inputs.entries()) {
    const h = sum(apply(rnn.inputWeight, x), apply(rnn.recurrentWeight, hidden[t]));
    hidden.push(h);
    const error = apply(rnn.outputWeight, h).map((value, i) => value - targets[t][i]);
    loss += error.reduce((total, value) => total + value * value, 0) / 2 / inputs.length;
    outputGradients.push(error.map((value) => value / inputs.length));
  }
  return { loss, hidden, outputGradients };
}

/** By the recurrence, back through time: dL/dh_T = W_qh^T dL/do_T, dL/dh_t = W_hh^T dL/dh_(t+1) + W_qh^T dL/do_t. */
export function gradientsByRecurrence(rnn: LinearRnn, inputs: Vectors, targets: Vectors): LinearRnnGradients {
  const pass = linearRnnPass(rnn, inputs, targets);
  const [backward, fromOutput] = [transpose(rnn.recurrentWeight), transpose(rnn.outputWeight)];
  const hidden: Float64Array[] = [];
  for (let t = inputs.length - 1; t >= 0; t--) {
    const own = apply(fromOutput, pass.outputGradients[t]);
    hidden.unshift(hidden.length === 0 ? own : sum(apply(backward, hidden[0]), own));
  }
  return weightGradients(rnn, inputs, pass, hidden);
}

/** By the closed form: dL/dh_t = sum over i = t..T of (W_hh^T)^(T-i) W_qh^T dL/do_(T+t-i). */
export function gradientsByClosedForm(rnn: LinearRnn, inputs: Vectors, targets: Vectors): LinearRnnGradients {
  const pass = linearRnnPass(rnn, inputs, targets);
  const last = inputs.length;
  const backward = transpose(rnn.recurrentWeight);
  const powers: Matrix[] = [identity(backward.rows)];
  while (powers.length < last) powers.push(multiply(powers[powers.length - 1], backward));
  const fromOutput = transpose(rnn.outputWeight);
  const hidden = inputs.map((_, index) => {
    const t = index + 1;
    let gradient: Float64Array = new Float64Array(backward.rows);
    for (let i = t; i <= last; i++) {
      const output = pass.outputGradients[last + t - i - 1];
      gradient = sum(gradient, apply(powers[last - i], apply(fromOutput, output)));
    }
    return gradient;
  });
  return weightGradients(rnn, inputs, pass, hidden);
}

/** dL/dW_qh = sum dL/do_t h_t^T; dL/dW_hx = sum dL/dh_t x_t^T; dL/dW_hh = sum dL/dh_t h_(t-1)^T. */
function weightGradients(
  rnn: LinearRnn,
  inputs: Vectors,
  { hidden: h, outputGradients }: LinearRnnPass,
  hidden: readonly Float64Array[],
): LinearRnnGradients {
  return {
    hidden,
    inputWeight: outerSum(rnn.inputWeight, hidden, inputs),
    recurrentWeight: outerSum(rnn.recurrentWeight, hidden, h),
    outputWeight: outerSum(rnn.outputWeight, outputGradients, h.slice(1)),
  };
}

/** The sum over t of left_t right_t^T, in the shape of `like`. */
function outerSum({ rows, columns }: Matrix, left: Vectors, right: Vectors): Matrix {
  const values = new Float64Array(rows * columns);
  for (const [t, column] of left.entries()) {
    for (let at = 0; at < values.length; at++) {
      values[at] += column[Math.floor(at / columns)] * right[t][at % columns];
    }
  }
  return { rows, columns, values };
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]);
}

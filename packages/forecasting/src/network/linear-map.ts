import type { Parameter } from '@throughtime/contract';

/** Rows whose sums run side by side: one sum alone waits for each of its additions. */
const together = 4;

/**
 * y = W x over many rows, with gradients by hand. It takes the rows four at a time, because readouts of long windows are most of the
 * arithmetic beside the engine's.
 */
export class LinearMap {
  /** [out, in] */
  readonly weight: Parameter;
  readonly inputs: number;
  readonly outputs: number;

  constructor(name: string, { inputs, outputs }: { readonly inputs: number; readonly outputs: number }) {
    this.inputs = inputs;
    this.outputs = outputs;
    const size = inputs * outputs;
    this.weight = {
      name,
      shape: [outputs, inputs],
      data: new Float32Array(size),
      gradient: new Float32Array(size),
    };
  }

  /** Adds W x to each row of `to`. @param from [rows, in] @param to [rows, out] */
  addForward(from: Float32Array, to: Float32Array, rows: number): void {
    const { inputs, outputs } = this;
    const { data } = this.weight;
    let row = 0;
    for (; row + together <= rows; row += together) {
      const [a, b, c, d] = [0, 1, 2, 3].map((i) => (row + i) * inputs);
      for (let o = 0; o < outputs; o++) {
        const w = o * inputs;
        let [sa, sb, sc, sd] = [0, 0, 0, 0];
        for (let i = 0; i < inputs; i++) {
          const weight = data[w + i];
          sa += weight * from[a + i];
          sb += weight * from[b + i];
          sc += weight * from[c + i];
          sd += weight * from[d + i];
        }
        const at = row * outputs + o;
        to[at] += sa;
        to[at + outputs] += sb;
        to[at + 2 * outputs] += sc;
        to[at + 3 * outputs] += sd;
      }
    }
    for (; row < rows; row++) {
      for (let o = 0; o < outputs; o++) {
        let sum = 0;
        for (let i = 0; i < inputs; i++) sum += data[o * inputs + i] * from[row * inputs + i];
        to[row * outputs + o] += sum;
      }
    }
  }

  /** Writes the gradient of W, given the loss's gradient [rows, out] at the outputs. */
  writeGradient(from: Float32Array, outputGradient: Float32Array, rows: number): void {
    const { inputs, outputs } = this;
    const { gradient } = this.weight;
    gradient.fill(0);
    let row = 0;
    for (; row + together <= rows; row += together) {
      const [a, b, c, d] = [0, 1, 2, 3].map((i) => (row + i) * inputs);
      for (let o = 0; o < outputs; o++) {
        const w = o * inputs;
        const at = row * outputs + o;
        const ga = outputGradient[at];
        const gb = outputGradient[at + outputs];
        const gc = outputGradient[at + 2 * outputs];
        const gd = outputGradient[at + 3 * outputs];
        for (let i = 0; i < inputs; i++) {
          gradient[w + i] += ga * from[a + i] + gb * from[b + i] + gc * from[c + i] + gd * from[d + i];
        }
      }
    }
    for (; row < rows; row++) {
      for (let o = 0; o < outputs; o++) {
        const g = outputGradient[row * outputs + o];
        for (let i = 0; i < inputs; i++) gradient[o * inputs + i] += g * from[row * inputs + i];
      }
    }
  }

  /** W^T g: the loss's gradient at the inputs, into `to` [rows, in]. */
  writeInputGradient(outputGradient: Float32Array, to: Float32Array, rows: number): void {
    const { inputs, outputs } = this;
    const { data } = this.weight;
    to.fill(0, 0, rows * inputs);
    for (let row = 0; row < rows; row++) {
      const start = row * inputs;
      let o = 0;
      for (; o + together <= outputs; o += together) {
        const at = row * outputs + o;
        const [ga, gb] = [outputGradient[at], outputGradient[at + 1]];
        const [gc, gd] = [outputGradient[at + 2], outputGradient[at + 3]];
        const [a, b, c, d] = [o * inputs, (o + 1) * inputs, (o + 2) * inputs, (o + 3) * inputs];
        for (let i = 0; i < inputs; i++) {
          to[start + i] += ga * data[a + i] + gb * data[b + i] + gc * data[c + i] + gd * data[d + i];
        }
      }
      for (; o < outputs; o++) {
        const g = outputGradient[row * outputs + o];
        for (let i = 0; i < inputs; i++) to[start + i] += g * data[o * inputs + i];
      }
    }
  }
}

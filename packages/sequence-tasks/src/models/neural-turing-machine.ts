import * as tf from '@tensorflow/tfjs-core';
import { checkOptions, type OptionChecks, required, whole } from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { dense, unitVectors } from '@throughtime/rnn-cells/tfjs';

/** The controller, the memory and the heads (Graves, Wayne and Danihelka 2014). */
export interface NeuralTuringMachineOptions {
  /** D */
  readonly inputSize: number;
  /** O */
  readonly outputSize: number;
  /** H, the units of the controller. Default 32. */
  readonly hiddenSize?: number;
  /** R, the rows of the memory: a sequence that is to be remembered must fit. Default 32. */
  readonly rows?: number;
  /** C, the numbers in each row. Default 16. */
  readonly width?: number;
  /** Draws the starting weights. */
  readonly random: Random;
}

const size = whole({ from: 1 });

const checks: OptionChecks<NeuralTuringMachineOptions> = {
  inputSize: required(size),
  outputSize: required(size),
  hiddenSize: size,
  rows: size,
  width: size,
  random: required(randomSource),
};

/** What the memory holds at first: not 0, whose direction content could not be compared with. */
const emptiness = 0.01;

/**
 * A Neural Turing Machine (Graves et al. 2014): a controller without state of its own, which writes into a memory [R, C] by one head and
 * reads from it by another. A larger memory does not grow the weights, so what it has learned holds for longer sequences. In tfjs
 * operations over `tf.Variable`s: train it by `tfjsModel` of `@throughtime/bptt-trainer/tfjs`, or tfjs's own optimizers.
 *
 *     h_t = tanh(W [x_t, r_(t-1)] + b)                                  the controller
 *     w_t = firmly(shifted(g softmax(beta cos(k, M)) + (1 - g) w_(t-1)))   where a head looks: key k, gate g (section 3.3)
 *     M_t = M_(t-1) * (1 - w_t e_t) + w_t a_t                           what the write head erases, e, and adds, a
 *     r_t = w_t M_t,    y_t = V [h_t, r_t] + c
 */
export class NeuralTuringMachine {
  /** By part and name: 'controller.weight' [H, D + C], 'heads.weight' [2 (C + 6), H], 'edits.weight' [2 C, H], 'output.weight' [O, H + C], and biases. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  readonly #options: Required<NeuralTuringMachineOptions>;
  readonly #controller: Dense;
  /** Of either head: a key, how sharply it is compared, how much content counts, where to move (3), how firmly it looks. */
  readonly #heads: Dense;
  readonly #edits: Dense;
  readonly #output: Dense;

  /** @throws ArgumentError */
  constructor(options: NeuralTuringMachineOptions) {
    checkOptions<NeuralTuringMachineOptions>(options, checks);
    const { inputSize, outputSize, hiddenSize = 32, rows = 32, width = 16, random } = options;
    this.#options = { inputSize, outputSize, hiddenSize, rows, width, random };
    this.#controller = dense({ inputSize: inputSize + width, outputSize: hiddenSize, random });
    this.#heads = dense({ inputSize: hiddenSize, outputSize: 2 * (width + 6), random });
    this.#edits = dense({ inputSize: hiddenSize, outputSize: 2 * width, random });
    this.#output = dense({ inputSize: hiddenSize + width, outputSize, random });
    const parts = {
      controller: this.#controller,
      heads: this.#heads,
      edits: this.#edits,
      output: this.#output,
    };
    this.weights = new Map(
      Object.entries(parts).flatMap(([part, { weights }]) =>
        [...weights].map(([name, weight]) => [`${part}.${name}`, weight] as const),
      ),
    );
  }

  /**
   * Reads sequences from an empty memory, both heads at its first row.
   * @param inputs [N, T, D]
   * @returns [N, T, O] outputs, and where the heads looked, [N, T, 2, R], the one that reads first. The caller disposes them
   */
  unroll(inputs: tf.Tensor3D): { outputs: tf.Tensor3D; looks: tf.Tensor4D } {
    const { rows, width, outputSize } = this.#options;
    const [batchSize] = inputs.shape;
    return tf.tidy(() => {
      // A look at row i moves to row i + 1, from the last to the first.
      const onward = unitVectors(
        Int32Array.from({ length: rows }, (_, i) => (i + 1) % rows),
        rows,
      );
      const moves = [tf.transpose(onward), undefined, onward];
      let memory = tf.fill([batchSize, rows, width], emptiness) as tf.Tensor3D;
      let look = tf.reshape(unitVectors(new Int32Array(2 * batchSize), rows), [
        batchSize,
        2,
        rows,
      ]) as tf.Tensor3D;
      let read = tf.zeros([batchSize, width]) as tf.Tensor2D;
      const outputs: tf.Tensor2D[] = [];
      const looks: tf.Tensor3D[] = [];
      for (const x of tf.unstack(inputs, 1) as tf.Tensor2D[]) {
        const h = tf.tanh(this.#controller.apply(tf.concat([x, read], 1)));
        look = this.#address(h, memory, look, moves);
        const [reads, writes] = tf.split(look, 2, 1);
        const edits = tf.reshape(this.#edits.apply(h), [batchSize, 2, width]);
        const [erased, added] = tf.split(edits, 2, 1);
        const place = tf.transpose(writes, [0, 2, 1]); // [N, R, 1]
        const kept = tf.sub(1, tf.matMul(place, tf.sigmoid(erased)));
        memory = tf.add(tf.mul(memory, kept), tf.matMul(place, tf.tanh(added)));
        read = tf.reshape(tf.matMul(reads, memory), [batchSize, width]);
        outputs.push(this.#output.apply(tf.concat([h, read], 1)));
        looks.push(look);
      }
      const joined = tf.reshape(tf.stack(outputs, 1), [batchSize, outputs.length, outputSize]);
      return { outputs: joined as tf.Tensor3D, looks: tf.stack(looks, 1) as tf.Tensor4D };
    });
  }

  /** Frees the variables. */
  dispose(): void {
    tf.dispose([...this.weights.values()]);
  }

  /** Where both heads look, [N, 2, R]: by content, mixed with where they looked before, moved, and made firm. */
  #address(
    h: tf.Tensor2D,
    memory: tf.Tensor3D,
    before: tf.Tensor3D,
    moves: readonly (tf.Tensor2D | undefined)[],
  ): tf.Tensor3D {
    const { rows, width } = this.#options;
    const [batchSize] = h.shape;
    const wanted = tf.reshape(this.#heads.apply(h), [batchSize, 2, width + 6]) as tf.Tensor3D;
    const [key, sharpness, gate, move, firmness] = tf.split(wanted, [width, 1, 1, 3, 1], 2);
    const likeness = tf.matMul(unit(key), tf.transpose(unit(memory), [0, 2, 1]));
    const byContent = tf.softmax(tf.mul(tf.softplus(sharpness), likeness));
    const content = tf.sigmoid(gate);
    const mixed = tf.add(tf.mul(content, byContent), tf.mul(tf.sub(1, content), before));
    const flat = tf.reshape(mixed, [2 * batchSize, rows]) as tf.Tensor2D;
    const moved = tf.split(tf.softmax(move), 3, 2).map((share, i) => {
      const matrix = moves[i];
      return tf.mul(share, matrix ? tf.reshape(tf.matMul(flat, matrix), [batchSize, 2, rows]) : mixed);
    });
    // The small number keeps the gradient of the power finite at 0.
    const firm = tf.pow(tf.add(tf.addN(moved), 1e-8), tf.add(1, tf.softplus(firmness)));
    return tf.div(firm, tf.sum(firm, -1, true));
  }
}

type Dense = ReturnType<typeof dense>;

/** Rows of length 1. */
function unit(x: tf.Tensor): tf.Tensor {
  return tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-6)));
}

import type { BatchIterator, BatchSource } from '@throughtime/contract';
import { Random } from '@throughtime/random';

/** What a network is trained on: n examples, each a row of inputs and a row of targets. */
export interface Examples {
  readonly count: number; // n
  readonly inputs: Float32Array; // [n, I]
  readonly targets: Float32Array; // [n, O], NaN where missing
  /** T, where a row of inputs is a sequence [T, I / T]; 1 otherwise. */
  readonly steps: number;
}

export interface ExampleBatch {
  readonly inputs: Float32Array; // [N, I]
  readonly targets: Float32Array; // [N, O]
  readonly batchSize: number; // N
  readonly steps: number; // T
}

/** All examples as one batch. */
export function wholeBatch({ inputs, targets, count, steps }: Examples): ExampleBatch {
  return { inputs, targets, batchSize: count, steps };
}

export interface ShuffledOptions {
  readonly batchSize: number;
  /** Draws each epoch's order. */
  readonly random: Random;
}

/** The examples in a new order each epoch; the last batch, where it is smaller, is kept. */
export function shuffledBatches(
  examples: Examples,
  { batchSize, random }: ShuffledOptions,
): BatchSource<ExampleBatch> {
  const length = Math.ceil(examples.count / batchSize);
  const epoch = (order: Random, index: number): BatchIterator<ExampleBatch> => {
    const start = order.state();
    const rows = order.shuffle(Int32Array.from({ length: examples.count }, (_, row) => row));
    let taken = index;
    return {
      next() {
        if (taken >= length) return { done: true, value: undefined };
        const value = pickRows(examples, rows.subarray(taken * batchSize, (taken + 1) * batchSize));
        taken++;
        return { done: false, value };
      },
      cursor: () => ({ random: start, index: taken }),
      [Symbol.iterator]() {
        return this;
      },
    };
  };
  return {
    length,
    continues: false,
    from: (cursor) => epoch(Random.fromState(cursor.random), cursor.index),
    [Symbol.iterator]: () => epoch(random, 0),
  };
}

function pickRows({ count, inputs, targets, steps }: Examples, rows: Int32Array): ExampleBatch {
  return {
    inputs: gather(inputs, inputs.length / count, rows),
    targets: gather(targets, targets.length / count, rows),
    batchSize: rows.length,
    steps,
  };
}

function gather(from: Float32Array, width: number, rows: Int32Array): Float32Array {
  const to = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    to.set(from.subarray(row * width, (row + 1) * width), i * width);
  });
  return to;
}

// A model of the machine: how long an update takes from the sizes of a network, for any number of threads.
import { hiddenSizes, trainingOperations } from './models.mjs';

const gates = { rnn: 1, gru: 3, lstm: 4, mingru: 2 };

/** Half of a second-level cache that is small today: recurrent weights beyond it are fetched anew at every step. */
const cacheBytes = 256 * 1024;

/**
 * What an update consists of, each with a cost of its own.
 * @type {Readonly<Record<string, { unit: string, threads: boolean, count: (model: import('./models.mjs').TrainingCase) => number }>>}
 */
export const parts = {
  products: {
    unit: 'ns per 1000 flops',
    threads: true,
    count: (model) => (trainingOperations(model) * tokensOf(model)) / 1000,
  },
  gates: {
    unit: 'ns each',
    threads: true,
    count: (model) => tokensOf(model) * sum(hiddenSizes(model).map((size) => gates[model.cell] * size)),
  },
  logits: { unit: 'ns each', threads: true, count: (model) => tokensOf(model) * model.vocabulary },
  'recurrent weights fetched': {
    unit: 'ns per kB',
    threads: true,
    count: (model) =>
      (model.steps *
        sum(hiddenSizes(model).map((size) => beyondCache(4 * gates[model.cell] * size * size)))) /
      1024,
  },
  'weights packed, clipped, updated': { unit: 'ns each', threads: true, count: weightsOf },
  'steps of a layer': { unit: 'ns each', threads: false, count: ({ steps, layers }) => steps * layers },
  'the update itself': { unit: 'ns', threads: false, count: () => 1 },
};

/**
 * Costs of all parts with one thread, and how many threads' work two do, fitted to measured updates with the least squares of relative
 * errors; no cost is below 0.
 * @param {readonly { model: import('./models.mjs').TrainingCase, threads: number, nanoseconds: number }[]} measured
 */
export function fitMachine(measured) {
  const alone = measured.filter(({ threads }) => threads === 1);
  const names = Object.keys(parts);
  const rows = alone.map(({ model, nanoseconds }) =>
    names.map((name) => parts[name].count(model) / nanoseconds),
  );
  const costs = nonNegativeLeastSquares(rows);
  const machine = { costs: Object.fromEntries(names.map((name, i) => [name, costs[i]])), sharing: 0 };
  // Of two threads: each slows the other down by this share.
  const both = measured.filter(({ threads }) => threads === 2);
  let [low, high] = [0, 1];
  const excess = (/** @type {number} */ sharing) =>
    sum(
      both.map(({ model, nanoseconds }) =>
        Math.log(predicted({ ...machine, sharing }, model, 2) / nanoseconds),
      ),
    );
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) high = middle;
    else low = middle;
  }
  return { ...machine, sharing: both.length > 0 ? (low + high) / 2 : 0 };
}

/**
 * Nanoseconds of an update. Threads share what they can share; n of them do the work of n / (1 + sharing (n - 1)).
 * @param {ReturnType<typeof fitMachine>} machine @param {import('./models.mjs').TrainingCase} model @param {number} threads
 */
export function predicted({ costs, sharing }, model, threads) {
  const workers = threads / (1 + sharing * (threads - 1));
  return sum(
    Object.entries(parts).map(
      ([name, part]) => (costs[name] * part.count(model)) / (part.threads ? workers : 1),
    ),
  );
}

/** Bytes that training cannot do without: weights and gradients, and of each token what the backward pass reads. Logits need not be kept. */
export function leastMemory(/** @type {import('./models.mjs').TrainingCase} */ model) {
  const read = sum(hiddenSizes(model).map((size) => (gates[model.cell] + 2) * size));
  return 4 * (2 * weightsOf(model) + tokensOf(model) * read);
}

/** @param {import('./models.mjs').TrainingCase} model */
function weightsOf({ cell, vocabulary, hidden, layers, embedding = 0 }) {
  const sizes = hiddenSizes({ hidden, layers });
  const inputs = sizes.map((_, i) => (i > 0 ? sizes[i - 1] : embedding || vocabulary));
  const own = sizes.map((size, i) => gates[cell] * size * (inputs[i] + size + 2));
  return sum(own) + vocabulary * (sizes[sizes.length - 1] + 1 + embedding);
}

function tokensOf({ batch, steps }) {
  return batch * steps;
}

function beyondCache(bytes) {
  return Math.max(0, bytes - cacheBytes);
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** x >= 0 with the least sum of (row . x - 1)^2, by coordinate descent: few unknowns, so it ends soon. @param {number[][]} rows */
function nonNegativeLeastSquares(rows) {
  const unknowns = rows[0].length;
  // Columns of one scale, or the descent crawls.
  const scales = Array.from(
    { length: unknowns },
    (_, j) => Math.sqrt(sum(rows.map((row) => row[j] ** 2))) || 1,
  );
  const x = new Array(unknowns).fill(0);
  const residuals = rows.map(() => -1);
  for (let round = 0; round < 5_000; round++) {
    for (let j = 0; j < unknowns; j++) {
      const slope = sum(rows.map((row, i) => (row[j] / scales[j]) * residuals[i]));
      const step = Math.max(-x[j], -slope);
      x[j] += step;
      for (const [i, row] of rows.entries()) residuals[i] += (step * row[j]) / scales[j];
    }
  }
  return x.map((value, j) => value / scales[j]);
}

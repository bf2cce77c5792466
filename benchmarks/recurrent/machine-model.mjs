// A model of the machine: how long an update takes from the sizes of a network, for any number of threads.
import { readFileSync } from 'node:fs';
import { hiddenSizes, trainingOperations } from './models.mjs';

const gates = { rnn: 1, gru: 3, lstm: 4, mingru: 2 };

/** The second-level cache, where Linux says how large it is: recurrent weights beyond it are fetched again at every step. */
const cacheBytes = secondLevelCache() ?? 512 * 1024;

/** Columns of a packed panel, rows of the highest tile, and the most rows that one task of a recurrence has: as the engine has them. */
const panelColumns = 8;
const tileRows = 6;
const mostRows = 64;

/**
 * What an update consists of, each with a cost of its own: `count` says how often the thread with the most to do does it, of `threads` threads.
 * @type {Readonly<Record<string, { unit: string, shared: boolean, count: (model: import('./models.mjs').TrainingCase, threads: number) => number }>>}
 */
export const parts = {
  'products over all positions': {
    unit: 'ns per 1000 flops',
    shared: true,
    count: (model, threads) =>
      ((trainingOperations(model) - 2 * recurrentOperations(model)) * tokensOf(model)) / 1000 / threads,
  },
  'products of a step': {
    unit: 'ns per 1000 flops',
    shared: true,
    count: (model, threads) => (recurrentOperations(model) * 2 * model.steps * rowsOf(model, threads)) / 1000,
  },
  // A low tile waits for its own sums, however few they are.
  'tiles of a step, per k': {
    unit: 'ns each',
    shared: true,
    count: (model, threads) => {
      const rows = rowsOf(model, threads);
      const tasks = Math.ceil(rows / mostRows);
      const tiles = tasks * Math.ceil(rows / tasks / tileRows);
      return (2 * model.steps * tiles * recurrentWeights(model)) / panelColumns;
    },
  },
  gates: {
    unit: 'ns each',
    shared: true,
    count: (model, threads) =>
      model.steps * rowsOf(model, threads) * sum(hiddenSizes(model).map((size) => gates[model.cell] * size)),
  },
  logits: {
    unit: 'ns each',
    shared: true,
    count: (model, threads) => (tokensOf(model) * model.vocabulary) / threads,
  },
  // Every task reads all of them in every step, forward and backward.
  'recurrent weights beyond the second-level cache': {
    unit: 'ns per kB',
    shared: true,
    count: (model, threads) =>
      (2 *
        Math.ceil(rowsOf(model, threads) / mostRows) *
        model.steps *
        sum(hiddenSizes(model).map((size) => beyondCache(4 * gates[model.cell] * size * size)))) /
      1024,
  },
  'weights packed, clipped, updated': {
    unit: 'ns each',
    shared: true,
    count: (model, threads) => weightsOf(model) / threads,
  },
  'the update itself': { unit: 'ns', shared: false, count: () => 1 },
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
    names.map((name) => parts[name].count(model, 1) / nanoseconds),
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
 * Nanoseconds of an update: those of the thread with the most to do, which each further thread slows down by the share `sharing`.
 * @param {ReturnType<typeof fitMachine>} machine @param {import('./models.mjs').TrainingCase} model @param {number} threads
 */
export function predicted({ costs, sharing }, model, threads) {
  const slower = 1 + sharing * (threads - 1);
  return sum(
    Object.entries(parts).map(
      ([name, part]) => costs[name] * part.count(model, threads) * (part.shared ? slower : 1),
    ),
  );
}

/** Batch rows of the thread with the most of them. */
function rowsOf({ batch }, threads) {
  return Math.ceil(batch / threads);
}

function recurrentWeights({ cell, hidden, layers }) {
  if (cell === 'mingru') return 0;
  return sum(hiddenSizes({ hidden, layers }).map((size) => gates[cell] * size * size));
}

/** Of one step of the recurrence, forward or backward: flops a token. */
function recurrentOperations(model) {
  return 2 * recurrentWeights(model);
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

function secondLevelCache() {
  try {
    return 1024 * Number.parseInt(readFileSync('/sys/devices/system/cpu/cpu0/cache/index2/size', 'utf8'), 10);
  } catch {
    return undefined;
  }
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

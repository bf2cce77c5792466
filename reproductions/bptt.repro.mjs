// The chapter's section on backpropagation through time as experiments: what the formulas say, what gradients do.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { full, randomized, regular, sgd } from '@throughtime/bptt-trainer';
import { loadText, sequentialBatches } from '@throughtime/datasets';
import { gradientFlowFigure, gradientNormCurves, perplexityCurves, seriesFigure } from '@throughtime/figures';
import {
  gradientsByClosedForm,
  gradientsByRecurrence,
  jacobianNorms,
  randomizedEstimate,
  randomMatrix,
  sideBySide,
  spectralRadiusSweep,
  truncationErrors,
} from '@throughtime/gradient-flow';
import { RecurrentLanguageModel } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { orthogonal, recurrentParameters } from '@throughtime/rnn-cells';
import { charTokenizer, Vocabulary } from '@throughtime/text-preprocess';

export const description =
  'Backpropagation through time: closed forms, vanishing and exploding, truncation, clipping';
export const duration = 'about a minute';

/** @typedef {{ name: string, expected: string, ours: string, within: boolean }} Check */

/** @param {{ report(line: string): void }} context */
export async function run({ report }) {
  await tf.setBackend('wasm');
  const text = (await loadText('moby-dick')).text
    .slice(0, 10_000)
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ');
  const characters = charTokenizer().tokenize(text);
  const vocabulary = Vocabulary.fromTokens(characters);
  const ids = vocabulary.encode(characters);

  report('1. closed forms against automatic gradients');
  const closed = closedForms();
  report('2. how far back the last state depends on earlier ones');
  const flow = await distances();
  report('3. the spectral radius of the recurrent matrix');
  const radii = spectralRadii();
  report('4. what truncation loses, and the randomised estimator');
  const estimates = await truncatedGradients(ids, vocabulary);
  report('5. strategies, clipping and nonlinearities trained side by side');
  const trained = await training(ids, vocabulary);

  return {
    checks: [...closed, ...flow.checks, ...radii.checks, ...estimates.checks, ...trained.checks],
    figures: { ...flow.figures, ...radii.figures, ...estimates.figures, ...trained.figures },
    notes: [...estimates.notes, ...trained.notes],
  };
}

/** @returns {Check[]} */
function closedForms() {
  const random = Random.seeded(1);
  const [D, H, Q, T] = [4, 8, 3, 12];
  const rnn = {
    inputWeight: randomMatrix(H, D, random),
    recurrentWeight: randomMatrix(H, H, random),
    outputWeight: randomMatrix(Q, H, random),
  };
  /** @param {number} size */
  const vectors = (size) =>
    Array.from({ length: T }, () => Float64Array.from({ length: size }, () => random.normal()));
  const [inputs, targets] = [vectors(D), vectors(Q)];
  const byRecurrence = gradientsByRecurrence(rnn, inputs, targets);
  const byClosedForm = gradientsByClosedForm(rnn, inputs, targets);
  const names = /** @type {const} */ (['inputWeight', 'recurrentWeight', 'outputWeight']);

  /** @param {ArrayLike<number>} values @param {number[]} shape */
  const tensor = (values, shape) => tf.tensor(Float32Array.from(values), shape);
  /** @param {tf.Tensor[]} weights */
  const loss = (...weights) => {
    const [hx, hh, qh] = /** @type {tf.Tensor2D[]} */ (weights);
    let h = /** @type {tf.Tensor2D} */ (tf.zeros([H, 1]));
    let total = /** @type {tf.Tensor} */ (tf.scalar(0));
    inputs.forEach((x, t) => {
      h = tf.add(tf.matMul(hx, /** @type {tf.Tensor2D} */ (tensor(x, [D, 1]))), tf.matMul(hh, h));
      total = tf.add(total, tf.sum(tf.squaredDifference(tf.matMul(qh, h), tensor(targets[t], [Q, 1]))));
    });
    return /** @type {tf.Scalar} */ (tf.div(total, 2 * T));
  };
  const automatic = tf.tidy(() =>
    tf
      .grads(loss)(names.map((name) => tensor(rnn[name].values, [rnn[name].rows, rnn[name].columns])))
      .map((gradient) => gradient.dataSync()),
  );
  /** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
  const largest = (a, b) =>
    Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
  const apart = names.map((name, i) => largest(byClosedForm[name].values, automatic[i]));
  const rounding = names.map((name) => largest(byClosedForm[name].values, byRecurrence[name].values));
  return [
    atMost('closed form against automatic gradients', Math.max(...apart), 1e-5),
    atMost('closed form against the recurrence', Math.max(...rounding), 1e-12),
  ];
}

async function distances() {
  const steps = 60;
  const size = { inputSize: 16, hiddenSize: 32 };
  const random = Random.seeded(2);
  const inputs = Float32Array.from({ length: steps * size.inputSize }, () => random.normal());
  /** @param {import('@throughtime/rnn-cells').RecurrentConfig} config @param {object} [options] */
  const norms = (config, options = {}) =>
    jacobianNorms(config, recurrentParameters(config, { random: Random.seeded(3), ...options }), inputs);
  const rnn = (await norms({ cell: 'rnn', ...size })).hidden;
  const gru = (await norms({ cell: 'gru', ...size })).hidden;
  const lstm = (await norms({ cell: 'lstm', ...size })).hidden;
  const open = (await norms({ cell: 'lstm', ...size }, { forgetBias: 4 })).cell ?? new Float64Array();
  const initializer = orthogonal(1.2);
  const tanh = (await norms({ cell: 'rnn', nonlinearity: 'tanh', ...size }, { initializer })).hidden;
  const relu = (await norms({ cell: 'rnn', nonlinearity: 'relu', ...size }, { initializer })).hidden;
  return {
    checks: [
      {
        name: `||dh_T/dh_t|| over ${steps} steps, PyTorch's initial weights`,
        expected: 'RNN < 1e-6 < cell of an LSTM with forget bias 4',
        ours: `RNN ${rnn[steps].toExponential(1)}, LSTM ${open[steps].toExponential(1)}`,
        within: rnn[steps] < 1e-6 && open[steps] > 1e-6,
      },
      {
        name: `orthogonal weights times 1.2, tanh and ReLU over ${steps} steps`,
        expected: 'tanh < ReLU',
        ours: `tanh ${tanh[steps].toExponential(1)}, ReLU ${relu[steps].toExponential(1)}`,
        within: tanh[steps] < relu[steps],
      },
    ],
    figures: {
      'gradient-by-cell': gradientFlowFigure([
        { label: 'RNN', norms: rnn },
        { label: 'GRU', norms: gru },
        { label: 'LSTM', norms: lstm },
        { label: 'LSTM cell, forget bias 4', norms: open.slice(1) },
      ]),
      'gradient-tanh-relu': gradientFlowFigure(
        [
          { label: 'tanh', norms: tanh },
          { label: 'ReLU', norms: relu },
        ],
        { title: 'Gradient over distance: orthogonal weights times 1.2' },
      ),
    },
  };
}

function spectralRadii() {
  const rows = spectralRadiusSweep({ radii: [0.8, 0.9, 1, 1.1, 1.2], random: Random.seeded(4) });
  const worst = Math.max(...rows.map(({ slope, expectedSlope }) => Math.abs(slope - expectedSlope)));
  return {
    checks: [atMost('slope of log ||dh_T/dh_t|| against log rho, five radii', worst, 0.005)],
    figures: {
      'spectral-radius': gradientFlowFigure(
        rows.map(({ radius, norms }) => ({ label: `rho ${radius}`, norms })),
        { title: 'Linear recurrent network: gradient over distance by spectral radius' },
      ),
    },
  };
}

/** @param {Int32Array} ids @param {Vocabulary} vocabulary */
async function truncatedGradients(ids, vocabulary) {
  const random = Random.seeded(5);
  const model = newModel(vocabulary, 'tanh', 24);
  const batch = sequentialBatches(ids, { batchSize: 8, steps: 24, random })[Symbol.iterator]().next().value;
  const errors = await truncationErrors(model, batch, [1, 2, 3, 4, 6, 8, 12, 16, 24], random);
  const estimates = [];
  for (const keep of [0.95, 0.8])
    estimates.push(await randomizedEstimate(model, batch, keep, { repeats: 60, random }));
  const falls = errors.every(
    ({ relativeError }, i) => i === 0 || relativeError <= errors[i - 1].relativeError,
  );
  return {
    checks: [
      {
        name: 'truncation error over tau',
        expected: 'falls, to 0 at tau = T',
        ours: errors
          .map(({ steps, relativeError }) => `${steps}: ${relativeError.toPrecision(2)}`)
          .join(', '),
        within: falls && errors[errors.length - 1].relativeError < 1e-5,
      },
      ...estimates.map(({ keep, relativeBias, standardError }) => ({
        name: `randomised truncation, pi ${keep}: distance of the mean of 60 from the full gradient`,
        expected: `<= ${(2 * standardError).toPrecision(2)} (twice its standard error)`,
        ours: relativeBias.toPrecision(2),
        within: relativeBias <= 2 * standardError,
      })),
    ],
    figures: {
      'truncation-error': seriesFigure(
        [
          {
            label: 'relative error',
            points: errors.map(({ steps, relativeError }) => ({ time: steps, value: relativeError })),
          },
        ],
        { title: 'Truncated against full gradient', timeLabel: 'tau, steps', valueLabel: 'relative error' },
      ),
    },
    notes: estimates.map(
      ({ keep, relativeDeviation }) =>
        `randomised truncation, pi ${keep}: one estimate deviates from the full gradient by ${relativeDeviation.toPrecision(2)} of its length`,
    ),
  };
}

/** @param {Int32Array} ids @param {Vocabulary} vocabulary */
async function training(ids, vocabulary) {
  const random = Random.seeded(6);
  const shape = { batchSize: 16, steps: 32 };
  const epochs = 20;
  const batches = () => sequentialBatches(ids, { ...shape, random: Random.seeded(7) });
  /** @param {string} label @param {object} options @param {'tanh' | 'relu'} [nonlinearity] @param {number} [gain] */
  const variant = (label, options, nonlinearity = 'tanh', gain = 1) => ({
    label,
    model: newModel(vocabulary, nonlinearity, 64, gain),
    options: { optimizer: sgd(1), clipNorm: 1, random, ...options },
  });
  const strategies = await sideBySide(
    [full(), regular(8), randomized(0.9)].map((truncation) => variant(truncation.name, { truncation })),
    { batches, epochs },
  );
  const clipping = await sideBySide(
    [
      variant('clipped at 1', {}, 'relu', 1.5),
      { ...variant('not clipped', {}, 'relu', 1.5), options: { optimizer: sgd(1), random } },
    ],
    { batches, epochs: 5 },
  );
  const nonlinearities = await sideBySide([variant('tanh', {}, 'tanh'), variant('ReLU', {}, 'relu')], {
    batches,
    epochs: 10,
  });

  /** @param {typeof strategies} results */
  const curves = (results) =>
    results.map(({ label, perplexities }) => ({
      label,
      points: perplexities.map((value, i) => ({ at: i + 1, value })),
    }));
  const last = strategies.map(({ perplexities }) => perplexities[perplexities.length - 1]);
  const [clipped, loose] = clipping;
  return {
    checks: [
      {
        name: `full and regular(8) after ${epochs} epochs, perplexity (unigram about 17)`,
        expected: 'both < 12',
        ours: last
          .slice(0, 2)
          .map((value) => value.toFixed(2))
          .join(', '),
        within: last[0] < 12 && last[1] < 12,
      },
      {
        name: 'exploding gradients (ReLU, weights lengthened 1.5 times), learning rate 1',
        expected: 'clipped learns, not clipped diverges',
        ours: `${clipped.perplexities[4]?.toFixed(2)}, diverged at update ${loose.divergedAt ?? 'none'}`,
        within:
          clipped.divergedAt === undefined && clipped.perplexities[4] < 20 && loose.divergedAt !== undefined,
      },
    ],
    figures: {
      strategies: perplexityCurves(curves(strategies)),
      nonlinearities: perplexityCurves(curves(nonlinearities)),
      clipping: gradientNormCurves(
        clipping.map(({ label, gradientNorms }) => ({
          label,
          points: gradientNorms.map((value, i) => ({ at: i + 1, value })),
        })),
        { horizontalLabel: 'update' },
      ),
    },
    notes: [...strategies, ...nonlinearities].map(
      ({ label, perplexities, seconds, longestWindow }) =>
        `${label}: perplexity ${perplexities[perplexities.length - 1].toFixed(2)} after ${perplexities.length} epochs in ${seconds.toFixed(1)} s, ` +
        `at most ${longestWindow} steps held for the backward pass`,
    ),
  };
}

/** @param {Vocabulary} vocabulary @param {'tanh' | 'relu'} nonlinearity @param {number} hiddenSize @param {number} [gain] */
function newModel(vocabulary, nonlinearity, hiddenSize, gain = 1) {
  return new RecurrentLanguageModel({
    vocabulary,
    cell: 'rnn',
    hiddenSize,
    nonlinearity,
    initializer: orthogonal(gain),
    random: Random.seeded(8),
  });
}

/** @param {string} name @param {number} value @param {number} bound @returns {Check} */
function atMost(name, value, bound) {
  return { name, expected: `<= ${bound}`, ours: value.toExponential(1), within: value <= bound };
}

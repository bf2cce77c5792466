import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  adam,
  adamW,
  averagedSgd,
  BpttTrainer,
  type Optimizer,
  plainBackend,
  rmsProp,
  type StepEvent,
  sgd,
  type TrainerOptions,
  undecayedBiases,
} from '@throughtime/bptt-trainer';
import { sequentialBatches } from '@throughtime/datasets';
import {
  RecurrentLanguageModel,
  type RecurrentLanguageModelOptions,
  type TokenBatch,
} from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { Engine } from '@throughtime/wasm-kernels';
import { beforeAll, describe, expect, it } from 'vitest';

const V = 11;
/** Steps of the comparison with the reference path. */
const compared = process.env.THROUGHTIME_LONG ? 200 : 80;

/** A text with something to learn: most tokens follow from the one before. */
const text = (() => {
  const random = Random.seeded(1);
  const ids = new Int32Array(4000);
  for (let t = 1; t < ids.length; t++)
    ids[t] = random.uniform() < 0.8 ? (3 * ids[t - 1] + 1) % V : random.integer(0, V);
  return ids;
})();

interface Run {
  readonly model: RecurrentLanguageModel;
  readonly steps: StepEvent[];
}

/** Trains from the same start for this many steps. */
async function train(
  architecture: Partial<RecurrentLanguageModelOptions>,
  count: number,
  options: Partial<TrainerOptions<TokenBatch>> = {},
): Promise<Run> {
  const model = new RecurrentLanguageModel({
    vocabularySize: V,
    hiddenSize: 12,
    random: Random.seeded(2),
    ...architecture,
  });
  const trainer = new BpttTrainer(model, {
    optimizer: adam(0.005),
    clipNorm: 1,
    random: Random.seeded(3),
    ...options,
  });
  const batches = sequentialBatches(text, { batchSize: 4, steps: 8, random: Random.seeded(4) });
  const steps: StepEvent[] = [];
  for await (const event of trainer.fit(batches, { epochs: 1000 })) {
    if (event.type !== 'step') continue;
    steps.push(event);
    if (steps.length === count) break;
  }
  return { model, steps };
}

function weightsOf({ model }: Run): number[] {
  return model.parameters.flatMap(({ data }) => [...data]);
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each<[string, Partial<RecurrentLanguageModelOptions>]>([
  ['rnn', { cell: 'rnn' }],
  ['gru', { cell: 'gru' }],
  ['lstm, two layers, embedding', { cell: 'lstm', layers: 2, embedding: 7 }],
])(`${compared} training steps of %s`, (_, architecture) => {
  it('have the losses of the reference path, to 1e-3', async () => {
    const fused = await train(architecture, compared);
    const reference = await train({ ...architecture, path: 'reference' }, compared);
    expect(fused.model.path).toBe('fused');
    expect(reference.model.path).toBe('reference');
    expect(fused.steps.length).toBe(compared);
    fused.steps.forEach(({ loss, gradientNorm }, i) => {
      const expected = reference.steps[i];
      expect(Math.abs(loss - expected.loss), `loss of step ${i + 1}`).toBeLessThan(1e-3);
      expect(Math.abs(gradientNorm / expected.gradientNorm - 1), `norm of step ${i + 1}`).toBeLessThan(0.02);
    });
    expect(fused.steps[compared - 1].loss).toBeLessThan(fused.steps[0].loss - 0.3);
  });
});

describe('threads', () => {
  it.each<[string, Partial<RecurrentLanguageModelOptions>]>([
    ['rnn', { cell: 'rnn', hiddenSize: 37 }],
    ['gru', { cell: 'gru', hiddenSize: 24, layers: 2 }],
    ['lstm', { cell: 'lstm', hiddenSize: 33, embedding: 9, dropout: { between: 0.2, output: 0.3 } }],
  ])('1, 2, 3 and 4 of them train the same %s, to the last bit', async (_, architecture) => {
    const runs: Run[] = [];
    for (const threads of [1, 2, 3, 4]) {
      const engine = new Engine({ threads });
      await engine.ready();
      runs.push(await train({ ...architecture, engine }, 15));
      engine.dispose();
    }
    const [single, ...others] = runs;
    for (const run of others) {
      expect(run.steps.map(({ loss }) => loss)).toEqual(single.steps.map(({ loss }) => loss));
      expect(weightsOf(run)).toEqual(weightsOf(single));
    }
  });
});

describe('updates in the engine', () => {
  it.each<[string, Optimizer]>([
    ['sgd', sgd(0.5, { weightDecay: 0.01 })],
    ['momentum', sgd(0.1, { momentum: 0.9 })],
    ['nesterov', sgd(0.1, { momentum: 0.8, nesterov: true, weightDecay: 0.02 })],
    ['adam', adam(0.01, { betas: [0.8, 0.99], epsilon: 1e-6, weightDecay: 0.01 })],
    ['adamw', adamW(0.01, { weightDecay: 0.1 })],
    ['rmsprop', rmsProp(0.005)],
    ['rmsprop with momentum', rmsProp(0.002, { alpha: 0.9, epsilon: 1e-6, momentum: 0.7 })],
    ['averaged sgd, which the engine has no code for', averagedSgd(0.1, { startAt: 5 })],
    ['adam in two groups', adam(0.01, { weightDecay: 0.1, groups: [undecayedBiases] })],
  ])('are those of the plain loops: %s', async (_, optimizer) => {
    // A bound that clips every step.
    const options = { optimizer, clipNorm: 0.3 };
    const inEngine = await train({}, 20, options);
    const plain = await train({}, 20, { ...options, optimizerBackend: plainBackend });
    expect(inEngine.steps.every(({ clippedNorm }) => clippedNorm <= 0.3)).toBe(true);
    const expected = weightsOf(plain);
    weightsOf(inEngine).forEach((weight, i) => {
      expect(Math.abs(weight - expected[i])).toBeLessThan(2e-4 + 1e-3 * Math.abs(expected[i]));
    });
  });
});

describe('memory', () => {
  it('holds the same tensors and the same engine memory over 10,000 steps', async () => {
    const engine = new Engine({ threads: 1 });
    const model = new RecurrentLanguageModel({
      vocabularySize: V,
      hiddenSize: 5,
      random: Random.seeded(1),
      engine,
    });
    const trainer = new BpttTrainer(model, { optimizer: adam(), clipNorm: 1, random: Random.seeded(1) });
    const batches = sequentialBatches(text, { batchSize: 3, steps: 4, random: Random.seeded(1) });
    let after: { used: number; tensors: number } | undefined;
    let steps = 0;
    for await (const event of trainer.fit(batches, { epochs: 100 })) {
      if (event.type !== 'step') continue;
      const now = { used: engine.memoryUsage().used, tensors: tf.memory().numTensors };
      if (++steps === 1) after = now;
      if (now.used !== after?.used || now.tensors !== after.tensors) expect(now).toEqual(after);
      if (steps === 10_000) break;
    }
    expect(steps).toBe(10_000);
    engine.dispose();
  });

  it('is given back by a thousand models that trained and went', async () => {
    const engine = new Engine({ threads: 1 });
    const batch = { inputs: text.slice(0, 16), targets: text.slice(1, 17), batchSize: 1, steps: 16 };
    for (let i = 0; i < 1000; i++) {
      const options = { vocabularySize: V, hiddenSize: 256, random: Random.seeded(i), engine };
      // Weights as they come: drawing a quarter of a million of them a thousand times would take the test's time.
      const model = new RecurrentLanguageModel({ ...options, initializer: () => {} });
      if (i % 10 === 0) model.lossAndGradients(batch, model.initialState(), { random: Random.seeded(1) });
      await new Promise((resolve) => setImmediate(resolve));
    }
    // A model weighs 1.1 MB, twice that once trained.
    expect(engine.memoryUsage().reserved).toBeLessThan(500e6);
    engine.dispose();
  });
});

import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainableModel } from '@throughtime/bptt-trainer';
import { Random } from '@throughtime/random';
import { createSequenceNetwork } from '@throughtime/rnn-cells';
import { beforeAll, describe, expect, it } from 'vitest';
import { DenseModel } from './dense-model.js';
import { DenseNetwork } from './dense-network.js';
import { EncoderDecoderModel } from './encoder-decoder-model.js';
import type { ExampleBatch } from './examples.js';
import { createHead } from './heads.js';
import { RecurrentModel } from './recurrent-model.js';
import { WindowModel } from './window-model.js';

const head = createHead({ kind: 'gaussian' });

/** Small, so that few ReLUs turn between the two ends. */
const step = 0.002;

/** Holds every entry of every gradient against central differences of the loss. */
async function holdAgainstDifferences<B>(model: TrainableModel<B, readonly []>, batch: B) {
  const random = Random.seeded(0);
  await model.lossAndGradients(batch, [], { random });
  const gradients = model.parameters.map(({ gradient }) => gradient.slice());
  const lossAt = async (values: Float32Array, i: number, value: number) => {
    values[i] = value;
    return (await model.evaluate(batch, [])).loss;
  };
  for (const [p, { name, data }] of model.parameters.entries()) {
    for (let i = 0; i < data.length; i++) {
      const value = data[i];
      const slope =
        ((await lossAt(data, i, value + step)) - (await lossAt(data, i, value - step))) / (2 * step);
      data[i] = value;
      const error = Math.abs(gradients[p][i] - slope);
      expect(error, `${name}[${i}]`).toBeLessThan(1e-2 * Math.max(0.1, Math.abs(slope)));
    }
  }
}

function randomBatch(
  seed: number,
  rows: number,
  steps: number,
  width: number,
  targets: number,
): ExampleBatch {
  const random = Random.seeded(seed);
  const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
  const wanted = draw(rows * targets);
  wanted[1] = Number.NaN; // one is missing
  return { inputs: draw(rows * steps * width), targets: wanted, batchSize: rows, steps };
}

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('gradients agree with central differences', () => {
  it('dense network, two hidden layers', async () => {
    const network = new DenseNetwork({ sizes: [3, 5, 4, 4], random: Random.seeded(2) });
    await holdAgainstDifferences(new DenseModel(network, head), randomBatch(1, 7, 1, 3, 2));
  });

  it.each(['rnn', 'gru', 'lstm'] as const)('%s, read out from the third step on', async (cell) => {
    const random = Random.seeded(3);
    const network = createSequenceNetwork({ cell, inputSize: 2, hiddenSize: 3 }, { random });
    const model = new RecurrentModel({ network, head, values: 1, readFrom: 2, random });
    await holdAgainstDifferences(model, randomBatch(2, 3, 4, 2, 2));
  });

  it.each(['gru', 'lstm'] as const)('encoder and decoder, %s', async (cell) => {
    const random = Random.seeded(4);
    const config = { cell, inputSize: 2, hiddenSize: 3 };
    const model = new EncoderDecoderModel({
      encoder: createSequenceNetwork(config, { random, prefix: 'encoder.' }),
      decoder: createSequenceNetwork(config, { random, prefix: 'decoder.' }),
      head,
      values: 1,
      contextSteps: 3,
      random,
    });
    await holdAgainstDifferences(model, randomBatch(3, 2, 5, 2, 2));
  });

  it.each(['gru', 'lstm'] as const)('%s beside a linear map of the window, with features', async (cell) => {
    const random = Random.seeded(5);
    const [batchSize, steps, stepLength, horizon, features] = [6, 3, 2, 3, 2];
    const model = new WindowModel({
      network: createSequenceNetwork(
        { cell, inputSize: stepLength + features, hiddenSize: 4 },
        { random, prefix: 'rnn.' },
      ),
      head,
      horizon,
      windowLength: steps * stepLength,
      featureWidth: features,
      period: 2,
      random,
      prefix: '',
    });
    const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
    const targets = draw(batchSize * horizon);
    targets[4] = Number.NaN;
    await holdAgainstDifferences(model, {
      batchSize,
      steps,
      inputs: draw(batchSize * steps * (stepLength + features)),
      window: draw(batchSize * steps * stepLength),
      ahead: draw(batchSize * horizon * features),
      targets,
      weights: Float32Array.of(1, 0.5, 2, 0, 1, 3),
    });
  });
});

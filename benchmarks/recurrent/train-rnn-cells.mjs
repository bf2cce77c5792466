// Trains one model for a while as a program on tfjs's wasm backend does, with layers of rnn-cells and a tfjs optimizer.
// Prints one JSON line. The counterpart of train-tfjs-layers.mjs.
// usage: node train-rnn-cells.mjs '{"cell": ..., "path": "fused", "register": true, "seconds": 1}'
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { gru, lstm, rnn, stack } from '@throughtime/rnn-cells/tfjs';

const settings = JSON.parse(process.argv[2]);
const { cell, vocabulary: V, hidden: H, batch: N, steps: T, optimizer, path, register, seconds } = settings;
await tf.setBackend('wasm');
if (register) await import('@throughtime/wasm-kernels/register');

const random = Random.seeded(1);
const layerOf = { rnn, gru, lstm }[cell];
const network = stack(
  Array.from({ length: settings.layers }, (_, layer) =>
    layerOf({ inputSize: layer === 0 ? V : H, hiddenSize: H, random }),
  ),
);
const outputWeight = tf.variable(tf.randomUniform([H, V], -0.05, 0.05, 'float32', 1));
const outputBias = tf.variable(tf.zeros([V]));
const weights = [...network.weights.values(), outputWeight, outputBias];
const updates = optimizer === 'adam' ? tf.train.adam(0.002) : tf.train.sgd(0.1);
let paths;

function step() {
  return tf.tidy(() => {
    const [inputs, targets] = [oneHot([N, T]), oneHot([N * T])];
    const loss = updates.minimize(
      () => {
        const unrolled = network.unroll(inputs, undefined, { path });
        paths = unrolled.paths;
        const logits = tf.add(tf.matMul(tf.reshape(unrolled.outputs, [N * T, H]), outputWeight), outputBias);
        return tf.losses.softmaxCrossEntropy(targets, logits);
      },
      true,
      weights,
    );
    return loss.dataSync()[0];
  });
}

/** @param {number[]} shape */
function oneHot(shape) {
  const ids = Int32Array.from({ length: N * T }, () => random.integer(0, V));
  return tf.cast(tf.oneHot(tf.tensor(ids, shape, 'int32'), V), 'float32');
}

for (let warmUp = 0; warmUp < 3; warmUp++) step();
let [loss, done] = [0, 0];
const started = performance.now();
do {
  loss = step();
  done++;
} while (performance.now() - started < 1000 * seconds);
const elapsed = (performance.now() - started) / 1000;
console.log(JSON.stringify({ tokensPerSecond: (done * N * T) / elapsed, loss, paths }));
process.exit(); // tfjs's threads would keep the process

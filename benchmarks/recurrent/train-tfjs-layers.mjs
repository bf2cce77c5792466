// Trains one model for a while in tfjs-layers on tfjs's wasm backend and prints one JSON line; the counterpart of
// train-ours.mjs. tfjs-layers has no clipping by the global norm: its steps do without.
// usage: node train-tfjs-layers.mjs '{"cell": ..., "register": false, "seconds": 1}'
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import * as layers from '@tensorflow/tfjs-layers';

const settings = JSON.parse(process.argv[2]);
const { cell, vocabulary: V, hidden: H, embedding, batch: N, steps: T, optimizer, seconds } = settings;
await tf.setBackend('wasm');
if (settings.register) await import('@throughtime/wasm-kernels/register');

const cells = { rnn: layers.layers.simpleRNN, gru: layers.layers.gru, lstm: layers.layers.lstm };
const model = layers.sequential();
if (embedding) model.add(layers.layers.embedding({ inputDim: V, outputDim: embedding, inputLength: T }));
for (let layer = 0; layer < settings.layers; layer++) {
  model.add(
    cells[cell]({
      units: H,
      returnSequences: true,
      // Its default is a hard sigmoid; these are the cells of everybody else.
      ...(cell !== 'rnn' && { recurrentActivation: 'sigmoid' }),
      ...(layer === 0 && !embedding && { inputShape: [T, V] }),
    }),
  );
}
model.add(layers.layers.dense({ units: V, activation: 'softmax' }));
model.compile({
  optimizer: optimizer === 'adam' ? tf.train.adam(0.002) : tf.train.sgd(0.1),
  loss: 'categoricalCrossentropy',
});

async function step() {
  const ids = () => tf.tensor2d(Int32Array.from({ length: N * T }, randomId), [N, T], 'int32');
  const oneHot = () => tf.tidy(() => tf.cast(tf.oneHot(ids(), V), 'float32'));
  const inputs = embedding ? ids() : oneHot();
  const targets = oneHot();
  const loss = await model.trainOnBatch(inputs, targets);
  tf.dispose([inputs, targets]);
  return loss;
}

function randomId() {
  return Math.floor(Math.random() * V);
}

try {
  // A first step compiles and packs; a second one costs as all others do, and some cost many seconds.
  let loss = await step();
  let done = 0;
  const started = performance.now();
  do {
    loss = await step();
    done++;
  } while (performance.now() - started < 1000 * seconds);
  const elapsed = (performance.now() - started) / 1000;
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ tokensPerSecond: (done * N * T) / elapsed, loss, peakMegabytes }));
} catch (error) {
  console.log(JSON.stringify({ cannot: String(error.message).split('\n')[0] }));
}

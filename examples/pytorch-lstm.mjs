// Runs an LSTM that was trained in PyTorch (pytorch-lstm/train.py): its safetensors file has the names, shapes and gate order that
// the layers here have, so that loading is assigning. node examples/pytorch-lstm.mjs
import '@tensorflow/tfjs-backend-wasm';
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { lstm } from '@throughtime/rnn-cells/tfjs';
import { readSafetensorsFile } from '@throughtime/safetensors/node';

await tf.setBackend('wasm');
const folder = new URL('pytorch-lstm/', import.meta.url);
const { tensors } = await readSafetensorsFile(new URL('model.safetensors', folder));
const tensor = (name) => {
  const { data, shape } = tensors.get(name);
  return tf.tensor(data, [...shape]);
};

// nn.LSTM(input_size=1, hidden_size=16) and nn.Linear(16, 1).
const layer = lstm({ inputSize: 1, hiddenSize: 16, random: Random.seeded(1) });
for (const [name, weight] of layer.weights) weight.assign(tensor(`lstm.${name}`));
const [weight, bias] = [tensor('out.weight'), tensor('out.bias')];

/** The next value after each step of a sequence [T], and the state to continue from. */
const predict = (values, state) =>
  tf.tidy(() => {
    const run = layer.unroll(tf.tensor3d(values, [1, values.length, 1]), state);
    const hidden = tf.squeeze(run.outputs, [0]); // [T, H]
    return { next: tf.squeeze(tf.add(tf.matMul(hidden, weight, false, true), bias), [1]), state: run.state };
  });

// The same wave as PyTorch was given: the same answers.
const expected = JSON.parse(await readFile(new URL('expected.json', folder), 'utf8'));
const { next, state } = predict(expected.inputs);
const said = await next.data();
const furthest = Math.max(...expected.outputs.map((value, t) => Math.abs(value - said[t])));
console.log(`${said.length} outputs, all within 1e-5 of PyTorch's: ${furthest < 1e-5}`);

// And onwards, each value predicted from the last.
let run = { state, last: said.at(-1) };
for (let t = expected.inputs.length; t < expected.inputs.length + 4; t++) {
  console.log(`t = ${t}: predicted ${run.last.toFixed(2)}, sine ${Math.sin(0.3 * t).toFixed(2)}`);
  const step = predict([run.last], run.state);
  run = { state: step.state, last: (await step.next.data())[0] };
}

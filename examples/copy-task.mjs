// A Neural Turing Machine learns to copy: it writes what it hears into its memory, and reads it out again. It hears up to 7 symbols in training, and
// copies 20 afterwards: it has learned the procedure, not the sequences.
import '@tensorflow/tfjs-backend-wasm';
import '@throughtime/wasm-kernels/register';
import * as tf from '@tensorflow/tfjs-core';
import { adam, BpttTrainer } from '@throughtime/bptt-trainer';
import { tfjsModel } from '@throughtime/bptt-trainer/tfjs';
import { Random } from '@throughtime/random';
import { maskedCrossEntropy, unitVectors } from '@throughtime/rnn-cells/tfjs';
import { NeuralTuringMachine } from '@throughtime/sequence-tasks/tfjs';

await tf.setBackend('wasm');
const random = Random.seeded(2);
const symbols = 8;
const [stop, blank, inputSize] = [symbols, symbols + 1, symbols + 2];

/** N sequences, a stop, and blanks in which the answer is said. */
function sequences(batchSize, length) {
  const targets = Int32Array.from({ length: batchSize * length }, () => random.integer(0, symbols));
  const steps = 2 * length + 1;
  const inputs = new Int32Array(batchSize * steps).fill(blank);
  for (let row = 0; row < batchSize; row++)
    inputs.set([...targets.subarray(row * length, (row + 1) * length), stop], row * steps);
  return { batchSize, steps, length, inputs, targets };
}

const machine = new NeuralTuringMachine({ inputSize, outputSize: symbols, rows: 24, width: 10, random });
const model = tfjsModel({
  variables: Object.fromEntries(machine.weights),
  loss({ batchSize, steps, length, inputs, targets }) {
    const heard = tf.reshape(unitVectors(inputs, inputSize), [batchSize, steps, inputSize]);
    const { outputs } = machine.unroll(heard);
    const answer = tf.reshape(tf.slice(outputs, [0, length + 1, 0]), [-1, symbols]);
    const predictions = targets.length;
    return { loss: maskedCrossEntropy(answer, targets, { predictions }), predictions };
  },
});

const trainer = new BpttTrainer(model, { optimizer: adam(0.01), clipNorm: 10, random });
const batches = Array.from({ length: 50 }, () => sequences(16, random.integer(1, 8)));
console.log(`chance: ${Math.log(symbols).toFixed(2)} nats`);
for await (const event of trainer.fit(batches, { epochs: 8 })) {
  if (event.type === 'epoch') console.log(`epoch ${event.epoch}: ${event.loss.toFixed(3)} nats`);
}
for (const length of [5, 7, 10, 15, 20]) {
  const { loss } = await model.evaluate(sequences(20, length), []);
  console.log(`${length} symbols: ${loss.toFixed(4)} nats`);
}

// A model of one's own in the trainer: any loss in tfjs operations, with truncation, carried state, clipping, validation and
// checkpoints as the built-in models have them. Here a network of leaky units, each of which learns how long it remembers:
//   h_t = a h_(t-1) + (1 - a) tanh(E[x_t] + U h_(t-1)),   a = sigmoid(b)
// node examples/own-model.mjs
import '@tensorflow/tfjs-backend-wasm';
import '@throughtime/tfjs-gradients'; // tfjs-core alone knows no gradients
import * as tf from '@tensorflow/tfjs-core';
import { adam, BpttTrainer, regular } from '@throughtime/bptt-trainer';
import { tfjsModel } from '@throughtime/bptt-trainer/tfjs';
import { loadText, sequentialBatches } from '@throughtime/datasets';
import { unigramPerplexity } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { cleanTokens, Vocabulary } from '@throughtime/text-preprocess';

await tf.setBackend('wasm');
const { text } = await loadText('alice');
const tokens = cleanTokens(text, { convention: 'd2l-0.17', unit: 'character' }).slice(0, 20_000);
const vocabulary = Vocabulary.fromTokens(tokens);
const ids = vocabulary.encode(tokens);
const [known, unseen] = [ids.subarray(0, 18_000), ids.subarray(18_000)];

const random = Random.seeded(1);
const [V, H] = [vocabulary.size, 64];
const weight = (...shape) =>
  tf.variable(
    tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 0.1 * random.normal()),
      shape,
    ),
  );
const variables = {
  embedding: weight(V, H),
  recurrent: weight(H, H),
  leak: weight(H),
  output: weight(H, V),
  bias: weight(V),
};

const model = tfjsModel({
  variables,
  initialState: (rows) => [[rows, H]],
  loss({ inputs, targets, batchSize, steps }, [h]) {
    const keep = tf.sigmoid(variables.leak);
    const seen = tf.gather(variables.embedding, tf.tensor2d(inputs, [batchSize, steps], 'int32')); // [N, T, H]
    const hidden = [];
    for (const x of tf.unstack(seen, 1)) {
      const fresh = tf.tanh(tf.add(x, tf.matMul(h, variables.recurrent)));
      h = tf.add(tf.mul(keep, h), tf.mul(tf.sub(1, keep), fresh));
      hidden.push(h);
    }
    const flat = tf.reshape(tf.stack(hidden, 1), [batchSize * steps, H]);
    const logits = tf.add(tf.matMul(flat, variables.output), variables.bias);
    const wanted = tf.oneHot(tf.tensor1d(targets, 'int32'), V);
    return { loss: tf.neg(tf.mean(tf.sum(tf.mul(wanted, tf.logSoftmax(logits)), 1))), state: [h] };
  },
});

const trainer = new BpttTrainer(model, {
  optimizer: adam(0.01),
  truncation: regular(25),
  clipNorm: 1,
  random,
});
const batches = sequentialBatches(known, { batchSize: 16, steps: 25, random });
const validation = sequentialBatches(unseen, { batchSize: 16, steps: 25, random: Random.seeded(1) });
console.log(
  `characters by frequency alone: perplexity ${unigramPerplexity(ids, { vocabularySize: V }).toFixed(1)}`,
);
for await (const event of trainer.fit(batches, { epochs: 4, validation }))
  if (event.type === 'epoch')
    console.log(
      `epoch ${event.epoch}: ${event.perplexity.toFixed(1)}, held out ${event.validation.perplexity.toFixed(1)}`,
    );
const kept = await tf.sigmoid(variables.leak).data();
const [least, most] = [Math.min(...kept), Math.max(...kept)].map((value) => value.toFixed(2));
console.log(`units keep between ${least} and ${most} of their state at each step`);

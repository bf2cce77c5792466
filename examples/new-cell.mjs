// A recurrent cell of your own: the minimal gated unit (Zhou et al. 2016), a GRU with one gate instead of two. You write its formulas; a language
// model gives it training, evaluation and saving. It stands beside an RNN and a GRU of as many units.
import '@tensorflow/tfjs-backend-wasm';
import '@throughtime/wasm-kernels/register';
import * as tf from '@tensorflow/tfjs-core';
import { adam, BpttTrainer } from '@throughtime/bptt-trainer';
import { loadText, sequentialBatches } from '@throughtime/datasets';
import { parameterCount, RecurrentLanguageModel, streamBatches } from '@throughtime/lang-model';
import { loadModel, saveModel } from '@throughtime/lang-model/node';
import { Random } from '@throughtime/random';
import { defineCell } from '@throughtime/rnn-cells/tfjs';
import { charTokenizer, Vocabulary } from '@throughtime/text-preprocess';

await tf.setBackend('wasm');

// The two halves of W_ih x + b_ih and of W_hh h + b_hh are those of the gate f and of the candidate n.
const mgu = defineCell('mgu', {
  gates: 2,
  step({ fromInput, fromHidden }) {
    return (x, { h }) => {
      const [xf, xn] = tf.split(fromInput(x), 2, 1);
      const [hf] = tf.split(fromHidden(h), 2, 1);
      const f = tf.sigmoid(tf.add(xf, hf));
      const [, hn] = tf.split(fromHidden(tf.mul(f, h)), 2, 1);
      const n = tf.tanh(tf.add(xn, hn));
      return { h: tf.add(tf.mul(tf.sub(1, f), h), tf.mul(f, n)) };
    };
  },
});

const { text } = await loadText('alice');
const tokens = charTokenizer().tokenize(text.slice(0, 44_000).toLowerCase());
const vocabulary = Vocabulary.fromTokens(tokens);
const ids = vocabulary.encode(tokens);
const [known, unseen] = [ids.subarray(0, 40_000), ids.subarray(40_000)];
const validation = streamBatches(unseen, { streams: 4, steps: 50 });

let model;
for (const cell of ['rnn', 'gru', mgu]) {
  const random = Random.seeded(1);
  model = new RecurrentLanguageModel({ vocabulary, cell, hiddenSize: 64, random });
  const trainer = new BpttTrainer(model, { optimizer: adam(0.01), clipNorm: 1, random });
  const batches = sequentialBatches(known, { batchSize: 32, steps: 25, random });
  for await (const { type, epoch, validation: held } of trainer.fit(batches, { epochs: 3, validation })) {
    if (type !== 'epoch' || epoch < 3) continue;
    console.log(
      `${cell}: ${parameterCount(model.config)} weights, perplexity ${held.perplexity.toFixed(2)} on unseen text`,
    );
  }
}

// The file says 'custom:mgu'. A program that loads it defines the cell first.
const folder = 'out/exercises/examples/new-cell';
await saveModel(folder, model);
const { model: loaded } = await loadModel(folder);
const evaluate = async (each) => (await each.evaluate([...validation][0], each.initialState(4))).loss;
console.log(`loaded, it is the same: ${(await evaluate(loaded)) === (await evaluate(model))}`);

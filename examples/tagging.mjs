// Tags the words of sentences with their parts of speech, by a bidirectional GRU. A grammar makes the sentences, in which many a word is now a noun and
// now a verb: "they can fish", "the fish saw a can". So a list of words with their tags is not enough.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { adam, BpttTrainer } from '@throughtime/bptt-trainer';
import { labeledBatches } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import { SequenceLabeler } from '@throughtime/sequence-tasks/tfjs';
import { Vocabulary } from '@throughtime/text-preprocess';

await tf.setBackend('wasm');
const random = Random.seeded(1);
const lexicon = {
  noun: 'can fish saw watch play walk light cook dog park Ann Ben they we'.split(' '),
  verb: 'can fish saw watch play light cook see like'.split(' '),
  helper: 'can will must'.split(' '),
  determiner: 'the a this'.split(' '),
  adjective: 'light old red'.split(' '),
  preposition: 'in with like by'.split(' '),
  adverb: 'often well fast'.split(' '),
};
const word = (tag, from = 0, to = lexicon[tag].length) => [lexicon[tag][random.integer(from, to)], tag];
const maybe = (probability, make) => (random.uniform() < probability ? make() : []);
const things = () => [word('determiner'), ...maybe(0.4, () => [word('adjective')]), word('noun', 0, 10)];
const someone = () => (random.uniform() < 0.3 ? [word('noun', 10)] : things());
const sentence = () => [
  ...someone(),
  ...maybe(0.4, () => [word('helper')]),
  ...maybe(0.2, () => [word('adverb')]),
  word('verb'),
  ...maybe(0.8, someone),
  ...maybe(0.5, () => [word('preposition'), ...someone()]),
];
const sentences = new Map(); // none twice, so that none that is held out was read
while (sentences.size < 2500) {
  const words = sentence();
  sentences.set(words.map(([text]) => text).join(' '), words);
}

const all = [...sentences.values()];
const vocabulary = Vocabulary.fromTokens(all.flat().map(([text]) => text));
const tags = Vocabulary.fromTokens(Object.keys(lexicon), { unknown: null });
const examples = all.map((words) => ({
  tokens: vocabulary.encode(words.map(([text]) => text)),
  label: tags.encode(words.map(([, tag]) => tag)),
}));
const [held, known] = [examples.slice(0, 500), examples.slice(500)];

const sizes = { vocabularySize: vocabulary.size, classes: tags.size, embeddingSize: 16, hiddenSize: 16 };
const model = new SequenceLabeler({ task: 'tagging', ...sizes, random });
const trainer = new BpttTrainer(model, { optimizer: adam(0.02), random });
for await (const _ of trainer.fit(labeledBatches(known, { batchSize: 50, random }), { epochs: 6 }));

// What each word is most often, and what words are most often.
const counts = Array.from({ length: vocabulary.size }, () => new Array(tags.size).fill(0));
for (const { tokens, label } of known) for (const [i, token] of tokens.entries()) counts[token][label[i]]++;
const most = (row) => row.indexOf(Math.max(...row));
const total = most(counts.reduce((sum, row) => sum.map((count, i) => count + row[i])));
const [batch] = labeledBatches(held, { batchSize: held.length, pool: 1 });
const { labels } = await model.predict(batch);
const share = (tagOf) => {
  const right = held.flatMap(({ tokens, label }, row) =>
    [...label].map((tag, t) => tagOf(tokens[t], row, t) === tag),
  );
  return (right.filter(Boolean).length / right.length).toFixed(3);
};
console.log(`the most frequent tag: ${share(() => total)} right`);
console.log(`each word's most frequent tag: ${share((token) => most(counts[token]))}`);
console.log(`the network: ${share((_, row, t) => labels[row * batch.steps + t])}`);
const text = 'we can fish with a can'.split(' ');
const [one] = labeledBatches([{ tokens: vocabulary.encode(text), label: text.map(() => 0) }], {
  batchSize: 1,
});
const said = tags.decode((await model.predict(one)).labels);
console.log(text.map((each, i) => `${each}/${said[i]}`).join(' '));

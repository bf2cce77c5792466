// Tells whether a short review is good or bad, by a bidirectional GRU. A grammar makes the reviews: "by no means dull" is good, and what stands
// after "but" counts. So the words alone do not tell.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { adam, BpttTrainer } from '@throughtime/bptt-trainer';
import { labeledBatches } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import { loadTask, saveTask } from '@throughtime/sequence-tasks/node';
import { SequenceLabeler } from '@throughtime/sequence-tasks/tfjs';
import { Vocabulary, wordTokenizer } from '@throughtime/text-preprocess';

await tf.setBackend('wasm');
const random = Random.seeded(1);
const any = (choices) => choices[random.integer(0, choices.length)];

const praise = ['good', 'funny', 'moving', 'clever', 'worth seeing'];
const blame = ['dull', 'bad', 'slow', 'silly', 'a waste of time'];
const subjects = ['the film', 'the plot', 'the cast', 'the end', 'the music', 'it'];
function clause(isGood) {
  const isDenied = random.uniform() < 0.5;
  const how = any(isDenied ? ['not', 'never', 'not at all', 'by no means'] : ['really', 'rather', 'just']);
  return `${any(subjects)} is ${how} ${any(isGood === isDenied ? blame : praise)}`;
}
function review(isGood) {
  const kind = random.uniform();
  if (kind < 0.2) return clause(isGood);
  return kind < 0.6 ? `${clause(isGood)} and ${clause(isGood)}` : `${clause(!isGood)} but ${clause(isGood)}`;
}
const reviews = new Map(); // no review twice, so that none that is held out was read
while (reviews.size < 3000) {
  const isGood = random.uniform() < 0.6;
  reviews.set(review(isGood), isGood ? 1 : 0);
}

const { tokenize } = wordTokenizer();
const vocabulary = Vocabulary.fromTokens([...reviews.keys()].flatMap((text) => tokenize(text)));
const labels = Vocabulary.fromTokens(['bad', 'good'], { unknown: null });
const example = (text, label) => ({ tokens: vocabulary.encode(tokenize(text)), label });
const examples = [...reviews].map(([text, label]) => example(text, label));
const [held, known] = [examples.slice(0, 500), examples.slice(500)];

const sizes = { vocabularySize: vocabulary.size, classes: 2, embeddingSize: 16, hiddenSize: 16 };
const model = new SequenceLabeler({ task: 'classification', ...sizes, random });
const trainer = new BpttTrainer(model, { optimizer: adam(0.02), random });
const batches = labeledBatches(known, { batchSize: 50, random });
const validation = labeledBatches(held, { batchSize: 500 });
for await (const event of trainer.fit(batches, { epochs: 4, validation })) {
  if (event.type !== 'epoch') continue;
  console.log(`epoch ${event.epoch}: ${event.validation.loss.toFixed(3)} nats on reviews it has not read`);
}

// A folder that another program can load.
const folder = 'out/exercises/examples/sentiment';
await saveTask(folder, model, { vocabularies: { input: vocabulary, output: labels } });
const { model: loaded } = await loadTask(folder);
const [batch] = validation;
const { labels: said } = await loaded.predict(batch);
const right = said.filter((label, i) => label === batch.targets[i]).length / held.length;
const majority = held.filter(({ label }) => label === 1).length / held.length;
console.log(`"good" every time: ${majority.toFixed(3)} right; the network: ${right.toFixed(3)}`);
for (const text of [
  'it is not good',
  'the music is by no means dull',
  'it is really clever but it is just slow',
]) {
  const [one] = labeledBatches([example(text, 0)], { batchSize: 1 });
  console.log(`${text}: ${labels.decode((await loaded.predict(one)).labels).join()}`);
}

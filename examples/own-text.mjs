// Trains a character model on a text file and lets it write. node examples/own-text.mjs [FILE], by default Alice in Wonderland.
import { readFile } from 'node:fs/promises';
import { adam, BpttTrainer, oneCycle, regular } from '@throughtime/bptt-trainer';
import { loadText, sequentialBatches } from '@throughtime/datasets';
import { generateText, RecurrentLanguageModel, streamBatches } from '@throughtime/lang-model';
import { saveModel } from '@throughtime/lang-model/node';
import { Random } from '@throughtime/random';
import { charTokenizer, Vocabulary } from '@throughtime/text-preprocess';

const [file] = process.argv.slice(2);
const text = file ? await readFile(file, 'utf8') : (await loadText('alice')).text;

// Text to ids. The last tenth is kept to see whether the model has understood more than it remembers.
const tokenizer = charTokenizer();
const tokens = tokenizer.tokenize(text);
const vocabulary = Vocabulary.fromTokens(tokens);
const ids = vocabulary.encode(tokens);
const border = Math.floor(ids.length * 0.9);
const [known, unseen] = [ids.subarray(0, border), ids.subarray(border)];

const random = Random.seeded(1);
const model = new RecurrentLanguageModel({ vocabulary, cell: 'gru', hiddenSize: 96, random });
const epochs = 3;
const batches = sequentialBatches(known, { batchSize: 16, steps: 35, random });
const trainer = new BpttTrainer(model, {
  optimizer: adam(0.01),
  schedule: oneCycle({ steps: epochs * batches.length }),
  truncation: regular(35),
  clipNorm: 1,
  random,
});
const validation = streamBatches(unseen, { streams: 16, steps: 35 });
for await (const event of trainer.fit(batches, { epochs, validation })) {
  if (event.type !== 'epoch') continue;
  const [learned, held] = [event.perplexity, event.validation.perplexity].map((value) => value.toFixed(2));
  console.log(
    `epoch ${event.epoch}: perplexity ${learned} on what it reads, ${held} on what it has not seen`,
  );
}

// A folder that `generate sample`, `generate evaluate` and the page open too.
await saveModel('out/exercises/examples/own-text', model, { tokenizer });
const prompt = text.slice(border, border + 40).replaceAll('\n', ' ');
let written = '';
for await (const piece of generateText({ model, tokenizer }, { prompt, temperature: 0.7, length: 120 }))
  written += piece;
console.log(`reads:  ${prompt}`);
console.log(`writes: ${written.replaceAll('\n', ' ')}`);

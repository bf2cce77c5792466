// Teaches an encoder and a decoder with attention to write dates as 2031-04-09, in whatever way they were written, and draws where it looks.
import '@tensorflow/tfjs-backend-wasm';
import '@throughtime/wasm-kernels/register';
import { mkdir, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { adam, BpttTrainer, oneCycle } from '@throughtime/bptt-trainer';
import { pairBatches } from '@throughtime/datasets';
import { attentionFigure } from '@throughtime/figures';
import { figureToSvg } from '@throughtime/figures/node';
import { beamSearch } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { EncoderDecoder } from '@throughtime/sequence-tasks/tfjs';
import { Vocabulary } from '@throughtime/text-preprocess';

await tf.setBackend('wasm');
const random = Random.seeded(1);
const months = 'January,February,March,April,May,June,July,August,September,October,November,December'.split(
  ',',
);
const two = (number) => String(number).padStart(2, '0');
const forms = [
  (day, month, year) => `${day} ${months[month]} ${year}`,
  (day, month, year) => `${months[month]} ${day}, ${year}`,
  (day, month, year) => `${months[month].slice(0, 3)} ${day}, ${two(year % 100)}`,
  (day, month, year) => `${day}.${month + 1}.${year}`,
  (day, month, year) => `${month + 1}/${day}/${two(year % 100)}`,
];
const dates = new Map(); // none twice, so that none that is held out was read
while (dates.size < 6000) {
  const [day, month, year] = [random.integer(1, 29), random.integer(0, 12), random.integer(2000, 2100)];
  const written = forms[random.integer(0, forms.length)](day, month, year);
  dates.set(written, `${year}-${two(month + 1)}-${two(day)}`);
}

const written = [...dates.keys()];
const source = Vocabulary.fromTokens(written.flatMap((text) => [...text]));
const target = Vocabulary.fromTokens([...'0123456789-'], { reserved: ['<', '>'], unknown: null });
const [start, end] = target.encode(['<', '>']);
const pairs = [...dates].map(([text, date]) => ({
  source: source.encode([...text]),
  target: target.encode([...`<${date}>`]),
}));
const [held, known] = [pairs.slice(0, 500), pairs.slice(500)];

const model = new EncoderDecoder({
  sourceVocabularySize: source.size,
  targetVocabularySize: target.size,
  attention: 'multiplicative',
  embeddingSize: 32,
  random,
});
const epochs = 2;
const batches = pairBatches(known, { batchSize: 64, random });
const schedule = oneCycle({ steps: epochs * batches.length });
const trainer = new BpttTrainer(model, { optimizer: adam(0.01), schedule, clipNorm: 1, random });
const validation = pairBatches(held, { batchSize: 500, pool: 1 });
for await (const event of trainer.fit(batches, { epochs, validation })) {
  if (event.type === 'epoch')
    console.log(`epoch ${event.epoch}: ${event.validation.loss.toFixed(3)} nats held out`);
}

const [batch] = validation;
const translations = await model.translate(batch, { start, end, length: 12 });
const said = translations.map(({ tokens }) => target.decode(tokens).join(''));
const right = said.filter((text, i) => text === dates.get(written[i])).length / held.length;
console.log(`held out: ${(100 * right).toFixed(1)}% right`);

const text = 'Apr 9, 31';
const ids = source.encode([...text]);
const decoder = await model.decoder(ids, { start });
const [best] = await beamSearch(decoder, { length: 12, beams: 4, endToken: end });
console.log(`${text} is ${target.decode(best.tokens).join('')}`);
const one = { batchSize: 1, sources: ids, sourceSteps: ids.length, sourceLengths: Int32Array.of(ids.length) };
const [{ tokens, attention: weights }] = await model.translate(one, { start, end, length: 12 });
const figure = attentionFigure({ source: [...text], target: [...target.decode(tokens), '>'], weights });
await mkdir('out/exercises/examples', { recursive: true });
await writeFile('out/exercises/examples/dates.svg', figureToSvg(figure));

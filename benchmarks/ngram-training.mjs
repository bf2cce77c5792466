// A process of its own, so that its peak memory is that of one training: makes a corpus, trains, scores, prints one JSON line.
// usage: node ngram-training.mjs WORDS ROUNDS
import { performance } from 'node:perf_hooks';
import { countCorpus, kneserNey } from '@throughtime/lang-model';
import { syntheticSentences } from './synthetic-text.mjs';

const [words, rounds] = process.argv.slice(2).map(Number);
const vocabularySize = 10_000;
const end = 2;
const sentences = syntheticSentences({ words, vocabularySize });
const heldOut = Int32Array.from(
  syntheticSentences({ words: Math.min(words, 200_000), vocabularySize, seed: 2 }).flatMap((ids) => [
    ...ids,
    end,
  ]),
);
const megabytes = () => process.resourceUsage().maxRSS / 1024;
const before = megabytes();

const seconds = [];
const scored = [];
let firstPeak = 0;
let types = [];
for (let round = 0; round < rounds; round++) {
  const start = performance.now();
  const counts = countCorpus(sentences, {
    order: 5,
    vocabularySize,
    sentences: { begin: 1, end },
    unknown: 0,
  });
  const { model } = kneserNey(counts);
  seconds.push((performance.now() - start) / 1000);
  if (round === 0) firstPeak = megabytes();
  types = [1, 2, 3, 4, 5].map((order) => counts.trie.countOf(order));
  const scoring = performance.now();
  model.score(heldOut);
  scored.push(heldOut.length / ((performance.now() - scoring) / 1000));
}
console.log(JSON.stringify({ seconds, scored, before, peak: firstPeak, types }));

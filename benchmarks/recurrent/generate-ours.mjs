// Generates tokens one by one through `generate`, or of several texts side by side through `generateBatch`, and prints one JSON line.
// usage: node generate-ours.mjs '{"cell": ..., "seconds": 1, "threads": 2, "simd": "plain"}'
import { generate, generateBatch, RecurrentLanguageModel } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { Engine } from '@throughtime/wasm-kernels';

const {
  cell,
  vocabulary,
  hidden,
  layers,
  batch = 1,
  weights,
  seconds,
  threads,
  simd,
} = JSON.parse(process.argv[2]);
const engine = new Engine({ threads, ...(simd && { simd }) });
await engine.ready();
const model = new RecurrentLanguageModel({
  vocabularySize: vocabulary,
  cell,
  hiddenSize: hidden,
  layers,
  random: Random.seeded(1),
  engine,
  ...(weights && { weights }),
});

const warmUp = Math.min(0.5, seconds);
const started = performance.now();
let [measuredFrom, done] = [0, 0];
for await (const tokens of batch > 1 ? batches() : oneByOne()) {
  const now = performance.now();
  if (measuredFrom === 0) {
    if (now - started >= 1000 * warmUp) measuredFrom = now;
    continue;
  }
  done += tokens;
  if (now - measuredFrom >= 1000 * seconds) break;
}
const elapsed = (performance.now() - measuredFrom) / 1000;
console.log(
  JSON.stringify({
    tokensPerSecond: done / elapsed,
    node: process.version,
    simd: engine.simd,
    threads: engine.threads,
    path: model.path,
  }),
);
engine.dispose();

/** How many tokens there are more, each time that there are. */
async function* oneByOne() {
  for await (const _ of generate(model, { random: Random.seeded(2) })) yield 1;
}

async function* batches() {
  const length = 32;
  const prompts = Array.from({ length: batch }, () => []);
  for (let seed = 2; ; seed++) {
    await generateBatch(model, { prompts, length, random: Random.seeded(seed) });
    yield batch * length;
  }
}

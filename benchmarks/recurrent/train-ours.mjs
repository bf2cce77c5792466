// Trains one model for a while through BpttTrainer and prints one JSON line. A process of its own, so that its peak memory
// is that of one training.
// usage: node train-ours.mjs '{"cell": ..., "seconds": 1, "threads": 2, "simd": "plain", "wideVectors": false, "profile": false}'
import { adam, BpttTrainer, sgd } from '@throughtime/bptt-trainer';
import { RecurrentLanguageModel } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { Engine } from '@throughtime/wasm-kernels';
import { useWideVectors } from '@throughtime/wasm-kernels/node';
import { EngineClock } from './engine-clock.mjs';
import { randomTokens } from './random-tokens.mjs';

const settings = JSON.parse(process.argv[2]);
const { cell, vocabulary, hidden, layers, embedding, batch, steps, optimizer, seconds, threads } = settings;
const { tied, dropout, activationPenalty } = settings;
if (settings.wideVectors) await useWideVectors();
const engine = new Engine({ threads, ...(settings.simd && { simd: settings.simd }) });
const clock = new EngineClock(engine);
await engine.ready();

const model = new RecurrentLanguageModel({
  vocabularySize: vocabulary,
  cell,
  hiddenSize: hidden,
  ...(typeof hidden === 'number' && { layers }),
  ...(embedding && { embedding }),
  ...(tied && { tied }),
  ...(dropout && { dropout }),
  ...(activationPenalty && { activationPenalty }),
  random: Random.seeded(1),
  engine,
});
const trainer = new BpttTrainer(model, {
  optimizer: optimizer === 'adam' ? adam(0.002) : sgd(0.1),
  clipNorm: 1,
  random: Random.seeded(2),
});

// Of updates that take seconds, few are enough.
const warmUp = { steps: settings.long ? 1 : 3, seconds: Math.min(0.5, seconds) };
const least = settings.long ? 2 : 4;
const started = performance.now();
let [measuredFrom, done, loss] = [0, 0, 0];
let [last, shortest] = [0, Infinity];
for await (const event of trainer.fit(randomTokens(settings), { epochs: 1 })) {
  if (event.type !== 'step') continue;
  const now = performance.now();
  if (measuredFrom === 0) {
    if (event.step < warmUp.steps || now - started < 1000 * warmUp.seconds) continue;
    clock.reset();
    measuredFrom = performance.now();
    last = measuredFrom;
    continue;
  }
  shortest = Math.min(shortest, now - last);
  last = now;
  done++;
  loss = event.loss;
  if (now - measuredFrom >= 1000 * seconds && done >= least) break;
}
const elapsed = (performance.now() - measuredFrom) / 1000;

console.log(
  JSON.stringify({
    tokensPerSecond: (done * batch * steps) / elapsed,
    stepMilliseconds: (1000 * elapsed) / done,
    shortestStepMilliseconds: shortest,
    // The share of a step that is spent in the engine; the rest is TypeScript.
    engineMilliseconds: clock.milliseconds / done,
    ...(settings.profile && { operations: clock.operations() }),
    loss,
    engineBytes: engine.memoryUsage().used,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    node: process.version,
    simd: engine.simd,
    threads: engine.threads,
    path: model.path,
  }),
);
engine.dispose();

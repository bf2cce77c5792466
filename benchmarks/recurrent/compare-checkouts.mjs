// Trains one model with the packages of two checkouts in one process, by turns, and prints the milliseconds a step of every
// turn: [[of the first], [of the second]].
// usage: node compare-checkouts.mjs '{"model": {...}, "roots": [A, B], "pairs": 40, "milliseconds": 150, "threads": 2}'
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomTokens } from './random-tokens.mjs';

const { model, roots, pairs, milliseconds, threads, simd } = JSON.parse(process.argv[2]);
const runs = [];
for (const root of roots) runs.push(await training(root));
for (const run of runs) for (let i = 0; i < 3; i++) await turn(run);
const times = [[], []];
for (let pair = 0; pair < pairs; pair++) {
  for (const side of pair % 2 ? [1, 0] : [0, 1]) times[side].push(await turn(runs[side]));
}
console.log(JSON.stringify(times));
process.exit(0);

/** The events of a training by the packages under `root`. */
async function training(root) {
  const entry = (name) => import(pathToFileURL(join(root, 'packages', name, 'dist/index.js')).href);
  const { adam, BpttTrainer, sgd } = await entry('bptt-trainer');
  const { RecurrentLanguageModel } = await entry('lang-model');
  const { Random } = await entry('random');
  const { Engine } = await entry('wasm-kernels');
  const engine = new Engine({ threads, ...(simd && { simd }) });
  await engine.ready();
  const { vocabulary, cell, hidden, layers, embedding, optimizer } = model;
  const trained = new RecurrentLanguageModel({
    ...{ vocabularySize: vocabulary, cell, hiddenSize: hidden, layers, random: Random.seeded(1), engine },
    ...(embedding && { embedding }),
  });
  const trainer = new BpttTrainer(trained, {
    optimizer: optimizer === 'adam' ? adam(0.002) : sgd(0.1),
    clipNorm: 1,
    random: Random.seeded(2),
  });
  return trainer.fit(randomTokens(model), { epochs: 1 })[Symbol.asyncIterator]();
}

/** Milliseconds a step. The first step is not counted: the caches hold the other side's data. */
async function turn(events) {
  await step(events);
  const started = performance.now();
  let done = 0;
  do {
    await step(events);
    done++;
  } while (performance.now() - started < milliseconds);
  return (performance.now() - started) / done;
}

async function step(events) {
  let event;
  do event = (await events.next()).value;
  while (event.type !== 'step');
}

// A small language model in training, as a program: node small-run.mjs KIND FOLDER. Prints a line after each update.
//
//     accumulate   sums the gradients of three windows for each update; checkpoints and result go into FOLDER, and a run that is there
//                  continues
//     lost-worker  ends workers of the engine at random moments (SOAK_SEED), most of them inside a kernel; the result goes into FOLDER
//     whole        the same with no worker lost
//     memory       trains and writes on without end; each line has the memory in use, in bytes
import { mkdir, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import threads from 'node:worker_threads';
import { adam, BpttTrainer, cosine } from '@throughtime/bptt-trainer';
import { checkpointFolder } from '@throughtime/bptt-trainer/node';
import { sequentialBatches } from '@throughtime/datasets';
import { Random } from '@throughtime/random';

/** @type {Set<import('node:worker_threads').Worker>} */
const workers = new Set();
const { Worker } = threads;
threads.Worker = class extends Worker {
  /** @param {ConstructorParameters<typeof Worker>} args */
  constructor(...args) {
    super(...args);
    workers.add(this);
    this.once('exit', () => workers.delete(this));
  }
};
// Before the engine takes it.
syncBuiltinESMExports();
const { generate, RecurrentLanguageModel } = await import('@throughtime/lang-model');
const { setThreads } = await import('@throughtime/wasm-kernels');

const vocabularySize = 40;
const [kind, folder] = process.argv.slice(2);
const random = Random.seeded(7);
const ids = Int32Array.from({ length: 6000 }, () => random.integer(0, vocabularySize - 1));

/** @param {number} hiddenSize */
function model(hiddenSize) {
  return new RecurrentLanguageModel({
    vocabularySize,
    cell: 'gru',
    hiddenSize,
    layers: 2,
    dropout: { between: 0.3 },
    random: Random.seeded(3),
  });
}

/** @param {InstanceType<typeof RecurrentLanguageModel>} trained */
async function saveWeights({ parameters }) {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'weights'),
    Buffer.concat(parameters.map(({ data }) => Buffer.from(data.slice().buffer))),
  );
}

async function accumulate() {
  const trained = model(16);
  const store = checkpointFolder(join(folder, 'checkpoints'), { keep: 2 });
  const resume = await store.latest();
  const trainer = new BpttTrainer(trained, {
    optimizer: adam(0.01),
    schedule: cosine(),
    clipNorm: 1,
    accumulate: 3,
    random: Random.seeded(5),
  });
  const events = trainer.fit(sequentialBatches(ids, { batchSize: 8, steps: 10, random: Random.seeded(6) }), {
    epochs: 40,
    checkpoints: { store, everySteps: 5 },
    run: { id: 'soak', engine: 'any' },
    ...(resume && { resume }),
  });
  for await (const event of events) if (event.type === 'step') console.log(event.step);
  await saveWeights(trained);
}

/** @param {boolean} loses */
async function workerLoss(loses) {
  setThreads(3);
  const moments = Random.seeded(Number(process.env.SOAK_SEED ?? 1));
  const trained = model(96);
  const trainer = new BpttTrainer(trained, { optimizer: adam(0.01), clipNorm: 1, random: Random.seeded(5) });
  const batches = sequentialBatches(ids, { batchSize: 16, steps: 20, random: Random.seeded(6) });
  let lost = 0;
  for await (const event of trainer.fit(batches, { epochs: 3 })) {
    if (event.type !== 'step') continue;
    console.log(event.step);
    // `terminate` stops the worker wherever it is; the update that follows at once finds it dying inside its kernel.
    if (loses && moments.uniform() < 0.2) {
      for (const worker of [...workers].slice(0, 1)) worker.terminate();
      lost++;
    }
  }
  console.log(`lost ${lost}`);
  await saveWeights(trained);
}

async function memory() {
  const trained = model(16);
  const trainer = new BpttTrainer(trained, { optimizer: adam(0.001), random: Random.seeded(5) });
  const batches = sequentialBatches(ids, { batchSize: 8, steps: 10, random: Random.seeded(6) });
  const [updates, tokens] = [Number(process.env.SOAK_UPDATES), Number(process.env.SOAK_TOKENS)];
  const used = () => {
    globalThis.gc?.();
    console.log(process.memoryUsage().rss);
  };
  let done = 0;
  for await (const event of trainer.fit(batches, { epochs: 1_000_000 })) {
    if (event.type !== 'step') continue;
    done++;
    if (done % Math.ceil(updates / 20) === 0) used();
    if (done === updates) break;
  }
  done = 0;
  for await (const _ of generate(trained, { length: tokens, random: Random.seeded(8) })) {
    done++;
    if (done % Math.ceil(tokens / 20) === 0) used();
  }
}

const kinds = { accumulate, 'lost-worker': () => workerLoss(true), whole: () => workerLoss(false), memory };
await kinds[/** @type {keyof typeof kinds} */ (kind)]();

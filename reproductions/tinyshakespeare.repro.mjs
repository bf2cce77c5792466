// An LSTM on tiny shakespeare, split as nanoGPT splits it: the first 90 % of the characters train, the last 10 % validate.
import { adamW, BpttTrainer, cosine, undecayedBiases, warmUp } from '@throughtime/bptt-trainer';
import { loadText, sequentialBatches } from '@throughtime/datasets';
import { perplexityCurves } from '@throughtime/figures';
import { evaluate, evaluateStreams, generateText, RecurrentLanguageModel } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { charTokenizer, Vocabulary } from '@throughtime/text-preprocess';
import { resumableRun } from './resumable-run.mjs';
import { RunPace } from './run-pace.mjs';

export const description = 'An LSTM on tiny shakespeare beside published validation losses of GPTs';
export const duration = 'about 30 minutes; continues where it was interrupted, --fresh starts over';
export const options = /** @type {const} */ ({ fresh: { type: 'boolean', default: false } });

const bounds = { loss: 1.5, parameters: 4e6, minutes: 30 };
const published =
  'minLSTM 1.555, minGRU 1.548, GPT of 10 million parameters 1.470, of 0.8 million on a CPU 1.88';

/**
 * One layer, its state dropped too. Tried before, both at a learning rate of 0.003: the same layer without dropout of the state, twelve
 * epochs (training 1.36, validation 1.509 nats: it learns the text by heart), and two layers of 384 units, nine epochs (1.511). Rate and
 * epochs changed with the dropout, so what each of them brought is not known.
 */
const architecture = /** @type {const} */ ({
  cell: 'lstm',
  hiddenSize: 512,
  dropout: { state: 0.25, output: 0.4, locked: true },
});
/** Batches follow one another in the text, so the state is carried; every epoch begins at another offset. */
const shape = { batchSize: 32, steps: 64 };
/** The learning rate rises over the first updates, then falls along half a cosine until the last. */
const rate = { peak: 0.004, warmUp: 100, last: 0.01 };
const training = { epochs: 16, clipNorm: 1, weightDecay: 0.1 };
const identity = `tiny shakespeare, ${JSON.stringify({ architecture, shape, rate, training })}`;

/** @param {{ report(line: string): void, values: { fresh: boolean }, folder: string, quick?: boolean }} context */
export async function run({ report, values, folder, quick = false }) {
  const corpus = await tinyShakespeare();
  if (quick) return quickLook(corpus);
  const random = Random.seeded(1);
  const model = new RecurrentLanguageModel({
    ...architecture,
    vocabulary: corpus.vocabulary,
    forgetBias: 1,
    path: 'fused',
    random,
  });
  const batches = sequentialBatches(corpus.training, { ...shape, random });
  const trainer = new BpttTrainer(model, {
    optimizer: adamW(rate.peak, { weightDecay: training.weightDecay, groups: [undecayedBiases] }),
    schedule: warmUp(rate.warmUp, cosine({ minimum: rate.last })),
    clipNorm: training.clipNorm,
    random,
  });

  const { epochs } = training;
  const { store, resume, records, add } = await resumableRun(folder, { identity, fresh: values.fresh });
  if (resume) report(`  continues after update ${resume.memory.updater.step} (--fresh starts over)`);
  const pace = new RunPace();
  const checkpoints = { store, everySteps: 200 };
  for await (const event of trainer.fit(batches, { epochs, checkpoints, ...(resume && { resume }) })) {
    if (event.type === 'step') {
      pace.update();
      continue;
    }
    if (event.type === 'epoch') {
      const { loss: validation } = await evaluateStreams(model, corpus.validation);
      const { epoch, loss, seconds } = event;
      await add({ epoch, training: loss, validation, seconds });
      const speed = `${(event.tokensPerSecond / 1000).toFixed(1)}k characters/s`;
      report(
        `  epoch ${epoch} of ${epochs}: ${loss.toFixed(3)}, validation ${validation.toFixed(3)}, ${speed}`,
      );
    }
    pace.resume();
  }

  // One stream: every character of the split but its first, each predicted from all those before it.
  const { loss } = await evaluate(model, corpus.validation, { given: 1 });
  const parameters = model.parameters.reduce((sum, { data }) => sum + data.length, 0);
  const minutes = pace.undisturbedSeconds(epochs * batches.length) / 60;
  const clock = records.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  return {
    checks: [
      {
        name: 'validation loss, nats (aim 1.45)',
        expected: `<= ${bounds.loss}`,
        ours: loss.toFixed(4),
        within: loss <= bounds.loss,
      },
      {
        name: 'parameters',
        expected: '< 4 million',
        ours: `${(parameters / 1e6).toFixed(2)} million`,
        within: parameters < bounds.parameters,
      },
      {
        name: 'minutes of training undisturbed (by the clock)',
        expected: `<= ${bounds.minutes}`,
        ours: `${minutes.toFixed(1)} (${clock.toFixed(1)})`,
        within: minutes <= bounds.minutes,
      },
    ],
    figures: { perplexity: perplexityFigure(records) },
    samples: [await sampleOf(model, corpus.vocabulary)],
    notes: [
      `Published on this split: ${published}. Those read at most 256 characters back, each window again; here the state is carried.`,
      'The weights are those of the last update, not the best of several; the split was not used to stop.',
    ],
  };
}

/**
 * One epoch on a part of the text: that all of it is there and learns.
 * @param {Awaited<ReturnType<typeof tinyShakespeare>>} corpus
 */
async function quickLook({ vocabulary, training: ids, validation }) {
  const random = Random.seeded(1);
  const model = new RecurrentLanguageModel({
    ...architecture,
    vocabulary,
    forgetBias: 1,
    path: 'fused',
    random,
  });
  const trainer = new BpttTrainer(model, {
    optimizer: adamW(rate.peak),
    clipNorm: training.clipNorm,
    random,
  });
  const batches = sequentialBatches(ids.subarray(0, 100_000), { ...shape, random });
  for await (const _ of trainer.fit(batches, { epochs: 1 }));
  const { loss } = await evaluateStreams(model, validation.subarray(0, 10_000));
  const floor = 3.3473;
  return {
    checks: [
      {
        name: 'validation loss after 100,000 characters, nats',
        expected: `< ${floor}, of the frequencies`,
        ours: loss.toFixed(3),
        within: loss < floor,
      },
    ],
  };
}

/** The corpus as character ids. All 65 symbols occur in the part that trains. */
async function tinyShakespeare() {
  const characters = charTokenizer().tokenize((await loadText('tiny-shakespeare')).text);
  const vocabulary = Vocabulary.fromTokens(characters, { unknown: null });
  const ids = vocabulary.encode(characters);
  const split = Math.floor(0.9 * ids.length);
  return { vocabulary, training: ids.subarray(0, split), validation: ids.subarray(split) };
}

/** @param {RecurrentLanguageModel} model @param {Vocabulary} vocabulary */
async function sampleOf(model, vocabulary) {
  const prompt = '\nROMEO:\n';
  let sample = prompt;
  const how = { temperature: 0.8, length: 500, random: Random.seeded(1) };
  for await (const piece of generateText(model, { tokenizer: charTokenizer(), vocabulary, prompt, ...how }))
    sample += piece;
  return sample;
}

/** @param {readonly import('./resumable-run.mjs').EpochRecord[]} records */
function perplexityFigure(records) {
  const curves = /** @type {const} */ (['training', 'validation']).map((label) => ({
    label,
    points: records.map((record) => ({ at: record.epoch, value: Math.exp(record[label]) })),
  }));
  return perplexityCurves(curves, {
    references: [{ label: 'GPT of 10 million parameters', value: Math.exp(1.4697) }],
  });
}

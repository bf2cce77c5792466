// Trains a preset of the chapter as the chapter does, on The Time Machine: what all of its reproductions share.
import { BpttTrainer, frozenSecondBiases, sgd } from '@throughtime/bptt-trainer';
import { loadText, randomBatches, sequentialBatches, windowBatches } from '@throughtime/datasets';
import { generateText, initializerOf, preset, RecurrentLanguageModel } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { charTokenizer, cleanTokens, Vocabulary, vocabularyOptionsOf } from '@throughtime/text-preprocess';
import { RunPace } from './run-pace.mjs';

/** Characters that editions before 1.0 train on; windows of edition 1.0, for training and for validation. */
const firstCharacters = 10_000;
export const windows = { training: 10_000, validation: 5_000 };

/**
 * @typedef {object} Outcome
 * @property {number} training  perplexity of the last epoch
 * @property {number | undefined} validation  edition 1.0 only
 * @property {number} seconds  of training, by the clock
 * @property {number} undisturbedSeconds  had nothing else run on the machine
 * @property {number} tokensPerSecond  undisturbed
 * @property {{ at: number, value: number }[]} curve  training perplexity by epoch
 * @property {string} sample  what it writes after the chapter's prefix, most likely character by character
 */

/**
 * @param {string} name a preset
 * @param {{ report(line: string): void, seed?: number }} context
 * @returns {Promise<Outcome>}
 */
export async function trainChapterPreset(name, { report, seed = 1 }) {
  const { model: architecture, initializer, biases, training } = preset(name);
  const random = Random.seeded(seed);
  const { vocabulary, ids } = await timeMachine(name.startsWith('d2l-1.0') ? 'd2l-1.0' : 'd2l-0.17');
  const model = new RecurrentLanguageModel({
    ...architecture,
    vocabulary,
    initializer: initializerOf(initializer),
    random,
  });
  const { batchSize, steps, sampling, learningRate, clipNorm, epochs } = training;
  const shape = { batchSize, steps, random };
  const batches =
    sampling === 'windows'
      ? windowBatches(ids, { ...shape, to: windows.training })
      : (sampling === 'random' ? randomBatches : sequentialBatches)(ids.subarray(0, firstCharacters), shape);
  const validation =
    sampling === 'windows'
      ? windowBatches(ids, {
          batchSize,
          steps,
          from: windows.training,
          to: windows.training + windows.validation,
        })
      : undefined;

  const trainer = new BpttTrainer(model, {
    optimizer: sgd(learningRate, { groups: biases === 1 ? [frozenSecondBiases] : [] }),
    random,
    ...(clipNorm && { clipNorm }),
  });
  /** @type {Outcome['curve']} */
  const curve = [];
  let tokens = 0;
  /** @type {import('@throughtime/bptt-trainer').EpochEvent | undefined} */
  let last;
  const pace = new RunPace();
  for await (const event of trainer.fit(batches, { epochs, ...(validation && { validation }) })) {
    if (event.type === 'step') pace.update();
    if (event.type !== 'epoch') continue;
    last = event;
    tokens += event.predictions;
    curve.push({ at: event.epoch, value: event.perplexity });
    if (event.epoch % Math.ceil(epochs / 5) === 0) {
      report(`  ${name}: epoch ${event.epoch} of ${epochs}, perplexity ${event.perplexity.toFixed(2)}`);
    }
    pace.resume();
  }
  if (!last) throw new Error(`${name}: no epoch was trained`);
  const prompt = name.startsWith('d2l-1.0') ? 'it has' : 'time traveller';
  const length = name.startsWith('d2l-1.0') ? 20 : 50;
  let sample = prompt;
  const options = { tokenizer: charTokenizer(), vocabulary, prompt, length, greedy: true };
  for await (const piece of generateText(model, options)) sample += piece;
  return {
    training: last.perplexity,
    validation: last.validation?.perplexity,
    seconds: pace.seconds,
    undisturbedSeconds: pace.undisturbedSeconds(),
    tokensPerSecond: tokens / pace.undisturbedSeconds(),
    curve,
    sample,
  };
}

/**
 * The Time Machine as the chapter's characters, and its ids.
 * @param {import('@throughtime/text-preprocess').CleaningConvention} convention
 */
export async function timeMachine(convention) {
  const { text } = await loadText('time-machine');
  const tokens = cleanTokens(text, { convention, unit: 'character' });
  const vocabulary = Vocabulary.fromTokens(tokens, vocabularyOptionsOf(convention));
  return { vocabulary, ids: vocabulary.encode(tokens) };
}

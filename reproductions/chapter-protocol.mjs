// Trains a preset as `generate train --preset NAME` does: what all reproductions of the chapter share. Text, batches, validation and
// random streams come from the command's own definition, so that both give the same digits.
import { encodeCorpus, loadCorpus } from '@throughtime/char-generator/core/corpus';
import { presetRecipe } from '@throughtime/char-generator/core/presets';
import { completeSettings } from '@throughtime/char-generator/core/settings';
import { TextForm } from '@throughtime/char-generator/core/text-form';
import { fitOptions, prepareRun } from '@throughtime/char-generator/core/training-run';
import { generateText } from '@throughtime/lang-model';
import { RunPace } from './run-pace.mjs';

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

/** @typedef {import('@throughtime/char-generator/core/corpus').LoadedCorpus} LoadedCorpus */

/**
 * @param {string} name a preset
 * @param {object} context
 * @param {(line: string) => void} context.report
 * @param {number} [context.seed]
 * @param {number} [context.epochs] fewer than the preset's, for a quick look
 * @param {LoadedCorpus} [context.corpus] another text than the preset's
 * @returns {Promise<Outcome>}
 */
export async function trainChapterPreset(name, { report, seed = 1, epochs: wanted, corpus }) {
  const settings = completeSettings({ seed, ...(wanted && { epochs: wanted }) }, presetRecipe(name));
  const run = prepareRun(corpus ?? (await textOf(settings.corpus)), settings);
  const { epochs } = run;
  /** @type {Outcome['curve']} */
  const curve = [];
  let tokens = 0;
  /** @type {import('@throughtime/bptt-trainer').EpochEvent | undefined} */
  let last;
  const pace = new RunPace();
  for await (const event of run.trainer.fit(run.batches, fitOptions(run))) {
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
  const { model, vocabulary } = run;
  const how = { tokenizer: TextForm.of(run).prompts, vocabulary, prompt, length, greedy: true };
  for await (const piece of generateText(model, how)) sample += piece;
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

/** Epochs of a quick look, and symbols of the chapter's alphabet. */
const quickEpochs = 6;
const alphabet = 28;

/**
 * A few epochs of each preset: that text, network, batches and validation are there and learn something.
 * @param {string[]} presets
 * @param {(line: string) => void} report
 */
export async function quickLook(presets, report) {
  const checks = [];
  for (const name of presets) {
    const { training, validation, curve } = await trainChapterPreset(name, { report, epochs: quickEpochs });
    const figures = [training, ...(validation === undefined ? [] : [validation])];
    checks.push({
      name: `${name}: perplexity after ${quickEpochs} epochs (uniform: ${alphabet})`,
      expected: `falls, to less than ${alphabet}`,
      ours: figures.map((value) => value.toFixed(2)).join(', '),
      within: training < curve[0].value && figures.every((value) => value < alphabet),
    });
  }
  return { checks };
}

/** The ids that a preset trains and validates on. @param {string} name */
export async function encodedFor(name) {
  const settings = completeSettings({}, presetRecipe(name));
  const { training, validation, vocabulary } = encodeCorpus(await textOf(settings.corpus), settings);
  return { training: training[0], validation: validation[0], vocabulary };
}

/** @param {string} name of the catalog */
async function textOf(name) {
  const corpus = await loadCorpus(name);
  if (!corpus) throw new Error(`${name}: not in the catalog`);
  return corpus;
}

// What the Penn Treebank reproductions share: a preset's run by the very definition that `generate train --preset NAME` reads, on a
// corpus, or on drawn ids of its sizes.
import { presetRecipe } from '@throughtime/char-generator/core/presets';
import { completeSettings } from '@throughtime/char-generator/core/settings';
import { TextForm, tokenizerFor } from '@throughtime/char-generator/core/text-form';
import { prepareRun, runOn } from '@throughtime/char-generator/core/training-run';
import { Vocabulary } from '@throughtime/text-preprocess';

/**
 * @param {string} name a preset
 * @param {import('@throughtime/char-generator/core/corpus').LoadedCorpus} corpus
 * @param {{ epochs?: number }} [options] fewer epochs than the preset's, for a quick look
 */
export function pennTreebankRun(name, corpus, { epochs } = {}) {
  return prepareRun(corpus, completeSettings(epochs === undefined ? {} : { epochs }, presetRecipe(name)));
}

/**
 * A run on ids that stand for no words. The validation part is there for protocols that wait for one.
 * @param {string} name a preset
 * @param {{ vocabularySize: number, trainingIds: Int32Array, seed?: number }} options
 */
export function drawnRun(name, { vocabularySize, trainingIds, seed = 1 }) {
  const settings = completeSettings({ seed }, presetRecipe(name));
  const { clean } = settings;
  const tokenizer = tokenizerFor('word', clean);
  const form = new TextForm({ tokenizer, clean, lines: false });
  const words = Array.from({ length: vocabularySize }, (_, id) => `word-${id}`);
  const vocabulary = Vocabulary.fromList(words, { unknown: null });
  const encoded = {
    ...{ form, tokenizer, vocabulary, sentences: undefined },
    ...{ training: [trainingIds], validation: [trainingIds.subarray(0, 10_000)] },
  };
  return runOn(encoded, { name: 'drawn ids', text: '' }, settings);
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '@throughtime/command-line';
import { isNgramConfig, type LoadedNgramModel, type RecurrentLanguageModel } from '@throughtime/lang-model';
import { loadModel, loadNgramModel } from '@throughtime/lang-model/node';
import type { Tokenizer, Vocabulary } from '@throughtime/text-preprocess';
import { startBackend, useThreads } from '../compute.js';

/** A model with all that it takes to read and write text. */
export interface OpenModel<M = RecurrentLanguageModel> {
  readonly model: M;
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  /** What was noted when the model was saved. */
  readonly notes: Readonly<Record<string, unknown>>;
}

/** What `train` or `ngram` saved. */
export type AnyModel = RecurrentLanguageModel | LoadedNgramModel['model'];

/**
 * Reads the folder of --model, whatever model is in it.
 * @param threads default: one a core
 * @throws ModelFileError when a file is missing or damaged; UsageError when the model cannot read text
 */
export async function openAnyModel(folder: string, threads?: number): Promise<OpenModel<AnyModel>> {
  if (await holdsNgramModel(folder)) return withTokenizer(folder, await loadNgramModel(folder));
  return openModel(folder, threads);
}

/**
 * Reads the folder of --model, in which a recurrent model is expected.
 * @param threads default: one a core
 * @throws ModelFileError when a file is missing or damaged; UsageError when the model is another, or cannot read text
 */
export async function openModel(folder: string, threads?: number): Promise<OpenModel> {
  if (await holdsNgramModel(folder))
    throw new UsageError(`--model: expected a recurrent model, got an n-gram model in '${folder}'`);
  useThreads(threads);
  const { model, tokenizer, notes } = await loadModel(folder);
  if (model.path === 'reference') await startBackend();
  return withTokenizer(folder, { model, vocabulary: model.vocabulary, tokenizer, notes });
}

/** Without a readable config.json the answer is no: loading then says what is wrong. */
async function holdsNgramModel(folder: string): Promise<boolean> {
  return readFile(join(folder, 'config.json'), 'utf8').then(isNgramConfig, () => false);
}

function withTokenizer<M>(
  folder: string,
  saved: Omit<OpenModel<M>, 'tokenizer' | 'vocabulary'> & {
    readonly tokenizer: Tokenizer | undefined;
    readonly vocabulary: Vocabulary | undefined;
  },
): OpenModel<M> {
  const { vocabulary, tokenizer } = saved;
  if (!vocabulary || !tokenizer)
    throw new UsageError(
      `--model: expected a model with a vocabulary and a tokeniser, got one without in '${folder}'`,
    );
  return { ...saved, vocabulary, tokenizer };
}

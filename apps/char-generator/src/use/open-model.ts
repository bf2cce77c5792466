import { UsageError } from '@throughtime/command-line';
import type { RecurrentLanguageModel } from '@throughtime/lang-model';
import { loadModel } from '@throughtime/lang-model/node';
import type { Tokenizer, Vocabulary } from '@throughtime/text-preprocess';
import { startBackend } from '../backend.js';

/** A model with all that it takes to read and write text. */
export interface OpenModel {
  readonly model: RecurrentLanguageModel;
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  /** What was noted when the model was saved. */
  readonly notes: Readonly<Record<string, unknown>>;
}

/**
 * Reads the folder of --model.
 * @throws ModelFileError when a file is missing or damaged; UsageError when the model cannot read text
 */
export async function openModel(folder: string): Promise<OpenModel> {
  await startBackend();
  const { model, tokenizer, notes } = await loadModel(folder);
  const { vocabulary } = model;
  if (!vocabulary || !tokenizer)
    throw new UsageError(
      `--model: expected a model with a vocabulary and a tokeniser, got one without in '${folder}'`,
    );
  return { model, tokenizer, vocabulary, notes };
}

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '@throughtime/command-line';
import {
  isNgramConfig,
  type LoadedNgramModel,
  quantizeModel,
  type RecurrentLanguageModel,
} from '@throughtime/lang-model';
import { loadModel, loadNgramModel, readArpaFile } from '@throughtime/lang-model/node';
import { Vocabulary } from '@throughtime/text-preprocess';
import { setThreads } from '@throughtime/wasm-kernels';
import { lineMarks, tokenizerFor } from '../core/text-form.js';
import { type TextModel, textModel } from '../core/text-model.js';
import type { UnknownWords } from './model-options.js';

/** What `train` or `ngram` saved. */
export type AnyModel = RecurrentLanguageModel | LoadedNgramModel['model'];

export interface OpenModelOptions {
  /** Default: one per core. */
  readonly threads?: number | undefined;
  /** Default: KenLM. */
  readonly unknown?: UnknownWords;
  /** Whether a model is read whose data do not match their checksum. Default: it is refused. */
  readonly acceptDamage?: boolean | undefined;
  /** Rounds the weights of a recurrent model to a byte each. Default: they stay as they were saved. */
  readonly int8?: boolean | undefined;
  /** What a message calls it. Default '--model'. */
  readonly option?: string;
  /** Told what an ARPA file lacks, and what is wrong with the data of a model that is read all the same. */
  readonly warn?: (text: string) => void;
}

/**
 * Reads the folder of --model, whatever model is in it; or a file in the ARPA format, whose words stand between blanks.
 * @throws ModelFileError when a file is missing or damaged; ArpaFormatError; UsageError when the model cannot read text
 */
export async function openAnyModel(
  folder: string,
  options: OpenModelOptions = {},
): Promise<TextModel<AnyModel>> {
  const { unknown = 'kenlm', acceptDamage, int8, warn } = options;
  const isArpa = await isFile(folder);
  if (!isArpa && !(await holdsNgramModel(folder))) return openModel(folder, options);
  if (int8) throw new UsageError(`--int8: expected a recurrent model, got an n-gram model in '${folder}'`);
  if (isArpa) return openArpa(folder, unknown, warn);
  return forText(folder, await loadNgramModel(folder, { acceptDamage, onWarning: warn }));
}

/**
 * Reads the folder of --model, in which a recurrent model is expected.
 * @throws ModelFileError when a file is missing or damaged; UsageError when the model is another, or cannot read text
 */
export async function openModel(
  folder: string,
  { threads, acceptDamage, int8, option = '--model', warn }: OpenModelOptions = {},
): Promise<TextModel> {
  if (await holdsNgramModel(folder))
    throw new UsageError(`${option}: expected a recurrent model, got an n-gram model in '${folder}'`);
  useThreads(threads);
  const { model: saved, tokenizer, notes } = await loadModel(folder, { acceptDamage, onWarning: warn });
  const model = int8 && saved.weights !== 'int8' ? quantizeModel(saved) : saved;
  if (model.path === 'reference') await startBackend();
  return forText(folder, { model, vocabulary: model.vocabulary, tokenizer, notes });
}

async function openArpa(
  path: string,
  missingUnknown: UnknownWords,
  warn: OpenModelOptions['warn'],
): Promise<TextModel<AnyModel>> {
  const { model, tokens, warnings } = await readArpaFile(path, { missingUnknown });
  for (const warning of warnings) warn?.(`${path}: ${warning}`);
  const { sentences, unknown } = model;
  // Shown as the line end that it stands for; no word of such a file has one in it.
  const shown = sentences ? tokens.with(sentences.end, lineMarks.end) : tokens;
  const vocabulary = Vocabulary.fromList(shown, { unknown: unknown === undefined ? null : tokens[unknown] });
  const notes = { cleaning: 'none', ...(sentences && { lines: true }) };
  return { model, vocabulary, tokenizer: tokenizerFor('whitespace', 'none'), notes };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    // A name that only a file has: reading it says what is wrong.
    () => /\.arpa(\.gz)?$/.test(path),
  );
}

/** @param threads default: one per core, which the engine takes by itself */
export function useThreads(threads: number | undefined): void {
  if (threads !== undefined) setThreads(threads);
}

/** Sets the tfjs backend, for what computes on the reference path: the engine needs none. Loaded only when asked for. */
export async function startBackend(): Promise<void> {
  await import('@tensorflow/tfjs-backend-wasm');
  const tf = await import('@tensorflow/tfjs-core');
  await tf.setBackend('wasm');
}

/** Without a readable config.json the answer is no: loading then says what is wrong. */
async function holdsNgramModel(folder: string): Promise<boolean> {
  return readFile(join(folder, 'config.json'), 'utf8').then(isNgramConfig, () => false);
}

function forText<M>(folder: string, saved: Parameters<typeof textModel<M>>[0]): TextModel<M> {
  const model = textModel(saved);
  if (model) return model;
  throw new UsageError(
    `--model: expected a model with a vocabulary and a tokenizer, got one without in '${folder}'`,
  );
}

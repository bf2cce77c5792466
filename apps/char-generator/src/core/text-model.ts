import type { AwaitableLanguageModel } from '@throughtime/contract';
import { generateText, type RecurrentLanguageModel } from '@throughtime/lang-model';
import type { Random } from '@throughtime/random';
import type { Tokenizer, Vocabulary } from '@throughtime/text-preprocess';
import { TextForm } from './text-form.js';

/** A model with all that it takes to read and write text. */
export interface TextModel<M = RecurrentLanguageModel> {
  readonly model: M;
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  /** What is saved beside the model: the form of its text (see `TextForm`), and which text it was. */
  readonly notes: Readonly<Record<string, unknown>>;
}

/** What was read from a model's files, as a text model; undefined when it was saved without what cuts text into ids. */
export function textModel<M>(saved: {
  readonly model: M;
  readonly tokenizer: Tokenizer | undefined;
  readonly vocabulary: Vocabulary | undefined;
  readonly notes: TextModel['notes'];
}): TextModel<M> | undefined {
  const { model, tokenizer, vocabulary, notes } = saved;
  return tokenizer && vocabulary && { model, tokenizer, vocabulary, notes };
}

export interface SampleOptions {
  /** In tokens. */
  readonly length: number;
  readonly random: Random;
  /** What it continues. Default: nothing. */
  readonly prompt?: string;
  /** Default 0.6: sharpened a little, so that words of a model that is still learning stand out from the noise. */
  readonly temperature?: number;
  readonly signal?: AbortSignal;
}

/** A short text of the model's own. */
export async function sampleText<S>(
  saved: TextModel<AwaitableLanguageModel<S>>,
  { temperature = 0.6, ...options }: SampleOptions,
): Promise<string> {
  const { model, vocabulary } = saved;
  const tokenizer = TextForm.of(saved).prompts;
  let text = '';
  for await (const piece of generateText(model, { tokenizer, vocabulary, temperature, ...options }))
    text += piece;
  return text;
}

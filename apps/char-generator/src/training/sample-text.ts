import { generateText, type RecurrentLanguageModel } from '@throughtime/lang-model';
import type { Random } from '@throughtime/random';
import type { Tokenizer } from '@throughtime/text-preprocess';

/** A short text of the model's own, to watch it learn: sharpened a little, so that words stand out from the noise. */
export async function sampleText(
  model: RecurrentLanguageModel,
  tokenizer: Tokenizer,
  { length, random }: { readonly length: number; readonly random: Random },
): Promise<string> {
  const { vocabulary } = model;
  if (!vocabulary) return '';
  let text = '';
  for await (const piece of generateText(model, { tokenizer, vocabulary, length, random, temperature: 0.6 }))
    text += piece;
  return text;
}

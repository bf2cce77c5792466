import { createHash } from 'node:crypto';
import { BackoffNgramModel, CountNgramModel, encodeModel, encodeNgramModel } from '@throughtime/lang-model';
import type { TextModel } from '../core/text-model.js';
import type { AnyModel } from './open-model.js';

/** SHA-256 of all that decides what a model says of a text: architecture, weights, vocabulary, and how text becomes its tokens. */
export function modelHash({ model, vocabulary, tokenizer, notes }: TextModel<AnyModel>): string {
  const { cleaning, lines } = notes;
  const form = { cleaning, ...(lines === true && { lines }) };
  const files =
    model instanceof BackoffNgramModel || model instanceof CountNgramModel
      ? encodeNgramModel(model, { vocabulary, tokenizer, notes: form })
      : encodeModel(model, { tokenizer, notes: form });
  const hash = createHash('sha256');
  for (const [name, pieces] of Object.entries(files)) {
    hash.update(`${name}\0`);
    for (const piece of pieces) hash.update(piece);
  }
  return hash.digest('hex');
}

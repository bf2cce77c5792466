// Generation and nothing else: the bytes of a saved model's files become text.
import { decodeModel, generateText } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { loadEngine } from '@throughtime/wasm-kernels';

export async function generate(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  await loadEngine();
  const { model, tokenizer } = decodeModel(files);
  const { vocabulary } = model;
  if (!vocabulary || !tokenizer) throw new Error('the model was saved without vocabulary or tokenizer');
  let text = '';
  const options = { tokenizer, vocabulary, prompt: 'to be', length: 40, random: Random.seeded(1) };
  for await (const piece of generateText(model, options)) text += piece;
  return `${model.path}: ${text}`;
}

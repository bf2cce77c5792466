// Generation and nothing else: the bytes of a saved model's files become text.
import { decodeModel, generateText } from '@throughtime/lang-model';
import { loadEngine } from '@throughtime/wasm-kernels';

export async function generate(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  await loadEngine();
  const loaded = decodeModel(files);
  let text = '';
  for await (const piece of generateText(loaded, { prompt: 'to be', length: 40 })) text += piece;
  return `${loaded.model.path}: ${text}`;
}

import { embeddedText } from '../catalogue/embedded.js';
import { type TextEntry, type TextName, texts } from '../catalogue/texts.js';
import { UnknownDatasetError } from '../catalogue/unknown-dataset-error.js';
import type { Corpus } from './corpus.js';

/**
 * A text of the catalogue.
 * @throws UnknownDatasetError, whose message lists the texts there are
 */
export async function loadText(name: TextName | (string & {})): Promise<Corpus> {
  const { title, rights, source, embedded } = textEntry(name);
  return { name, title, rights, source, text: await embeddedText(embedded!.file) };
}

function textEntry(name: string): TextEntry {
  if (!Object.hasOwn(texts, name)) throw new UnknownDatasetError('text', name, Object.keys(texts));
  return texts[name as TextName];
}

// Which learned tokenizers a program has. A program that only reads characters need not carry them all: each is known once its class is
// part of the program, as everything that `@throughtime/text-preprocess` exports is in Node.
import type { Tokenizer } from './tokenizer.js';

type FileReader = (json: unknown) => Tokenizer;

const readers = new Map<string, FileReader>();

/** Says which class reads a `tokenizer.json` whose model is of this type. */
export function knowTokenizer(modelType: string, read: FileReader): void {
  readers.set(modelType, read);
}

/** What reads a `tokenizer.json` of this type of model; undefined where the program has no such class. */
export function tokenizerReader(modelType: string): FileReader | undefined {
  return readers.get(modelType);
}

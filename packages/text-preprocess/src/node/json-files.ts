import { readFile } from 'node:fs/promises';
import { aboutFile, replaceFile } from '@throughtime/platform/node';
import { InvalidFormatError } from '../errors.js';
import type { Tokenizer } from '../tokenizers/tokenizer.js';
import { tokenizerFromJSON } from '../tokenizers/tokenizer-json.js';
import '../bpe/bpe-tokenizer.js';
import '../unigram/unigram-tokenizer.js';
import '../wordpiece/wordpiece-tokenizer.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';

/** Writes `vocabulary.json`, or whatever `path` is called; an old file is replaced only by a whole new one. */
export async function saveVocabulary(path: string, vocabulary: Vocabulary): Promise<void> {
  await replaceFile(path, JSON.stringify(vocabulary));
}

/** @throws InvalidFormatError with the path when the file is damaged or something else; the file system's error about the path */
export async function loadVocabulary(path: string): Promise<Vocabulary> {
  return load(path, (text) => Vocabulary.fromJSON(text));
}

/** Writes a tokenizer: for one that was learned a `tokenizer.json` that Hugging Face's libraries read. */
export async function saveTokenizer(path: string, tokenizer: Tokenizer): Promise<void> {
  await replaceFile(path, JSON.stringify(tokenizer));
}

/** @throws InvalidFormatError with the path when the file is damaged or something else; the file system's error about the path */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  return load(path, tokenizerFromJSON);
}

async function load<T>(path: string, parse: (text: string) => T): Promise<T> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof InvalidFormatError) error.message = `${path}: ${error.message}`;
    throw aboutFile(path, error);
  }
}

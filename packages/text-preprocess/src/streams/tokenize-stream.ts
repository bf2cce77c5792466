import type { Tokenizer } from '../tokenizers/tokenizer.js';
import { ChunkCutter } from './chunk-cutter.js';

/** The tokens of a text that comes in chunks cut anywhere: those of the whole text, in order. */
export function* tokenizeChunks(
  chunks: Iterable<string>,
  { tokenizer }: { readonly tokenizer: Tokenizer },
): Generator<string, void, undefined> {
  const cutter = new ChunkCutter((text) => tokenizer.splitPoint(text));
  for (const chunk of chunks) yield* tokenizer.tokenize(cutter.push(chunk));
  yield* tokenizer.tokenize(cutter.end());
}

/** {@link tokenizeChunks} for a source that is waited for, such as a file or a response. */
export async function* tokenizeStream(
  chunks: AsyncIterable<string>,
  { tokenizer }: { readonly tokenizer: Tokenizer },
): AsyncGenerator<string, void, undefined> {
  const cutter = new ChunkCutter((text) => tokenizer.splitPoint(text));
  for await (const chunk of chunks) yield* tokenizer.tokenize(cutter.push(chunk));
  yield* tokenizer.tokenize(cutter.end());
}

import { checkedTokenizerOption, type TokenizerOption } from '../tokenizers/tokenizer.js';
import { type ChunkStage, cutStage, streamThroughStage, throughStage } from './chunk-cutter.js';

/** The tokens of a text that comes in chunks cut anywhere: those of the whole text, in order. */
export function tokenizeChunks(
  chunks: Iterable<string>,
  options: TokenizerOption,
): Generator<string, void, undefined> {
  return throughStage(chunks, stageOf(options));
}

/** {@link tokenizeChunks} for a source that is waited for, such as a file or a response. */
export function tokenizeStream(
  chunks: AsyncIterable<string>,
  options: TokenizerOption,
): AsyncGenerator<string, void, undefined> {
  return streamThroughStage(chunks, stageOf(options));
}

function stageOf(options: TokenizerOption): ChunkStage<string, string> {
  const { tokenizer } = checkedTokenizerOption(options);
  return cutStage(
    (text) => tokenizer.splitPoint(text),
    (text) => tokenizer.tokenize(text),
  );
}

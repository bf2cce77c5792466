import { chunksOf } from '../require-text.js';
import { ChunkCutter } from '../streams/chunk-cutter.js';
import {
  checkedTokenizerOption,
  type TextCounter,
  type Tokenizer,
  type TokenizerOption,
} from '../tokenizers/tokenizer.js';
import { TokenCounts } from '../vocabulary/token-counts.js';

/**
 * Counts the tokens of a text, given whole or in chunks cut anywhere. Only the counts are kept, so memory grows with the number
 * of distinct tokens.
 * @throws ArgumentError when the source or a chunk of it is no text, such as bytes
 */
export function countTokens(source: string | Iterable<string>, options: TokenizerOption): TokenCounts {
  const { tokenizer } = checkedTokenizerOption(options);
  const counter = counterOf(tokenizer);
  if (typeof source === 'string') {
    counter.add(source);
    return counter.counts();
  }
  const cutter = new ChunkCutter((text) => tokenizer.splitPoint(text));
  for (const chunk of chunksOf(source)) counter.add(cutter.push(chunk));
  counter.add(cutter.end());
  return counter.counts();
}

/** {@link countTokens} for a source that is waited for, such as a file or a response. */
export async function countTokensStream(
  source: AsyncIterable<string>,
  options: TokenizerOption,
): Promise<TokenCounts> {
  const { tokenizer } = checkedTokenizerOption(options);
  const counter = counterOf(tokenizer);
  const cutter = new ChunkCutter((text) => tokenizer.splitPoint(text));
  for await (const chunk of source) counter.add(cutter.push(chunk));
  counter.add(cutter.end());
  return counter.counts();
}

function counterOf(tokenizer: Tokenizer): TextCounter {
  return tokenizer.counter?.() ?? plainCounter(tokenizer);
}

function plainCounter(tokenizer: Tokenizer): TextCounter {
  const counts = new TokenCounts();
  return {
    add(text) {
      for (const token of tokenizer.tokenize(text)) counts.add(token);
    },
    counts: () => counts,
  };
}

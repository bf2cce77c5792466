import { type AddedToken, AddedTokens } from '../bpe/added-tokens.js';
import { chunksOf } from '../require-text.js';
import { ChunkCutter } from '../streams/chunk-cutter.js';
import type { Splitter } from './splitter.js';

export interface CountPiecesOptions {
  readonly split: Splitter;
  /** Where a text may be cut whatever follows, as `Tokenizer.splitPoint`. */
  readonly splitPoint: (text: string) => number;
  /** Left out of the text: they are never parts of pieces. */
  readonly special: readonly AddedToken[];
}

/** How often each piece of a text occurs, which may come in chunks cut anywhere. Held in memory are the distinct pieces. */
export function countPieces(
  source: string | Iterable<string>,
  { split, splitPoint, special }: CountPiecesOptions,
): Map<string, number> {
  const counts = new Map<string, number>();
  const cutter = new ChunkCutter(splitPoint);
  const added = new AddedTokens(special);
  const count = (text: string) => {
    for (const part of added.split(text)) {
      if (part.id < 0) split(part.text, (piece) => counts.set(piece, (counts.get(piece) ?? 0) + 1));
    }
  };
  for (const chunk of chunksOf(source)) count(cutter.push(chunk));
  count(cutter.end());
  return counts;
}

/** The most frequent members, `most` at most; of equally frequent ones those that come first by code point. */
export function mostFrequent(counts: ReadonlyMap<string, number>, most: number): string[] {
  const byCount = [...counts].sort(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : 1));
  return byCount.slice(0, Math.max(0, most)).map(([member]) => member);
}

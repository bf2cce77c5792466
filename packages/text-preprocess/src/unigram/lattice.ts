import type { TokenTrie } from '../subwords/token-trie.js';
import { isHighSurrogate, isLowSurrogate } from '../tokenizers/surrogates.js';

/** Where the character that begins at `start` ends. */
export function characterEnd(text: string, start: number): number {
  const isPair = isHighSurrogate(text.charCodeAt(start)) && isLowSurrogate(text.charCodeAt(start + 1));
  return start + (isPair ? 2 : 1);
}

export interface LatticeOptions {
  readonly trie: TokenTrie;
  /** The score of each token by id. */
  readonly scores: ArrayLike<number>;
  /** A token that must not be used. Default: none. */
  readonly without?: number;
  /** What a character scores that is no token by itself, and has the id -1. Default: the text then has no path through it. */
  readonly unknownScore?: number;
}

/**
 * Calls `visit` with each token of `text`: from where to where, its id and score; all that begin at one place before the next.
 * In characters' order, so that a path to `start` is complete when its tokens come.
 */
export function visitTokens(
  text: string,
  { trie, scores, without = -1, unknownScore }: LatticeOptions,
  visit: (start: number, end: number, id: number, score: number) => void,
): void {
  for (let start = 0; start < text.length; ) {
    const next = characterEnd(text, start);
    let isKnown = false;
    let node = 0;
    for (let i = start; i < text.length; i++) {
      node = trie.step(node, text.charCodeAt(i));
      if (node === 0) break;
      const id = trie.idAt(node);
      if (id < 0 || id === without) continue;
      visit(start, i + 1, id, scores[id]);
      if (i + 1 === next) isKnown = true;
    }
    if (!isKnown && unknownScore !== undefined) visit(start, next, -1, unknownScore);
    start = next;
  }
}

/** The ids of the best path, -1 for an unknown character; undefined where there is none. Of equal ones that with the longer last token. */
export function bestPath(text: string, options: LatticeOptions): number[] | undefined {
  const best = new Float64Array(text.length + 1);
  const starts = new Int32Array(text.length + 1).fill(-1);
  const ids = new Int32Array(text.length + 1);
  visitTokens(text, options, (start, end, id, score) => {
    if (start > 0 && starts[start] < 0) return;
    const total = score + best[start];
    if (starts[end] >= 0 && total <= best[end]) return;
    best[end] = total;
    starts[end] = start;
    ids[end] = id;
  });
  const path: number[] = [];
  for (let end = text.length; end > 0; end = starts[end]) {
    if (starts[end] < 0) return undefined;
    path.push(ids[end]);
  }
  return path.reverse();
}

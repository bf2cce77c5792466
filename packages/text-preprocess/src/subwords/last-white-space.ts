import { whiteSpace } from '../cleaning/whitespace.js';

/** The last white space of `text` that is not its first character, where pieces without white space may be cut; 0 for none. */
export function lastWhiteSpace(text: string): number {
  const { table } = whiteSpace.unicode;
  for (let i = text.length - 1; i > 0; i--) if (table[text.charCodeAt(i)] === 1) return i;
  return 0;
}

import type { Attribution } from '../catalogue/entry.js';
import type { TextPart } from '../catalogue/texts.js';

/** A text of the catalogue. */
export interface Corpus extends Attribution {
  readonly name: string;
  /** Which part, for a corpus published in parts. */
  readonly part?: TextPart;
  readonly text: string;
}

import type { Attribution } from '../catalogue/entry.js';
import type { TextPart } from '../catalogue/texts.js';

/** Which text it is, and whose. */
export interface CorpusDescription extends Attribution {
  readonly name: string;
  /** Which part, for a corpus published in parts. */
  readonly part?: TextPart;
}

/** A text of the catalogue. */
export interface Corpus extends CorpusDescription {
  readonly text: string;
}

/** A text of the catalogue, undecoded. */
export interface ByteCorpus extends CorpusDescription {
  readonly bytes: Uint8Array;
}

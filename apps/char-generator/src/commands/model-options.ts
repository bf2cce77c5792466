// Options that several commands have; free of what reads models and texts, so that help comes at once.
import { integerOption } from '@throughtime/command-line';
import { Option } from 'commander';
import { type CorpusNames, defaultVocabularySize, splits } from '../core/settings.js';

/** For the commands that make a model of a text, or of several. */
export const corpusFlags = '--corpus <name|file...>';
export const corpusText = 'data sets by name, UTF-8 text files, folders of *.txt; several follow one another';
export const tokensText =
  'what a token is; grapheme: what a reader takes for one character, accents and joined emoji included; bpe, wordpiece, unigram: parts of words learned of the training text (wordpiece does not keep white space)';

export const cleanText =
  'letters: lower-case a to z and spaces only; eos: line ends are the word <eos>; d2l-...: as that edition of Dive into Deep Learning, with its vocabulary';
export const vocabularySizeText = 'bpe, wordpiece, unigram: tokens at most';

/** For the commands that cut a text, but for `train`, whose options say their defaults by themselves. */
export const vocabularySizeOption = [
  '--vocabulary-size <n>',
  `${vocabularySizeText} (default: ${defaultVocabularySize})`,
  integerOption({ min: 256 }),
] as const;

/** For the commands that read a text. @param otherwise what is read without it */
export function splitOption(otherwise: string): Option {
  return new Option(
    '--split <part>',
    `the part to read of a data set that is published in parts (default: ${otherwise})`,
  ).choices(splits);
}

/** For the commands that make a model of a text and validate it. */
export const trainedParts = 'train, validated on validation; a part named here is validated on its own end';

/** One name stays one. */
export function oneOrMore(given: CorpusNames): CorpusNames {
  return typeof given !== 'string' && given.length === 1 ? given[0] : given;
}

/** For the commands that read a model. */
export const int8Option = [
  '--int8',
  'round weights to a byte each, with a scale for each row: a large recurrent model generates faster; a model saved so is read so anyway',
] as const;

/** What unknown words are where an ARPA file has no `<unk>`: as improbable as KenLM has them, or not counted as by SRILM. */
export const unknownWords = ['kenlm', 'srilm'] as const;
export type UnknownWords = (typeof unknownWords)[number];

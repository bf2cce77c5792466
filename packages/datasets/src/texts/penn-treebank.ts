import { ArgumentError } from '@throughtime/errors';
import type { DownloadOptions } from '../download/download-options.js';
import { loadTextSplit } from './load-text.js';

/** Penn Treebank as word ids. */
export interface PennTreebank {
  /** [V]: the words in the order of their ids. */
  readonly words: readonly string[];
  /** Ids of the training part, 929,589 tokens. */
  readonly train: Int32Array;
  /** Ids of the validation part, 73,760 tokens. */
  readonly validation: Int32Array;
  /** Ids of the test part, 82,430 tokens. */
  readonly test: Int32Array;
}

/** The end of a line. */
const eos = '<eos>';
/** Stands for rare words, in the corpus itself. */
const unk = '<unk>';

/** The words of a file, `<eos>` for the end of every line (929,589, 73,760 and 82,430 in the three files). */
export function pennTreebankTokens(text: string): string[] {
  return text.replaceAll('\n', ` ${eos} `).split(/\s+/).filter(Boolean);
}

/** A word that is not in the vocabulary, which has no `<unk>` to stand for it. */
export class UnknownWordError extends ArgumentError {
  override name = 'UnknownWordError';

  constructor(word: string) {
    super('text', `words of the training text, which has no ${unk}`, word);
  }
}

/**
 * Encodes the three files as the Penn Treebank language models do: ids in the order of decreasing counts in the training text, words of
 * one count in alphabetical order (of code units).
 * @throws UnknownWordError
 */
export function encodePennTreebank(
  texts: Readonly<Record<'train' | 'validation' | 'test', string>>,
): PennTreebank {
  const train = pennTreebankTokens(texts.train);
  const counts = new Map<string, number>();
  for (const word of train) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([word]) => word);
  const ids = new Map(words.map((word, id) => [word, id]));
  const unknown = ids.get(unk);
  const encode = (tokens: readonly string[]) =>
    Int32Array.from(tokens, (word) => {
      const id = ids.get(word) ?? unknown;
      if (id === undefined) throw new UnknownWordError(word);
      return id;
    });
  return {
    words,
    train: encode(train),
    validation: encode(pennTreebankTokens(texts.validation)),
    test: encode(pennTreebankTokens(texts.test)),
  };
}

/**
 * Downloads Penn Treebank (6 MB, for those licensed by the Linguistic Data Consortium) and encodes it: 10,000 words.
 * @throws as `loadText`
 */
export async function loadPennTreebank(options: DownloadOptions = {}): Promise<PennTreebank> {
  const { train, validation, test } = await loadTextSplit('penn-treebank', options);
  return encodePennTreebank({ train: train.text, validation: validation.text, test: test.text });
}

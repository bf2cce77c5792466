import { UsageError } from '@throughtime/command-line';
import type { NgramVocabulary } from '@throughtime/lang-model';
import { BYTE_TOKENS, type Tokenizer, Vocabulary } from '@throughtime/text-preprocess';
import type { LoadedCorpus } from '../text/corpus.js';
import { type Cleaning, type TokenKind, tokenizerFor } from '../text/text-form.js';
import { firstTokens, tokenTexts } from '../text/token-texts.js';

export interface NgramDataSettings {
  readonly tokens: TokenKind;
  readonly clean: Cleaning;
  readonly minFrequency: number;
  /** Whether each line is a sentence between `<s>` and `</s>`. */
  readonly lines: boolean;
  /** Share of the text, from its end. */
  readonly validation: number;
  /** undefined: all. */
  readonly maxTokens?: number;
}

/** A corpus as texts of ids: the one text, or its lines. The validation part is its end. */
export interface NgramData {
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  readonly special: NgramVocabulary;
  readonly training: readonly Int32Array[];
  /** Empty when none was wanted. */
  readonly validation: readonly Int32Array[];
}

/**
 * The end of a sentence is a line end where it is shown, though an ARPA file calls it `</s>`; so a model of lines writes lines.
 */
const marks = { begin: '<s>', end: '\n' } as const;

/**
 * Cleans, cuts and encodes a corpus.
 * @throws UsageError when nothing is left of it
 */
export function prepareNgramData(corpus: LoadedCorpus, settings: NgramDataSettings): NgramData {
  const { tokens: kind, clean, minFrequency, lines, validation: share, maxTokens } = settings;
  const tokenizer = tokenizerFor(kind, clean);
  const all = firstTokens(tokenTexts(corpus.text, { tokenizer, clean, lines }), maxTokens);
  if (all.length === 0)
    throw new UsageError(`--corpus: expected a text, got '${corpus.name}', which has no tokens: it is empty`);
  const [training, held] = lines ? splitAt(all, share) : splitAt(all[0], share).map((part) => [part]);
  const heldOut =
    corpus.validationText === undefined
      ? held
      : share > 0
        ? tokenTexts(corpus.validationText, { tokenizer, clean, lines })
        : [];
  const learned = corpus.validationText === undefined ? training : all;

  const reserved = lines ? [marks.begin, marks.end] : [];
  const vocabulary =
    kind === 'byte'
      ? Vocabulary.fromList(new Set([...BYTE_TOKENS, ...reserved]), { reserved })
      : Vocabulary.fromTokens(learned.flat(), { minFrequency, reserved });
  const sentences = lines
    ? { begin: vocabulary.idOf(marks.begin), end: vocabulary.idOf(marks.end) }
    : undefined;
  return {
    tokenizer,
    vocabulary,
    special: {
      vocabularySize: vocabulary.size,
      sentences,
      unknown: vocabulary.unknownId ?? undefined,
    },
    training: learned.map((text) => vocabulary.encode(text)),
    validation: heldOut.filter((text) => text.length > 0).map((text) => vocabulary.encode(text)),
  };
}

function splitAt<T>(items: readonly T[], share: number): [T[], T[]] {
  const border = items.length - Math.floor(items.length * share);
  return [items.slice(0, border), items.slice(border)];
}

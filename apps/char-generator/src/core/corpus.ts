// From a corpus to ids: loading, cleaning, tokens, the split, the vocabulary. Every model, of command and page, gets its text here.
import { datasets, type LoadTextOptions, loadText, loadTextSplit } from '@throughtime/datasets';
import { ArgumentError, inWords, showValue } from '@throughtime/errors';
import { type SentenceMarks, unigramPerplexity } from '@throughtime/lang-model';
import {
  BYTE_TOKENS,
  gutenbergParts,
  SubwordTokenizer,
  type Tokenizer,
  Vocabulary,
  vocabularyOptionsOf,
} from '@throughtime/text-preprocess';
import { defaultVocabularySize, isLearned, type TextSettings } from './settings.js';
import { conventionOf, learnedTokens, lineMarks, TextForm, tokenizerFor } from './text-form.js';

export interface LoadedCorpus {
  /** The name or path that was asked for. */
  readonly name: string;
  readonly text: string;
  /** For corpora that are published with a validation part of their own. */
  readonly validationText?: string;
}

/**
 * A text of the catalog, downloaded if need be; undefined when the catalog has no text of that name.
 * @throws DownloadError; the signal's reason
 */
export async function loadCorpus(
  name: string,
  options: LoadTextOptions = {},
): Promise<LoadedCorpus | undefined> {
  const entry = datasets().find((dataset) => dataset.kind === 'text' && dataset.name === name);
  if (!entry) return undefined;
  if (entry.parts.length === 0) return { name, text: bookOf((await loadText(name, options)).text) };
  const { train, validation } = await loadTextSplit(name, options);
  return { name, text: train.text, validationText: validation.text };
}

/** Of a file of Project Gutenberg the book alone, its lines ended as everywhere: nobody wants a model to write licenses. */
function bookOf(text: string): string {
  return gutenbergParts(text)?.book.replaceAll('\r\n', '\n') ?? text;
}

/** A corpus as texts of ids: the one text, or its lines. The validation part is its end, or the part published as such. */
export interface EncodedCorpus {
  readonly form: TextForm;
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  /** The marks around a line where each line is a sentence. */
  readonly sentences: SentenceMarks | undefined;
  readonly training: readonly Int32Array[];
  /** Empty when none was wanted. */
  readonly validation: readonly Int32Array[];
}

/** How a corpus becomes ids; an n-gram model may take each line as a text. */
export type EncodingSettings = TextSettings & {
  readonly lines?: boolean;
  /** Named where the validation text was asked for: it is then read whatever `validation` says. */
  readonly validationCorpus?: string;
};

/** What cut and counted another text: a model knows no other tokens. */
export interface KnownTokens {
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
}

/**
 * Cleans, cuts, splits and encodes a corpus.
 * @param known tokenizer and vocabulary of a model that is to be trained further. Default: those that the settings make of the corpus
 * @throws ArgumentError when nothing is left of the corpus, or it has tokens that are not known
 */
export function encodeCorpus(
  corpus: LoadedCorpus,
  settings: EncodingSettings,
  known?: KnownTokens,
): EncodedCorpus {
  const { clean, lines = false, validation: share, validationCorpus, maxTokens } = settings;
  if (!known) requireWordsOf(settings);
  const tokenizer = known?.tokenizer ?? tokenizerOf(corpus, settings);
  const form = new TextForm({ tokenizer, clean, lines });
  const all = form.texts(corpus.text, { maxTokens });
  if (all.length === 0) {
    const got = `'${corpus.name}', which has no tokens: it is empty`;
    throw new ArgumentError('corpus', 'a text', inWords(got));
  }
  if (lines) refuseMarks(all, corpus);
  const [training, held] =
    corpus.validationText !== undefined
      ? [all, share > 0 || validationCorpus !== undefined ? form.texts(corpus.validationText) : []]
      : lines
        ? splitAt(all, share)
        : splitAt(all[0], share).map((part) => [part]);

  const vocabulary =
    known?.vocabulary ??
    // The chapter counts the whole text before it takes the part that it trains on.
    vocabularyOf(conventionOf(clean) ? form.texts(corpus.text) : training, tokenizer, settings);
  if (!known) requireTokens(vocabulary, settings);
  if (known) for (const text of training) requireKnown(text, vocabulary, corpus.name);
  return {
    form,
    tokenizer,
    vocabulary,
    sentences: lines
      ? { begin: vocabulary.idOf(lineMarks.begin), end: vocabulary.idOf(lineMarks.end) }
      : undefined,
    training: training.map((text) => vocabulary.encode(text)),
    validation: held.filter((text) => text.length > 0).map((text) => vocabulary.encode(text)),
  };
}

/** @throws ArgumentError when tokens are such that the mark of a line's end, which a cleaning writes, is none */
export function requireWordsOf({ tokens, clean }: Pick<TextSettings, 'tokens' | 'clean'>): void {
  if (clean !== 'eos' || tokens === 'word' || tokens === 'whitespace') return;
  throw new ArgumentError(
    'tokens',
    "'word' for a text cleaned by 'eos', of which <eos> is a word (or 'whitespace')",
    tokens,
  );
}

/** How a text is cut. Parts of words are learned of text that is surely trained on: a token has a character at least. */
export function tokenizerOf(
  { text, validationText }: Omit<LoadedCorpus, 'name'>,
  {
    tokens,
    clean,
    maxTokens = Number.POSITIVE_INFINITY,
    validation,
    vocabularySize = defaultVocabularySize,
  }: Omit<TextSettings, 'minFrequency'>,
): Tokenizer {
  if (!isLearned(tokens)) return tokenizerFor(tokens, clean);
  const share = validationText === undefined ? 1 - validation : 1;
  const characters = Math.floor(Math.min(text.length, maxTokens) * share);
  return learnedTokens(text.slice(0, characters), { tokens, clean, vocabularySize });
}

/** The mark that begins each line is context only; as a word of a line it could not be predicted. */
function refuseMarks(texts: readonly string[][], { name, text }: LoadedCorpus): void {
  if (!texts.some((tokens) => tokens.includes(lineMarks.begin))) return;
  const line = text.split(/\r\n|\n|\r/).findIndex((candidate) => candidate.includes(lineMarks.begin)) + 1;
  const got = inWords(`${showValue(lineMarks.begin)} in line ${line} of '${name}'`);
  throw new ArgumentError(
    'corpus',
    `words other than ${lineMarks.begin}, which marks where a line begins`,
    got,
    {
      hint: 'take it out of the text',
    },
  );
}

/** Of the training text alone, but for the chapter's editions: a token that only the validation text has is unknown. */
function vocabularyOf(
  texts: readonly string[][],
  tokenizer: Tokenizer,
  { clean, minFrequency, lines = false }: EncodingSettings,
): Vocabulary {
  const reserved = lines ? [lineMarks.begin, lineMarks.end] : [];
  const fixed =
    tokenizer.type === 'byte' ? { tokens: BYTE_TOKENS, unknown: null } : learnedVocabulary(tokenizer);
  if (fixed) {
    const { tokens, unknown } = fixed;
    return Vocabulary.fromList(new Set([...tokens, ...reserved]), { reserved, unknown });
  }
  const convention = conventionOf(clean);
  const order = convention && vocabularyOptionsOf(convention);
  return Vocabulary.fromTokens(texts.flat(), { ...order, minFrequency, reserved });
}

/** @throws ArgumentError where all of the text would be unknown: such a model could write nothing */
function requireTokens({ size, unknownId, reserved }: Vocabulary, settings: EncodingSettings): void {
  if (size > reserved.length + Number(unknownId !== null)) return;
  const { minFrequency, tokens } = settings;
  if (minFrequency > 1)
    throw new ArgumentError('minFrequency', 'a count that some token of the text reaches', minFrequency);
  const got = inWords(`'${tokens}', which find none in it`);
  throw new ArgumentError('tokens', 'those that the text has some of', got);
}

function learnedVocabulary(tokenizer: Tokenizer): Vocabulary | undefined {
  return tokenizer instanceof SubwordTokenizer ? tokenizer.vocabulary : undefined;
}

function splitAt<T>(items: readonly T[], share: number): [T[], T[]] {
  const border = items.length - Math.floor(items.length * share);
  return [items.slice(0, border), items.slice(border)];
}

/** @throws ArgumentError naming the first token that the vocabulary does not have */
export function requireKnown(tokens: readonly string[], vocabulary: Vocabulary, corpus: string): void {
  const unknown = tokens.find((token) => !vocabulary.has(token));
  if (unknown === undefined) return;
  const got = `${showValue(unknown)} in '${corpus}'`;
  throw new ArgumentError('corpus', "tokens of the model's vocabulary", inWords(got));
}

/** Texts end to end; where the model has sentence marks, each with its end. */
export function joined(texts: readonly Int32Array[], sentences: SentenceMarks | undefined): Int32Array {
  if (texts.length === 1 && !sentences) return texts[0];
  const ends = sentences ? 1 : 0;
  const all = new Int32Array(texts.reduce((sum, { length }) => sum + length + ends, 0));
  let at = 0;
  for (const ids of texts) {
    all.set(ids, at);
    at += ids.length;
    if (sentences) all[at++] = sentences.end;
  }
  return all;
}

/** Perplexity of the training text's own frequencies, on either part: what a model that knows no order reaches. */
export interface UnigramFloor {
  readonly training: number;
  /** undefined where there is no text to validate on. */
  readonly validation: number | undefined;
}

export function unigramFloor({ training, validation, vocabulary, sentences }: EncodedCorpus): UnigramFloor {
  const vocabularySize = vocabulary.size;
  const counted = joined(training, sentences);
  return {
    training: unigramPerplexity(counted, { vocabularySize }),
    validation:
      validation.length === 0
        ? undefined
        : unigramPerplexity(counted, { vocabularySize, of: joined(validation, sentences) }),
  };
}

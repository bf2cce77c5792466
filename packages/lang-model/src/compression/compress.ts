import {
  ArgumentError,
  abortSignal,
  callback,
  checkOptions,
  inWords,
  type OptionChecks,
  required,
  whole,
} from '@throughtime/errors';
import { eventLoopTurn } from '@throughtime/platform';
import { millisecondsBetweenTurns, requireTokens, tokenIds, tokenSequence } from '../checks.js';
import { noLogProbability } from '../generation/sampler.js';
import type { AwaitableLanguageModel } from '../language-model.js';
import { ArithmeticDecoder, ArithmeticEncoder, totalFrequency } from './arithmetic-coding.js';

/** Every token gets a place in the frequencies, and this many leave the model nearly all of it. */
const largestVocabulary = totalFrequency / 16;

/** What {@link compress} and {@link decompress} must agree on, and how they report. */
export interface CompressOptions {
  /** The id that stands for tokens which the vocabulary lacks: behind each comes what the token was. Default: none. */
  readonly unknown?: number | undefined;
  /** Told how many tokens are done, now and then. */
  readonly onProgress?: (tokens: number) => void;
  /** Stops between tokens with the signal's reason. */
  readonly signal?: AbortSignal;
}

const compressChecks: OptionChecks<CompressOptions> = {
  unknown: whole({ from: 0 }),
  onProgress: callback,
  signal: abortSignal,
};

/** A text as ids, and as bytes what those that are unknown stand for. */
export interface CompressibleText {
  /** The tokens of the text. */
  readonly ids: Int32Array;
  /** One for each id that is `unknown`, in order. */
  readonly literals: readonly Uint8Array[];
}

/**
 * A text in about as many bits as the model's perplexity promises, by arithmetic coding: a token of probability p takes -log2 p bits.
 * Probabilities are rounded to whole frequencies that sum to 2^20. That costs less than 0.01 bits per token for each 7,000 tokens of the
 * vocabulary. {@link decompress} gives the text back with the same model, computed in the same way: the engine's variant matters.
 * @throws TokenOutOfRangeError; ArgumentError naming the option, or where the vocabulary has more than 65,536 tokens; the signal's reason
 */
export async function compress<S>(
  model: AwaitableLanguageModel<S>,
  { ids: text, literals }: CompressibleText,
  options: CompressOptions = {},
): Promise<Uint8Array> {
  checkOptions<CompressOptions>(options, compressChecks);
  requireTokens(tokenSequence('ids', text), model.vocabularySize);
  const ids = tokenIds('ids', text);
  const { unknown = -1 } = options;
  const count = ids.filter((id) => id === unknown).length;
  if (literals.length !== count)
    throw new ArgumentError(
      'literals',
      `one for each of ${count} unknown tokens`,
      inWords(`${literals.length}`),
    );
  const encoder = new ArithmeticEncoder();
  let literal = 0;
  await throughModel(model, ids.length, options, (frequencies, at) => {
    const id = ids[at];
    let before = 0;
    for (let v = 0; v < id; v++) before += frequencies[v];
    encoder.encode(before, frequencies[id]);
    if (id === unknown) encodeBytes(encoder, literals[literal++]);
    return id;
  });
  return encoder.end();
}

/** The options of {@link compress}, and the length of the text. */
export interface DecompressOptions extends CompressOptions {
  /** How many tokens the text has. */
  readonly tokens: number;
}

/**
 * The text that {@link compress} made these bytes of. Bytes that are damaged, or another model, give another text: keep a checksum.
 * @throws ArgumentError naming the option; the signal's reason
 */
export async function decompress<S>(
  model: AwaitableLanguageModel<S>,
  bytes: Uint8Array,
  options: DecompressOptions,
): Promise<CompressibleText> {
  checkOptions<DecompressOptions>(options, { ...compressChecks, tokens: required(whole({ from: 0 })) });
  const { tokens, unknown = -1, ...others } = options;
  const decoder = new ArithmeticDecoder(bytes);
  const ids = new Int32Array(tokens);
  const literals: Uint8Array[] = [];
  await throughModel(model, tokens, others, (frequencies, at) => {
    const { place } = decoder;
    let id = 0;
    let before = 0;
    while (before + frequencies[id] <= place) before += frequencies[id++];
    decoder.take(before, frequencies[id]);
    ids[at] = id;
    // Of damaged bytes there may be any number; each says its length first.
    if (id === unknown) literals.push(decodeBytes(decoder, bytes.length));
    return id;
  });
  return { ids, literals };
}

/** Asks the model for the frequencies of each token in turn, and advances it by the token that `each` gives. */
async function throughModel<S>(
  model: AwaitableLanguageModel<S>,
  tokens: number,
  { onProgress, signal }: CompressOptions,
  each: (frequencies: Int32Array, at: number) => number,
): Promise<void> {
  const { vocabularySize } = model;
  if (vocabularySize > largestVocabulary)
    throw new ArgumentError(
      'model',
      `a vocabulary of at most ${largestVocabulary} tokens`,
      inWords(`${vocabularySize}`),
    );
  const frequencies = new Int32Array(vocabularySize);
  const turn = eventLoopTurn(millisecondsBetweenTurns);
  let state = model.initialState();
  for (let at = 0; at < tokens; at++) {
    const said = model.logProbabilities(state);
    frequenciesInto(frequencies, said instanceof Promise ? await said : said);
    const next = model.advance(state, each(frequencies, at));
    state = next instanceof Promise ? await next : next;
    if (at % 256 > 0) continue;
    await turn();
    signal?.throwIfAborted();
    onProgress?.(at);
  }
}

/** Whole frequencies in proportion to probabilities, each at least 1, that sum to `totalFrequency`. */
function frequenciesInto(frequencies: Int32Array, logProbabilities: ArrayLike<number>): void {
  const shared = totalFrequency - frequencies.length;
  let left = totalFrequency;
  let best = 0;
  for (let v = 0; v < frequencies.length; v++) {
    const value = logProbabilities[v];
    if (!(value < Number.POSITIVE_INFINITY)) throw noLogProbability(v, value);
    const frequency = 1 + Math.floor(shared * Math.exp(value));
    frequencies[v] = frequency;
    left -= frequency;
    if (frequency > frequencies[best]) best = v;
  }
  // What rounding left, or, as probabilities are rounded too, took too much.
  frequencies[best] += left;
}

const perByte = totalFrequency / 256;

/** A length in groups of seven bits, lowest first, then the bytes; each byte as probable as another. */
function encodeBytes(encoder: ArithmeticEncoder, bytes: Uint8Array): void {
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) encoder.encode((128 + (rest & 127)) * perByte, perByte);
  encoder.encode(rest * perByte, perByte);
  for (const byte of bytes) encoder.encode(byte * perByte, perByte);
}

function decodeBytes(decoder: ArithmeticDecoder, most: number): Uint8Array {
  const next = () => {
    const byte = Math.floor(decoder.place / perByte);
    decoder.take(byte * perByte, perByte);
    return byte;
  };
  let length = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = next();
    length += (byte & 127) * scale;
    if (byte < 128 || length > most) break;
  }
  return Uint8Array.from({ length: Math.min(length, most) }, next);
}

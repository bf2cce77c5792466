import { checkOptions, required } from '@throughtime/errors';
import { requireText } from './require-text.js';
import { type ChunkStage, cutStage, streamThroughStage, throughStage } from './streams/chunk-cutter.js';
import type { Detokenizer } from './tokenizers/detokenizer.js';
import { type TextEncoding, type Tokenizer, tokenizerCheck } from './tokenizers/tokenizer.js';
import { type Vocabulary, vocabularyCheck } from './vocabulary/vocabulary.js';

/** How text is cut into tokens, and which id each token has: what a model directory stores. */
export interface TextCodecOptions {
  /** Cuts text into tokens. */
  readonly tokenizer: Tokenizer;
  /** Gives each token its id. */
  readonly vocabulary: Vocabulary;
}

/** Text to ids and back in one step, for whole texts, chunks and streams. */
export class TextCodec {
  /** Cuts text into tokens. */
  readonly tokenizer: Tokenizer;
  /** Gives each token its id. */
  readonly vocabulary: Vocabulary;
  readonly #encode: TextEncoding;

  constructor(options: TextCodecOptions) {
    checkOptions<TextCodecOptions>(options, {
      tokenizer: required(tokenizerCheck),
      vocabulary: required(vocabularyCheck),
    });
    const { tokenizer, vocabulary } = options;
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.#encode = tokenizer.encoder?.(vocabulary) ?? ((text) => vocabulary.encode(tokenizer.tokenize(text)));
  }

  /**
   * The ids of `text`: those of `vocabulary.encode(tokenizer.tokenize(text))`, without a string for each token where the
   * tokenizer has a way.
   * @throws UnknownTokenError when a token is not in a vocabulary without unknown token
   */
  encode(text: string): Int32Array {
    requireText(text);
    return this.#encode(text);
  }

  /** The text of `ids`. @throws InvalidTokenIdError when there is no such id */
  decode(ids: Iterable<number>): string {
    return this.tokenizer.detokenize(this.vocabulary.decode(ids));
  }

  /**
   * The ids of a text that comes in chunks cut anywhere, piece by piece: together those of the whole text. Holds back only
   * what a later chunk may change (`tokenizer.splitPoint`).
   */
  encodeChunks(chunks: Iterable<string>): Generator<Int32Array, void, undefined> {
    return throughStage(chunks, this.#stage());
  }

  /** {@link encodeChunks} for a source that is waited for, such as a file or a response. */
  encodeStream(chunks: AsyncIterable<string>): AsyncGenerator<Int32Array, void, undefined> {
    return streamThroughStage(chunks, this.#stage());
  }

  /** {@link decode} for ids that come one by one, as from a model. */
  decoder(): TextDecoding {
    const detokenizer: Detokenizer = this.tokenizer.detokenizer();
    return {
      push: (id) => detokenizer.push(this.vocabulary.tokenOf(id)),
      end: () => detokenizer.end(),
    };
  }

  #stage(): ChunkStage<string, Int32Array> {
    return cutStage(
      (text) => this.tokenizer.splitPoint(text),
      (text) => {
        const ids = this.#encode(text);
        return ids.length > 0 ? [ids] : [];
      },
    );
  }
}

/** Puts the text of ids that come one by one back together. */
export interface TextDecoding {
  /** The text that `id` adds; empty where it depends on what follows. @throws InvalidTokenIdError when there is no such id */
  push(id: number): string;
  /** What is still held back. */
  end(): string;
}

import { InvalidArgumentError } from '../errors.js';
import { codePointSplitPoint } from './surrogates.js';
import type { Tokenizer, TokenizerJson } from './tokenizer.js';
import { decodeWtf8, encodeWtf8 } from './wtf8.js';

/**
 * The bytes of the text's UTF-8 as tokens, each written as the character of that number (U+0000 to U+00FF, as in `atob`): 256
 * tokens cover every language. Keeps every character: lone surrogates too, which take three bytes each as their numbers
 * would (WTF-8). Detokenising bytes that are no UTF-8, as a model may generate, gives U+FFFD for them, as `TextDecoder` does.
 */
export function byteTokenizer(): Tokenizer {
  return new ByteTokenizer();
}

/** The 256 byte tokens: `BYTE_TOKENS[b]` is the token of byte b. */
export const BYTE_TOKENS: readonly string[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) =>
  String.fromCharCode(byte),
);

export class ByteTokenizer implements Tokenizer {
  readonly type = 'byte';

  tokenize(text: string): string[] {
    return Array.from(encodeWtf8(text), (byte) => BYTE_TOKENS[byte]);
  }

  /** @throws InvalidArgumentError when a token is no byte */
  detokenize(tokens: Iterable<string>): string {
    const bytes = Array.from(tokens, (token) => {
      const byte = token.charCodeAt(0);
      if (token.length !== 1 || byte > 0xff) {
        throw new InvalidArgumentError('tokens', 'single characters up to U+00FF', token);
      }
      return byte;
    });
    return decodeWtf8(Uint8Array.from(bytes));
  }

  splitPoint(text: string): number {
    return codePointSplitPoint(text);
  }

  toJSON(): TokenizerJson {
    return { type: this.type };
  }
}

import { ArgumentError } from '@throughtime/errors';
import { UnknownTokenError } from '../errors.js';
import { requireText } from '../require-text.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { type Detokenizer, fromBytes } from './detokenizer.js';
import { codePointSplitPoint } from './surrogates.js';
import type { TextEncoding, Tokenizer, TokenizerJson } from './tokenizer.js';
import { decodeWtf8, encodeWtf8 } from './wtf8.js';

/** The 256 byte tokens: `BYTE_TOKENS[b]` is the token of byte b. `Vocabulary.fromList(BYTE_TOKENS)` makes ids of bytes. */
export const BYTE_TOKENS: readonly string[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) =>
  String.fromCharCode(byte),
);

/**
 * The bytes of the text's UTF-8 as tokens, each written as the character of that number (U+0000 to U+00FF, as in `atob`): 256
 * tokens cover every language. Keeps every character: lone surrogates too, which take three bytes each as their numbers
 * would (WTF-8). Detokenizing bytes that are no UTF-8, as a model may generate, gives U+FFFD for them, as `TextDecoder` does.
 */
export function byteTokenizer(): Tokenizer {
  return new ByteTokenizer();
}

class ByteTokenizer implements Tokenizer {
  readonly type = 'byte';

  tokenize(text: string): string[] {
    requireText(text);
    return Array.from(encodeWtf8(text), (byte) => BYTE_TOKENS[byte]);
  }

  /** @throws ArgumentError when a token is no byte */
  detokenize(tokens: Iterable<string>): string {
    return decodeWtf8(Uint8Array.from([...tokens], (token) => byteOf(token)[0]));
  }

  detokenizer(): Detokenizer {
    return fromBytes(byteOf);
  }

  splitPoint(text: string): number {
    return codePointSplitPoint(text);
  }

  toJSON(): TokenizerJson {
    return { type: this.type };
  }

  encoder(vocabulary: Vocabulary): TextEncoding {
    const table = Int32Array.from(BYTE_TOKENS, (token) =>
      vocabulary.has(token) ? vocabulary.idOf(token) : (vocabulary.unknownId ?? -1),
    );
    return (text) => {
      const bytes = encodeWtf8(text);
      const ids = new Int32Array(bytes.length);
      for (let i = 0; i < bytes.length; i++) {
        ids[i] = table[bytes[i]];
        if (ids[i] < 0) throw new UnknownTokenError(BYTE_TOKENS[bytes[i]]);
      }
      return ids;
    };
  }
}

function byteOf(token: string): [number] {
  const byte = token.charCodeAt(0);
  if (token.length === 1 && byte <= 0xff) return [byte];
  throw new ArgumentError('tokens', 'single characters up to U+00FF', token);
}

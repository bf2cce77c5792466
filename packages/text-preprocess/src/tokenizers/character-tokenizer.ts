import { checkOptions, oneOf } from '@throughtime/errors';
import { UnknownTokenError } from '../errors.js';
import { requireText } from '../require-text.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { type Detokenizer, detokenizeAll, joining } from './detokenizer.js';
import { forEachSegment } from './segments.js';
import { codePointSplitPoint, isHighSurrogate, isLowSurrogate } from './surrogates.js';
import type { TextEncoding, Tokenizer, TokenizerJson } from './tokenizer.js';

/** Options of {@link charTokenizer}. */
export interface CharTokenizerOptions {
  /**
   * What a character is. Default `'code-point'`: a Unicode scalar value, as Python's `str` has it (a lone surrogate is one
   * of its own). `'grapheme'`: what a reader takes for one character (`Intl.Segmenter`), so that a letter with combining
   * accents, an emoji sequence, a flag or CR LF stay whole.
   */
  readonly unit?: 'code-point' | 'grapheme';
}

/**
 * Characters as tokens. Keeps every character: `detokenize(tokenize(text)) === text` for every text.
 * @throws ArgumentError when an option is not one of these
 */
export function charTokenizer(options: CharTokenizerOptions = {}): Tokenizer {
  checkOptions<CharTokenizerOptions>(options, { unit: oneOf(['code-point', 'grapheme']) });
  return options.unit === 'grapheme' ? new GraphemeTokenizer() : new CodePointTokenizer();
}

class CodePointTokenizer implements Tokenizer {
  readonly type = 'character';

  tokenize(text: string): string[] {
    requireText(text);
    // Four times as fast as the string's iterator.
    const tokens: string[] = [];
    for (let i = 0; i < text.length; i++) {
      const paired = isHighSurrogate(text.charCodeAt(i)) && isLowSurrogate(text.charCodeAt(i + 1));
      tokens.push(paired ? text.slice(i, i + 2) : text[i]);
      if (paired) i++;
    }
    return tokens;
  }

  detokenize(tokens: Iterable<string>): string {
    return detokenizeAll(tokens, this.detokenizer());
  }

  detokenizer(): Detokenizer {
    return joining();
  }

  splitPoint(text: string): number {
    return codePointSplitPoint(text);
  }

  toJSON(): TokenizerJson {
    return { type: this.type, unit: 'code-point' };
  }

  encoder(vocabulary: Vocabulary): TextEncoding {
    return codePointEncoder(vocabulary);
  }
}

/** In the table: a surrogate, or a character that has no id. */
const LOOK_CLOSER = -1;

/**
 * Ids of the code points of a text. A table covers the basic plane (256 KiB: one load and one comparison per character), a
 * map the rest.
 */
function codePointEncoder(vocabulary: Vocabulary): TextEncoding {
  const { unknownId } = vocabulary;
  const table = new Int32Array(0x10000).fill(unknownId ?? LOOK_CLOSER);
  table.fill(LOOK_CLOSER, 0xd800, 0xe000);
  const others = new Map<number, number>();
  vocabulary.tokens.forEach((token, id) => {
    const code = token.codePointAt(0);
    if (code === undefined || token.length !== (code > 0xffff ? 2 : 1)) return;
    if (code < 0xd800 || (code >= 0xe000 && code <= 0xffff)) table[code] = id;
    else others.set(code, id);
  });

  return (text) => {
    const units = text.length;
    const ids = new Int32Array(units);
    let pairs = 0;
    for (let i = 0; i < units; i++) {
      const id = table[text.charCodeAt(i)];
      if (id !== LOOK_CLOSER) {
        ids[i - pairs] = id;
        continue;
      }
      const code = text.codePointAt(i)!;
      const found = others.get(code) ?? unknownId;
      if (found === null) throw new UnknownTokenError(String.fromCodePoint(code));
      ids[i - pairs] = found;
      if (code > 0xffff) {
        i++;
        pairs++;
      }
    }
    // A copy where there are surrogate pairs, so that no one keeps twice the memory alive.
    return pairs === 0 ? ids : ids.slice(0, units - pairs);
  };
}

class GraphemeTokenizer implements Tokenizer {
  readonly type = 'character';
  readonly #segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

  tokenize(text: string): string[] {
    requireText(text);
    const tokens: string[] = [];
    forEachSegment(this.#segmenter, text, ({ segment }) => {
      tokens.push(segment);
    });
    return tokens;
  }

  detokenize(tokens: Iterable<string>): string {
    return detokenizeAll(tokens, this.detokenizer());
  }

  detokenizer(): Detokenizer {
    return joining();
  }

  splitPoint(text: string): number {
    for (let i = text.length - 1; i > 0; i--) {
      const unit = text.charCodeAt(i);
      // Between two ASCII characters there is a boundary, CR LF aside, whatever stands around them.
      if (unit >= 0x20 && unit < 0x7f && text.charCodeAt(i - 1) < 0x7f) return i;
    }
    // Else only the last grapheme can still grow.
    const complete = text.slice(0, codePointSplitPoint(text));
    let last = '';
    forEachSegment(this.#segmenter, complete, ({ segment }) => {
      last = segment;
    });
    return complete.length - last.length;
  }

  toJSON(): TokenizerJson {
    return { type: this.type, unit: 'grapheme' };
  }
}

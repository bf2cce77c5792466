import { InvalidArgumentError } from '../errors.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { codePointEncoder } from './code-point-encoder.js';
import { type Detokenizer, detokenizeAll, joining } from './detokenizer.js';
import { forEachSegment } from './segments.js';
import { codePointSplitPoint, isHighSurrogate, isLowSurrogate } from './surrogates.js';
import type { TextEncoding, Tokenizer, TokenizerJson } from './tokenizer.js';

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
 * @throws InvalidArgumentError when `unit` is neither
 */
export function charTokenizer(options: CharTokenizerOptions = {}): Tokenizer {
  const unit = options.unit ?? 'code-point';
  if (unit === 'code-point') return new CodePointTokenizer();
  if (unit === 'grapheme') return new GraphemeTokenizer();
  throw new InvalidArgumentError('unit', "'code-point' or 'grapheme'", unit);
}

class CodePointTokenizer implements Tokenizer {
  readonly type = 'character';

  tokenize(text: string): string[] {
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

class GraphemeTokenizer implements Tokenizer {
  readonly type = 'character';
  readonly #segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

  tokenize(text: string): string[] {
    const tokens: string[] = [];
    forEachSegment(
      this.#segmenter,
      text,
      (piece) => this.splitPoint(piece),
      ({ segment }) => {
        tokens.push(segment);
      },
    );
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
    let start = 0;
    for (const { index } of this.#segmenter.segment(text.slice(0, codePointSplitPoint(text)))) start = index;
    return start;
  }

  toJSON(): TokenizerJson {
    return { type: this.type, unit: 'grapheme' };
  }
}

import { ArgumentError } from '@throughtime/errors';

/** @throws ArgumentError when `locale` is no language tag */
export function segmenterOf(locale: string, granularity: 'word' | 'sentence'): Intl.Segmenter {
  try {
    return new Intl.Segmenter(locale, { granularity });
  } catch {
    throw new ArgumentError('locale', "a language tag such as 'en' or 'pt-BR'", locale);
  }
}

/** UTF-16 units per piece. A piece is longer only where no cut is allowed within this length. */
const PIECE = 1024;

/**
 * Calls `visit` with every segment of `text`, as `segmenter` cuts it. In Node 20 each segment takes time in
 * proportion to the text that it is cut from: a book would take hours. So we cut the text into pieces first, where `splitPoint`
 * (that of a {@link Tokenizer}) says that a cut changes nothing.
 */
export function forEachSegment(
  segmenter: Intl.Segmenter,
  text: string,
  splitPoint: (text: string) => number,
  visit: (segment: Intl.SegmentData) => void,
): void {
  let size = PIECE;
  for (let start = 0; start < text.length; ) {
    const piece = text.slice(start, start + size);
    const end = start + size >= text.length ? piece.length : splitPoint(piece);
    if (end === 0) {
      size *= 2;
      continue;
    }
    for (const segment of segmenter.segment(piece.slice(0, end))) visit(segment);
    start += end;
    size = PIECE;
  }
}

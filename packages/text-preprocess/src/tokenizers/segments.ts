import { ArgumentError } from '@throughtime/errors';
import { codePointSplitPoint } from './surrogates.js';

/** @throws ArgumentError when `locale` is no language tag */
export function segmenterOf(locale: string, granularity: 'word' | 'sentence'): Intl.Segmenter {
  try {
    return new Intl.Segmenter(locale, { granularity });
  } catch {
    throw new ArgumentError('locale', "a language tag such as 'en' or 'pt-BR'", locale);
  }
}

/** UTF-16 units per piece: several sentences, many words. A piece is longer only where it holds no place to cut. */
const PIECE = { word: 1024, grapheme: 1024, sentence: 4096 };

/** How far behind a boundary a dictionary may look before it decides on it. Up to 8 units were seen, in any script. */
const DICTIONARY_CONTEXT = 64;

/** For how many characters a run that a dictionary divides must continue behind a cut: it treats shorter runs in another way. */
const LEAST_RUN = 16;

/** Pieces that grew to this many times the usual size are cut at any certain boundary. */
const PATIENCE = 8;

/** Scripts whose words the segmenter finds by dictionary, and Hangul; each entry has a dictionary of its own. */
const DIVIDED_SCRIPTS = [
  ['Han', 'Hiragana', 'Katakana', 'Hangul'],
  ...['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tai_Le', 'New_Tai_Lue', 'Tai_Tham', 'Tai_Viet', 'Ahom'].map(
    (script) => [script],
  ),
].map((scripts) => `[${scripts.map((script) => `\\p{Script_Extensions=${script}}`).join('')}]`);
/** Letters, marks and numbers of these scripts, not their punctuation. */
// linear: one character
const DIVIDED = /* @__PURE__ */ new RegExp(`(?=[\\p{L}\\p{M}\\p{N}])(?:${DIVIDED_SCRIPTS.join('|')})`, 'u');
/**
 * A letter of Katakana as ICU counts it when it weighs a run by its length: a letter of half width together with the sound mark that
 * it composes with. Other sound marks end a run.
 */
const KATAKANA =
  '[\\u30a1-\\u30fa\\u30fc-\\u30fe\\uff66-\\uff9d](?:(?<=[\\uff76-\\uff84\\uff8a-\\uff8e])\\uff9e|(?<=[\\uff8a-\\uff8e])\\uff9f)?';
/** How many of them must follow a cut: ICU may take fewer than 20 for one word, and looks longer runs up as it does other scripts. */
const LEAST_KATAKANA_RUN = 24;
/** The start of a run of one of these scripts. It must not be a mark, which would have no letter to stand on at a piece's start. */
// linear: at the start alone, and as often as it says
const DIVIDED_RUN = /* @__PURE__ */ new RegExp(
  `^(?:(?:${KATAKANA}){${LEAST_KATAKANA_RUN}}|(?=[\\p{L}\\p{N}])(?!\\p{Script_Extensions=Katakana})\\P{Grapheme_Extend}(?:${DIVIDED_SCRIPTS.map(
    (script) => `(?<=${script})(?:(?=[\\p{L}\\p{M}\\p{N}])${script}){${LEAST_RUN}}`,
  ).join('|')}))`,
  'u',
);
const LETTER_OR_NUMBER = /[\p{L}\p{N}]/u;

/**
 * Calls `visit` with every segment of `text`, as `segmenter` cuts it. In Node 20 each segment takes time in proportion to the
 * text that it is cut from: a book would take hours. So the segmenter gets the text in pieces that overlap. Of each we keep the
 * segments up to a boundary that the text behind the piece cannot move, and the next piece begins there.
 *
 * This is exact because the rules of UAX #29 look ahead only: what follows a boundary decides where the next ones are. And they
 * look past a boundary no further than into the second segment behind it, which must hence end within the piece.
 * Dictionaries look a little further, so a cut keeps away from the words that they divide.
 *
 * @param usual how long a piece is where it need not be longer
 */
export function forEachSegment(
  segmenter: Intl.Segmenter,
  text: string,
  visit: (segment: Intl.SegmentData) => void,
  usual: number = PIECE[segmenter.resolvedOptions().granularity],
): void {
  const { granularity } = segmenter.resolvedOptions();
  let size = usual;
  for (let start = 0; start < text.length; ) {
    const isLast = start + size >= text.length;
    const cut = text.slice(start, start + size);
    const piece = isLast ? cut : cut.slice(0, codePointSplitPoint(cut));
    const segments: Intl.SegmentData[] = [];
    // How many segments are kept, and where they end.
    let kept = 0;
    let end = 0;
    for (const segment of segmenter.segment(piece)) {
      segments.push(segment);
      const isCertain = isLast || segment.index + segment.segment.length < piece.length;
      if (segments.length < 2 || !isCertain) continue;
      const mayCut =
        granularity !== 'word' ||
        mayCutWords(piece, segments.at(-2)!, segment, size >= PIECE.word * PATIENCE);
      if (!mayCut) continue;
      kept = segments.length - 1;
      end = segment.index;
      // A longer piece holds many segments, each of which would take time in proportion to it. A cut near its start would be no
      // better: the next piece would have to grow again for a word or two.
      if (size > usual && end >= size / 2) break;
    }
    const complete = isLast && (size === usual || kept === 0);
    if (complete) kept = segments.length;
    if (kept === 0) {
      size *= 2;
      continue;
    }
    for (let i = 0; i < kept; i++) visit(segments[i]);
    if (complete) return;
    start += end;
    size = usual;
  }
}

/** Whether words may be cut between two neighboring segments of `piece` without another word coming out. */
function mayCutWords(
  piece: string,
  before: Intl.SegmentData,
  after: Intl.SegmentData,
  isPatienceOver: boolean,
): boolean {
  const isDivided = DIVIDED.test(after.segment);
  // No dictionary made this boundary: behind punctuation and blanks, or between words of other scripts.
  if (!DIVIDED.test(before.segment) && (!isDivided || !LETTER_OR_NUMBER.test(before.segment))) return true;
  if (after.index > piece.length - DICTIONARY_CONTEXT) return false;
  return (
    isPatienceOver || (isDivided && DIVIDED_RUN.test(piece.slice(after.index, after.index + 4 * LEAST_RUN)))
  );
}

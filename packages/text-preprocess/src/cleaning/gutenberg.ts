import { requireText } from '../require-text.js';
import { stripWhitespace } from './whitespace.js';

/** What Project Gutenberg puts around a book. */
export interface GutenbergParts {
  /** Title, license notice, credits; up to where the book begins. */
  readonly header: string;
  /** The text of the book itself. */
  readonly book: string;
  /** The license. */
  readonly footer: string;
}

/** `*** START OF THE PROJECT GUTENBERG EBOOK MOBY DICK ***`, the title on a second line where it is long. */
const START = /^\*{3} ?START OF TH(?:E|IS) PROJECT GUTENBERG E(?:BOOK|TEXT)[^*]{0,400}\*{3}[ \t]*\r?$/im;
/** How the notice ended until about 2003. */
const OLD_START = /^\*END\*? ?THE SMALL PRINT!.{0,200}\*[ \t]*\r?$/im;
/** `*** END OF THE PROJECT GUTENBERG EBOOK MOBY DICK ***`. */
const END = /^\*{3} ?END OF TH(?:E|IS) PROJECT GUTENBERG E(?:BOOK|TEXT)/im;
/**
 * How books ended until about 2003; later ones often have it before the line above. A collected work, made of several such
 * books, has it in its midst, and so may prose.
 */
const LOOSE_END = /^End of (?:the |this )?(?:Project Gutenberg|E-?(?:text|book)\b)/gim;
/** A paragraph before the book: who prepared the text, or where its pictures are. With the empty lines before it. */
const CREDITS =
  /(?:[ \t\r]*\n)*[ \t]*(?:Produced by|E-?text prepared by|Transcribed (?:from|by)|This e-?(?:book|text) was (?:produced|prepared) by|Note: Project Gutenberg (?:also )?has an? |Images of the original pages are available)[^\n]*(?:\n[ \t\r]*[^ \t\r\n][^\n]*)*\n/iy;

/**
 * A book from Project Gutenberg, apart from what was put around it, or `undefined` when `text` has no such header. Empty lines
 * around the book belong to header and footer, and so do the credits; the three together are `text`.
 */
export function gutenbergParts(text: string): GutenbergParts | undefined {
  requireText(text);
  const start = START.exec(text) ?? OLD_START.exec(text);
  if (start === null) return undefined;
  const afterHeader = start.index + start[0].length;
  const framed = text.slice(afterHeader, afterHeader + footerStart(text.slice(afterHeader)));
  const book = framed.slice(creditsEnd(framed)).replace(/^(?:[ \t\r]*\n)+/, '');
  const bookStart = afterHeader + framed.length - book.length;
  const bookEnd = bookStart + stripWhitespace(`|${book}`).length - 1;
  return {
    header: text.slice(0, bookStart),
    book: text.slice(bookStart, bookEnd),
    footer: text.slice(bookEnd),
  };
}

/** Where the footer of `text`, which has no header any more, begins. */
function footerStart(text: string): number {
  const end = END.exec(text)?.index;
  const body = text.slice(0, end);
  let last: number | undefined;
  for (const { index } of body.matchAll(LOOSE_END)) last = index;
  if (last === undefined) return body.length;
  // Before the line of stars the older form counts only where nothing but its own paragraph follows.
  const paragraphEnd = /\n[ \t\r]*\n/g;
  paragraphEnd.lastIndex = last;
  const isLastParagraph = !paragraphEnd.test(body) || !/[^ \t\r\n]/.test(body.slice(paragraphEnd.lastIndex));
  return end === undefined || isLastParagraph ? last : body.length;
}

/** Where the paragraphs of credits at the start of `text` end. */
function creditsEnd(text: string): number {
  const pattern = new RegExp(CREDITS);
  let end = 0;
  while (pattern.test(text)) end = pattern.lastIndex;
  return end;
}

/** The book alone; a text without Project Gutenberg's header comes back as it is. */
export function stripGutenberg(text: string): string {
  return gutenbergParts(text)?.book ?? text;
}

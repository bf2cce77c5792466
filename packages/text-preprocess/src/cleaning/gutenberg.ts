/** What Project Gutenberg puts around a book. */
export interface GutenbergParts {
  /** Title, license notice, credits; up to where the book begins. */
  readonly header: string;
  readonly book: string;
  /** The license. */
  readonly footer: string;
}

/** `*** START OF THE PROJECT GUTENBERG EBOOK MOBY DICK ***`, the title on a second line where it is long. */
const START = /^\*{3} ?START OF TH(?:E|IS) PROJECT GUTENBERG E(?:BOOK|TEXT)[^*]{0,400}\*{3}[ \t]*\r?$/im;
/** How the notice ended until about 2003. */
const OLD_START = /^\*END\*? ?THE SMALL PRINT!.{0,200}\*[ \t]*\r?$/im;
const END =
  /^(?:\*{3} ?END OF TH(?:E|IS) PROJECT GUTENBERG E(?:BOOK|TEXT)|End of (?:the |this )?Project Gutenberg)/im;
/** The paragraph that names who prepared the text. */
const CREDITS =
  /^\s*(?:Produced by|E-?text prepared by|Transcribed (?:from|by)|This e-?(?:book|text) was (?:produced|prepared) by)[^\n]*(?:\n[^\n]*\S[^\n]*)*\n/i;

/**
 * A book from Project Gutenberg, apart from what was put around it, or `undefined` when `text` has no such header. Empty lines
 * around the book belong to header and footer, and so do the credits; the three together are `text`.
 */
export function gutenbergParts(text: string): GutenbergParts | undefined {
  const start = START.exec(text) ?? OLD_START.exec(text);
  if (start === null) return undefined;
  const afterHeader = start.index + start[0].length;
  const end = END.exec(text.slice(afterHeader));
  const beforeFooter = end === null ? text.length : afterHeader + end.index;
  const framed = text.slice(afterHeader, beforeFooter);
  const credits = CREDITS.exec(framed)?.[0].length ?? 0;
  const book = framed.slice(credits).replace(/^(?:[ \t\r]*\n)+/, '');
  const bookStart = afterHeader + framed.length - book.length;
  const bookEnd = bookStart + book.trimEnd().length;
  return {
    header: text.slice(0, bookStart),
    book: text.slice(bookStart, bookEnd),
    footer: text.slice(bookEnd),
  };
}

/** The book alone; a text without Project Gutenberg's header comes back as it is. */
export function stripGutenberg(text: string): string {
  return gutenbergParts(text)?.book ?? text;
}

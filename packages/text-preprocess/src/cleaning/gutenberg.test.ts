import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mobyDick } from '../fixtures/corpora.js';
import { gutenbergParts, stripGutenberg } from './gutenberg.js';

const book = mobyDick().trim();
const current = `\ufeffThe Project Gutenberg eBook of Moby Dick; Or, The Whale

This ebook is for the use of anyone anywhere in the United States.

*** START OF THE PROJECT GUTENBERG EBOOK MOBY DICK; OR,
THE WHALE ***



`;
const credits = 'Produced by Daniel Lazarus, Jonesey,\nand David Widger\n\n\n';
const footer =
  '\n\n\n*** END OF THE PROJECT GUTENBERG EBOOK MOBY DICK ***\n\nUpdated editions will replace the previous one.\n';

describe('gutenbergParts', () => {
  it('finds the book between header and footer', () => {
    const text = current + book + footer;
    expect(gutenbergParts(text)).toEqual({ header: current, book, footer });
  });

  it('counts the credits to the header', () => {
    expect(gutenbergParts(current + credits + book + footer)).toEqual({
      header: current + credits,
      book,
      footer,
    });
  });

  it('knows line ends of Windows', () => {
    const text = (current + credits + book + footer).replaceAll('\n', '\r\n');
    expect(stripGutenberg(text)).toBe(book.replaceAll('\n', '\r\n'));
  });

  it('knows the older forms', () => {
    const header =
      '*END THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n\n\nThis etext was prepared by David Price\n\n\n';
    const end = '\n\n\nEnd of the Project Gutenberg Etext of Moby Dick\n';
    expect(gutenbergParts(header + book + end)).toEqual({ header, book, footer: end });
    const named = '*** START OF THIS PROJECT GUTENBERG EBOOK MOBY DICK ***\n\n';
    const ending =
      '\n\nEnd of Project Gutenberg’s Moby Dick, by Herman Melville\n\n*** END OF THIS PROJECT GUTENBERG EBOOK ***';
    expect(gutenbergParts(named + book + ending)).toEqual({ header: named, book, footer: ending });
  });

  it('ends at the line of stars, not at what prose or an older book within it says', () => {
    const named = '*** START OF THIS PROJECT GUTENBERG EBOOK X ***\n\n';
    const ending = '\n\n*** END OF THIS PROJECT GUTENBERG EBOOK X ***\n';
    const prose = "Body one.\n\nEnd of Project Gutenberg's story, he said.\n\nBody two.";
    expect(gutenbergParts(named + prose + ending)).toEqual({ header: named, book: prose, footer: ending });
    const collected = 'One.\n\nEnd of the Project Gutenberg Etext of One\n\n\nTwo.';
    const loose = '\n\nEnd of the Project Gutenberg Etext of Two, by\nsomebody\n';
    expect(stripGutenberg(named + collected + loose + ending)).toBe(collected);
    // Without the line of stars the last of the older forms counts.
    expect(stripGutenberg(named + collected + loose)).toBe(collected);
  });

  it('knows the end of an Etext that does not name the project', () => {
    const named = '*** START OF THIS PROJECT GUTENBERG EBOOK X ***\n\n';
    const end = '\n\nEnd of this Etext of The Complete Works of William Shakespeare\n';
    expect(stripGutenberg(named + book + end)).toBe(book);
  });

  it('counts the note about pictures to the header, before or after the credits', () => {
    const note =
      'Note: Project Gutenberg also has an HTML version of this\n      file which includes the original illustrations.\n' +
      '      See 12345-h.htm\n\n      Images of the original pages are available through\n      Internet Archive.\n\n\n';
    const other = 'Note: Project Gutenberg has an HTML version of this file.\n\n';
    for (const front of [credits + note, note + credits, credits + other]) {
      expect(gutenbergParts(current + front + book + footer)).toEqual({
        header: current + front,
        book,
        footer,
      });
      const text = (current + front + book + footer).replaceAll('\n', '\r\n');
      expect(stripGutenberg(text)).toBe(book.replaceAll('\n', '\r\n'));
    }
  });

  it('gives every text back, however its parts are arranged', () => {
    const part = fc.constantFrom(
      ...[
        current,
        credits,
        footer,
        'Body.\n',
        '\n',
        '\n\n',
        '   ',
        '\ufeff',
        '\r\n',
        // A paragraph of its own: what stands in its last one is the footer's.
        "End of Project Gutenberg's X\n\n",
      ],
      ...['*** END OF THIS PROJECT GUTENBERG EBOOK X ***\n', 'Note: Project Gutenberg has an HTML version\n'],
    );
    fc.assert(
      fc.property(fc.array(part), (pieces) => {
        const text = pieces.join('');
        const parts = gutenbergParts(text);
        if (parts === undefined) return;
        expect(parts.header + parts.book + parts.footer).toBe(text);
        // Nothing that stands before the line of stars is lost.
        const rest = text.slice(parts.header.length);
        // Behind white space they begin no footer.
        const stars = rest.search(/^\*{3} END/m);
        const bodies = rest.slice(0, stars < 0 ? undefined : stars).split('Body.').length;
        if (stars >= 0) expect(parts.book.split('Body.').length).toBe(bodies);
      }),
    );
  });

  it('takes a book that was cut off before its footer', () => {
    expect(gutenbergParts(current + book)).toEqual({ header: current, book, footer: '' });
  });

  it('leaves a text without header alone', () => {
    expect(gutenbergParts(book)).toBeUndefined();
    expect(stripGutenberg(book + footer)).toBe(book + footer);
    expect(stripGutenberg('')).toBe('');
  });

  it('is quick with text made to slow it down', () => {
    expect(stripGutenberg(`${current}${'Produced by\n'.repeat(50_000)}`)).toBe('');
    expect(stripGutenberg(`${'*** START OF THE PROJECT GUTENBERG EBOOK '.repeat(20_000)}`)).toContain(
      'START',
    );
  });
});

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

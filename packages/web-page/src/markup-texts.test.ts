import { describe, expect, it } from 'vitest';
import { htmlWithTexts, type MarkupTexts } from './markup-texts.js';

const texts: MarkupTexts<{ many: string }> = {
  page: { heading: 'Cats & <dogs>', run: 'Run `a < b`', name: 'the "name"' },
  counts: { pace: ({ many }) => `${many} per second` },
};

const html = (source: string) => htmlWithTexts(source, texts, { many: 'words' });

describe('htmlWithTexts', () => {
  it('fills elements and attributes, and leaves their keys for other languages', () => {
    expect(html('<h1 id="a">\n  {page.heading}\n</h1>')).toBe(
      '<h1 id="a" data-text="page.heading">Cats &amp; &lt;dogs&gt;</h1>',
    );
    expect(html('<p>{page.run}</p>')).toBe('<p data-text="page.run">Run <code>a &lt; b</code></p>');
    expect(html('<dt>{counts.pace}</dt>')).toBe('<dt data-text="counts.pace">words per second</dt>');
    expect(html('<ul aria-label="{page.name}"></ul>')).toBe(
      '<ul aria-label="the &quot;name&quot;" data-text-aria-label="page.name"></ul>',
    );
  });

  it('refuses keys that no text has, and attributes that are not read again', () => {
    expect(() => html('<p>{page.nothing}</p>')).toThrow("there is no text 'page.nothing'");
    expect(() => html('<p>{other.heading}</p>')).toThrow("there is no text 'other.heading'");
    expect(() => html('<p id="{page.heading}"></p>')).toThrow("no text can be in 'id'");
  });
});

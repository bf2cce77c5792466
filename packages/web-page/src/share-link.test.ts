import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsFromLink, shareLink } from './share-link.js';

const page = 'http://localhost:8080/char-generator/?x=1#old';

describe('shareLink', () => {
  it('carries any settings there and back', () => {
    const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text !== '__proto__');
    const value = fc.string({ maxLength: 40, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 8, noNullPrototype: true }), (settings) => {
        expect(settingsFromLink(shareLink(page, settings))).toEqual(settings);
      }),
    );
  });

  it('keeps the settings out of what the server sees', () => {
    expect(new URL(shareLink(page, { cell: 'gru' })).search).toBe('?x=1');
  });

  it('reads nothing from a bare link or an enormous one', () => {
    expect(settingsFromLink('http://localhost/')).toEqual({});
    expect(settingsFromLink(`http://localhost/#a=${'x'.repeat(5000)}`)).toEqual({});
  });
});

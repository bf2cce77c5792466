import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attachmentFromLink,
  DamagedLinkError,
  longestAttachment,
  settingsFromLink,
  shareLink,
} from './share-link.js';

const page = 'http://localhost:8080/char-generator/?x=1#old';

const name = fc
  .string({ minLength: 1, maxLength: 20 })
  .filter((text) => text !== '__proto__' && text !== 'model');
const value = fc.string({ maxLength: 40, unit: 'grapheme' });
const someSettings = fc.dictionary(name, value, { maxKeys: 8, noNullPrototype: true });

describe('shareLink', () => {
  it('carries any settings there and back', () => {
    fc.assert(
      fc.property(someSettings, (settings) => {
        expect(settingsFromLink(shareLink(page, settings))).toEqual(settings);
        expect(attachmentFromLink(shareLink(page, settings))).toBeUndefined();
      }),
    );
  });

  it('carries any bytes beside them', () => {
    fc.assert(
      fc.property(someSettings, fc.uint8Array({ maxLength: 300 }), (settings, bytes) => {
        const link = shareLink(page, settings, bytes);
        expect(attachmentFromLink(link)).toEqual(bytes);
        expect(settingsFromLink(link)).toEqual(settings);
      }),
    );
    const most = new Uint8Array(longestAttachment).fill(255);
    expect(attachmentFromLink(shareLink(page, { cell: 'gru' }, most))).toEqual(most);
  });

  it('keeps the settings out of what the server sees', () => {
    expect(new URL(shareLink(page, { cell: 'gru' })).search).toBe('?x=1');
  });

  it('reads nothing from a bare link or an enormous one', () => {
    expect(settingsFromLink('http://localhost/')).toEqual({});
    expect(settingsFromLink(`http://localhost/#a=${'x'.repeat(5000)}`)).toEqual({});
  });

  it('says when bytes were changed, or are more than a link carries', () => {
    for (const text of ['a*b', 'abcde', 'a%20b', 'x'.repeat(100_000)])
      expect(() => attachmentFromLink(`http://localhost/#weights=${text}`), text.slice(0, 9)).toThrow(
        DamagedLinkError,
      );
  });
});

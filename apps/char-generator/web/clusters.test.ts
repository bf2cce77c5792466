import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clusterStarts } from './clusters.js';

it('joins accents, skin tones, families and flags to what they belong to', () => {
  expect(clusterStarts([...'ae\u0301b'])).toEqual([true, true, false, true]);
  expect(clusterStarts([...'👩‍👩‍👧x'])).toEqual([true, false, false, false, false, true]);
  expect(clusterStarts([...'👍🏽🇧🇷'])).toEqual([true, false, true, false]);
  expect(clusterStarts(['the', ' owl'])).toEqual([true, true]);
});

it('begins wherever a grapheme cluster begins, however the text is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })), (clusters) => {
      const pieces = [...clusters.join('')];
      const starts = clusterStarts(pieces);
      const count = [...new Intl.Segmenter().segment(clusters.join(''))].length;
      expect(starts.filter(Boolean)).toHaveLength(count);
    }),
  );
});

it('begins everywhere in text without marks that join, as the segmenter does', () => {
  const codes = fc.oneof(fc.nat({ max: 0x2ff }), fc.integer({ min: 0x2010, max: 0x2027 }));
  fc.assert(
    fc.property(fc.array(codes), (text) => {
      const pieces = text.map((code) => String.fromCharCode(code));
      const borders = [...new Intl.Segmenter().segment(pieces.join(''))].map(({ index }) => index);
      expect(clusterStarts(pieces)).toEqual(pieces.map((_, at) => borders.includes(at)));
    }),
  );
});

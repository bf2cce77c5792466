import { expect, it } from 'vitest';
import { mostKnown } from './known-words.mjs';

it('takes the text with the most words of its source, and does not count a last one that is cut off', () => {
  const source = 'Call me Ishmael. Some years ago';
  expect(mostKnown(['call xq zz', 'Some years; me agz', 'xq call me years'], source)).toEqual({
    sample: 'Some years; me agz',
    index: 1,
    share: 1,
  });
  expect(mostKnown(['', 'xq zz'], source)).toEqual({ sample: '', index: 0, share: 0 });
});

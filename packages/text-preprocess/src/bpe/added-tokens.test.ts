import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type AddedToken, AddedTokens, type Part } from './added-tokens.js';

const token = (content: string, id: number, options: Partial<AddedToken> = {}): AddedToken => ({
  ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
  ...options,
});

/** By looking for every token at every place. */
function byHand(tokens: readonly AddedToken[], text: string): Part[] {
  const parts: Part[] = [];
  const isSpace = (i: number) => /^[\t-\r \x85\xa0]$/.test(text[i] ?? '');
  const isWord = (i: number) => /^[\p{L}\p{N}_]$/u.test(text[i] ?? '');
  let done = 0;
  for (let i = 0; i < text.length; ) {
    const here = tokens.filter(({ content }) => text.startsWith(content, i));
    const found = here.sort((a, b) => b.content.length - a.content.length)[0];
    if (!found) {
      i++;
      continue;
    }
    let [start, end] = [i, i + found.content.length];
    i = end;
    if (found.single_word && (isWord(start - 1) || isWord(end))) continue;
    if (found.lstrip) while (start > done && isSpace(start - 1)) start--;
    if (found.rstrip) while (isSpace(end)) end++;
    if (start > done) parts.push({ text: text.slice(done, start), id: -1 });
    if (found.lstrip) start = Math.max(start, done);
    // Taken whole by the one before.
    if (start < end) parts.push({ text: text.slice(Math.max(done, start), end), id: found.id });
    // Back, where the one before has taken this one: as Hugging Face's library does.
    done = end;
  }
  if (done < text.length) parts.push({ text: text.slice(done), id: -1 });
  return parts;
}

describe('added tokens', () => {
  it('are found as by looking for each at every place', () => {
    const pieces = fc.constantFrom('a', 'b', ' ', '  ', '<', '|', '>', '😀', '\n', '_');
    const texts = fc.array(pieces, { minLength: 1, maxLength: 4 }).map((list) => list.join(''));
    fc.assert(
      fc.property(
        fc.uniqueArray(texts, { minLength: 1, maxLength: 6 }),
        fc.array(fc.record({ single_word: fc.boolean(), lstrip: fc.boolean(), rstrip: fc.boolean() }), {
          minLength: 6,
          maxLength: 6,
        }),
        fc.array(pieces, { maxLength: 40 }).map((list) => list.join('')),
        (contents, flags, text) => {
          const tokens = contents.map((content, id) => token(content, id, flags[id]));
          expect([...new AddedTokens(tokens).split(text)]).toEqual(byHand(tokens, text));
        },
      ),
      { numRuns: 2000 },
    );
  });

  // As tokenizers 0.23.3 of Hugging Face does.
  it('that take white space and are some are found once in a run of it', () => {
    const blank = token('\n', 1, { lstrip: true, rstrip: true });
    const ids = (text: string) => [...new AddedTokens([blank]).split(text)].map(({ id }) => id);
    expect(ids('y\n\n')).toEqual([-1, 1]);
    expect(ids('y \n \n y')).toEqual([-1, 1, -1]);
    expect(ids('\n\n\ny\n')).toEqual([1, -1, 1]);
  });

  it('that are alike once normalized count as the first of them', () => {
    const tokens = ['AB', 'ab', 'aB'].map((content, id) => token(content, id, { normalized: true }));
    const added = new AddedTokens(tokens, (text) => text.toLowerCase());
    expect([...added.split('aB')].map(({ id }) => id)).toEqual([0]);
  });

  /** How many characters are looked at while a text is split. */
  function work(tokens: readonly AddedToken[], text: string): number {
    const added = new AddedTokens(tokens);
    const looks = vi.spyOn(String.prototype, 'charCodeAt');
    try {
      for (const _ of added.split(text));
      return looks.mock.calls.length;
    } finally {
      looks.mockRestore();
    }
  }

  it.each<[string, readonly AddedToken[], string]>([
    ['white space that each of its tokens takes', [token(' ', 1, { rstrip: true, lstrip: true })], ' '],
    ['tabs that take the blanks between them', [token('\t', 1, { rstrip: true }), token(' ', 2)], '\t '],
    ['a token that nearly begins everywhere', [token(`${'a'.repeat(50)}b`, 1)], 'a'],
    [
      'many tokens with one beginning',
      Array.from({ length: 300 }, (_, i) => token(`aaaa${String.fromCodePoint(0x4e00 + i)}`, i)),
      'a',
    ],
    ['tokens that count only as words', [token('ab', 1, { single_word: true })], 'ab'],
  ])('take time by the length of the text: %s', (_, tokens, piece) => {
    const longest = Math.max(...tokens.map(({ content }) => content.length));
    for (const count of [500, 4000])
      expect(work(tokens, piece.repeat(count))).toBeLessThanOrEqual((longest + 3) * count * piece.length);
  });
});

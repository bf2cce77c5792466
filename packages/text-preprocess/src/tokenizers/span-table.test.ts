import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashSpan, SpanTable } from './span-table.js';

const intern = (table: SpanTable, text: string, start = 0, end = text.length) =>
  table.intern(text, start, end, hashSpan(text, start, end));
const find = (table: SpanTable, text: string) =>
  table.find(text, 0, text.length, hashSpan(text, 0, text.length));

describe('SpanTable', () => {
  it('gives the index of first occurrence, as a map of strings does', () => {
    const member = fc.oneof(
      fc.constantFrom('', 'a', 'ab', 'aba', '\ud83d', '\0'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(member), (members) => {
        const table = new SpanTable();
        const naive = new Map<string, number>();
        for (const text of members) {
          if (!naive.has(text)) naive.set(text, naive.size);
          expect(intern(table, text)).toBe(naive.get(text));
        }
        expect(table.size).toBe(naive.size);
        for (const [text, index] of naive) expect(table.at(index)).toBe(text);
      }),
    );
  });

  it('looks at the span only', () => {
    const table = new SpanTable();
    expect(intern(table, 'a whale', 2, 7)).toBe(0);
    expect(find(table, 'whale')).toBe(0);
    expect(find(table, 'whales')).toBe(-1);
    expect(find(table, 'whal')).toBe(-1);
  });

  it('tells members of one hash apart', () => {
    const table = new SpanTable();
    expect(table.intern('a', 0, 1, 5)).toBe(0);
    expect(table.intern('b', 0, 1, 5)).toBe(1);
    expect(table.intern('aa', 0, 2, 5)).toBe(2);
    expect([table.find('a', 0, 1, 5), table.find('b', 0, 1, 5), table.find('c', 0, 1, 5)]).toEqual([
      0, 1, -1,
    ]);
  });

  it('holds a hundred thousand, and one longer than two units can say', () => {
    const table = new SpanTable();
    const long = 'x'.repeat(100_000);
    for (let i = 0; i < 100_000; i++) expect(intern(table, `word${i}`)).toBe(i);
    expect(intern(table, long)).toBe(100_000);
    expect(intern(table, `${long}x`)).toBe(100_001);
    expect(table.at(100_000)).toBe(long);
    for (let i = 0; i < 100_000; i += 997) expect(table.at(i)).toBe(`word${i}`);
  });
});

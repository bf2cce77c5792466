import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  checkOptions,
  list,
  NewerVersionError,
  record,
  required,
  SavedFormat,
  text,
  whole,
  withFields,
} from './index.js';

const words = list(text);
const counts = list(whole({ from: 0 }));
/** Three versions; each migration would throw a TypeError for a form that was not checked. */
const format = new SavedFormat(
  ['list', 'old-list'],
  record<{ words: readonly string[] }>({ words: required(words) }),
)
  .next(record<{ tokens: readonly string[] }>({ tokens: required(words) }), (form) => ({
    tokens: form.words.map((word) => word.trim()),
  }))
  .next(
    record<{ tokens: readonly string[]; counts: readonly number[] }>({
      tokens: required(words),
      counts: required(counts),
    }),
    (form) => ({ ...form, counts: form.tokens.map((token) => token.length) }),
  );

describe('a saved format', () => {
  const newest = { tokens: ['a'], counts: [1] };

  it('gives data of every version in the form of the newest', () => {
    expect(format.newest).toBe(3);
    expect(format.header).toEqual({ format: 'list', version: 3 });
    expect(format.read({ format: 'list', version: 1, words: [' a'] }).value).toEqual(newest);
    expect(format.read('{"format":"list","version":2,"tokens":["a"]}').value).toEqual(newest);
    const json = JSON.stringify({ ...format.header, ...newest });
    expect(format.read(new TextEncoder().encode(json))).toEqual({
      value: newest,
      version: 3,
      written: { ...format.header, ...newest },
    });
    expect(format.upToDate(1, { words: ['a'] })).toEqual(newest);
  });

  it('knows a former name in version 1 alone', () => {
    expect(format.read({ format: 'old-list', version: 1, words: ['a'] }).value).toEqual(newest);
    expect(() => format.read({ format: 'old-list', version: 2, tokens: ['a'] })).toThrow(
      "format: expected 'list', got 'old-list'",
    );
  });

  it.each([
    ['no JSON', '{"format":', 'expected JSON, got something else, or a part of it (it may be damaged or'],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe), 'expected JSON'],
    ['a list', [], 'expected an object, got []'],
    ['nothing', null, 'expected an object, got null'],
    ['no version', { format: 'list' }, 'version: expected a whole number from 1 to 3, got undefined'],
    ['a version in words', { format: 'list', version: '1' }, "from 1 to 3, got '1'"],
    ['a version between', { format: 'list', version: 1.5 }, 'from 1 to 3, got 1.5'],
    ['a field that is missing', { format: 'list', version: 1 }, 'words: expected a list'],
    ['a field of another version', { format: 'list', version: 1, tokens: [] }, 'tokens: expected the name'],
  ])('refuses %s', (_, json, message) => {
    expect(() => format.read(json)).toThrow(ArgumentError);
    expect(() => format.read(json)).toThrow(message);
  });

  it('refuses what is nested deeper than any call stack should go', () => {
    const nested = (levels: number) =>
      `{"format":"list","version":3,"tokens":${'['.repeat(levels)}${']'.repeat(levels)},"counts":[]}`;
    for (const levels of [100, 400_000]) {
      expect(() => format.read(nested(levels))).toThrow(
        'expected at most 100 levels of objects and lists, got more',
      );
    }
    // One level less is read, and refused for what it is.
    expect(() => format.read(nested(99))).toThrow('tokens');
    const circle: Record<string, unknown> = {};
    circle.circle = circle;
    expect(() => format.read(circle)).toThrow('at most 100 levels');
  });

  it('names a newer version', () => {
    const read = () => format.read({ format: 'list', version: 4, others: 1 });
    expect(read).toThrow(NewerVersionError);
    expect(read).toThrow('version: expected at most 3, got 4 (a newer release of throughtime wrote it;');
  });

  it('gives no migration what was not checked', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            format: fc.constantFrom('list', 'old-list'),
            version: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.jsonValue()),
            words: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
            tokens: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
            counts: fc.oneof(fc.array(fc.nat()), fc.jsonValue()),
          },
          { requiredKeys: [] },
        ),
        (json) => {
          try {
            format.read(json);
          } catch (error) {
            expect(error).toBeInstanceOf(ArgumentError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('record', () => {
  it('refuses none where an object is required, also if all of its fields may be left out', () => {
    const checks = { inner: required(record<{ size?: number }>({ size: whole() })) };
    expect(() => checkOptions<{ inner: { size?: number } }>({}, checks)).toThrow(
      'inner: expected an object with size, got undefined',
    );
    checkOptions<{ inner: { size?: number } }>({ inner: {} }, checks);
  });
});

describe('withFields', () => {
  const named = withFields<{ name: string; size?: number }>({ name: required(text), size: whole() });

  it('lets other fields be', () => {
    const value = { name: 'a', others: 1 };
    expect(named('it', value)).toBe(value);
  });

  it.each([
    ['a field that is missing', { others: 1 }, 'it.name: expected a string, got undefined'],
    ['a wrong one', { name: 'a', size: 'b' }, "it.size: expected a whole number, got 'b'"],
    ['a list', ['a'], "it: expected an object with name, size, got ['a']"],
  ])('refuses %s', (_, value, message) => {
    expect(() => named('it', value)).toThrow(message);
  });
});

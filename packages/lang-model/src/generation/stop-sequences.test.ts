import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StopSequences } from './stop-sequences.js';

/** Runs a whole text through and says what was passed on at each character. */
function stream(text: string, stops: readonly string[]) {
  const watcher = new StopSequences(stops.map((stop) => [...stop]));
  let passed = '';
  for (const character of text) {
    const { released, stopped } = watcher.push(character);
    passed += released.join('');
    if (stopped) return { passed, stopped };
  }
  return { passed: passed + watcher.rest().join(''), stopped: false };
}

describe('StopSequences', () => {
  it('passes everything on when there is nothing to watch for', () => {
    const watcher = new StopSequences<string>([]);
    expect(watcher.push('a')).toEqual({ released: ['a'], stopped: false });
  });

  it('withholds a possible beginning until it is decided', () => {
    const watcher = new StopSequences([['a', 'b']]);
    expect(watcher.push('a').released).toEqual([]);
    expect(watcher.push('a').released).toEqual(['a']);
    expect(watcher.push('c').released).toEqual(['a', 'c']);
    expect(watcher.push('a').released).toEqual([]);
    expect(watcher.rest()).toEqual(['a']);
  });

  it('ends before the sequence', () => {
    expect(stream('one. Two. three', ['. t'])).toEqual({ passed: 'one. Two', stopped: true });
  });

  it('passes on what precedes the first occurrence of any stop, for any text', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 20 });
    const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(letters, stops, (text, sequences) => {
        // Oracle: the stop whose end comes first; of those that end together, the one listed first.
        let found: { begin: number; end: number } | undefined;
        for (const stop of sequences) {
          const begin = text.indexOf(stop);
          if (begin >= 0 && (!found || begin + stop.length < found.end))
            found = { begin, end: begin + stop.length };
        }
        expect(stream(text, sequences)).toEqual(
          found ? { passed: text.slice(0, found.begin), stopped: true } : { passed: text, stopped: false },
        );
      }),
    );
  });
});

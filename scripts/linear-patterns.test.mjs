import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { slowPatternBreaches } from './linear-patterns.mjs';

/** @type {string} */
let base;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'linear-patterns-'));
});
afterEach(() => rmSync(base, { recursive: true }));

/** @param {string} source */
function breaches(source, path = 'packages/a/src/a.ts') {
  const file = join(base, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, source);
  return slowPatternBreaches(base);
}

it.each([
  ['exponential', 'const a: RegExp = /(a+)+$/;'],
  ['quadratic', 'const number = /^[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?$/;'],
  ['quadratic', "const line = text.replace(/\\s*\\n\\s*/g, ' ');"],
  ['quadratic', "const end = new RegExp('a*b');"],
  ['cannot be analyzed', 'const any = new RegExp(source);'],
  ['cannot be analyzed', "const any = RegExp(a + '+$');"],
])('finds one that is %s: %s', (why, source) => {
  expect(breaches(`// a\n${source}\n`)).toEqual([expect.stringMatching(`^packages/a/src/a.ts:2: .*${why}`)]);
});

it('accepts linear ones, marked ones, and those of tests', () => {
  const source = [
    'const word = /^[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)$/gu;',
    "const quote = '/(a+)+$/'; // /(a+)+$/",
    '// linear: the words are escaped, so that nothing repeats',
    "const words = new RegExp(list.join('|'));",
    'const WORD = /\\p{L}+/v;',
    "const copy = new RegExp(WORD, 'y');",
  ].join('\n');
  expect(breaches(source)).toEqual([]);
  expect(breaches('const slow = /(a+)+$/;', 'packages/a/src/a.test.ts')).toEqual([]);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whiteSpaceBreaches } from './white-space.mjs';

/** @type {string} */
let base;

/** @param {string} path @param {string} content */
function put(path, content) {
  const file = join(base, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'white-space-'));
});
afterEach(() => rmSync(base, { recursive: true }));

describe('whiteSpaceBreaches', () => {
  it('accepts comments, marked lines, tests, and code that is not about text', () => {
    put(
      'packages/text-preprocess/src/a.ts',
      [
        '/**',
        ' * What `\\s` means.',
        ' */',
        'const words = /[a-z]+/; // not \\s',
        'const number = /^\\s*\\d+$/; // whitespace: only digits are left',
        '// whitespace: either half of everything',
        'const all = /[\\s\\S]/;',
      ].join('\n'),
    );
    put('packages/text-preprocess/src/a.test.ts', 'const blank = /\\s/;\n');
    put('packages/figures/src/a.ts', 'const blank = /\\s/;\n');
    expect(whiteSpaceBreaches(base)).toEqual([]);
  });

  it('names every line with a bare class, in a template too', () => {
    put(
      'packages/text-preprocess/src/bpe/a.ts',
      'const a = 1;\nconst blank = /\\s/;\nconst solid = `[^\\\\S]`;\n',
    );
    put('packages/lang-model/src/ngram/b.ts', 'text.split(/\\s+/);\n');
    put('apps/char-generator/src/core/c.ts', '// whitespace:\nconst c = /\\S/;\n');
    expect(whiteSpaceBreaches(base).map((breach) => breach.split(': ')[0])).toEqual([
      'packages/text-preprocess/src/bpe/a.ts:2',
      'packages/text-preprocess/src/bpe/a.ts:3',
      'packages/lang-model/src/ngram/b.ts:1',
      'apps/char-generator/src/core/c.ts:2',
    ]);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { docstringBreaches, docstringExamples } from './docstrings.mjs';

/** @type {string} */
let base;

/** @param {string} path @param {string} content */
function put(path, content) {
  const file = join(base, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const example = `/**
 * Adds one.
 * @example
 * \`\`\`ts
 * import { more } from '@throughtime/one';
 *
 * more(1); // 2
 * \`\`\`
 */
export function more(n: number): number { return n + 1; }
`;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'docstrings-'));
  const exports = { '.': { '@throughtime/source': './src/index.ts' } };
  put('packages/one/package.json', JSON.stringify({ name: '@throughtime/one', exports }));
  put('packages/two/package.json', JSON.stringify({ name: '@throughtime/two', exports, private: true }));
  put('packages/two/src/index.ts', 'export const undocumented = 1;\n');
});
afterEach(() => rmSync(base, { recursive: true }));

/** @param {string} source of the one public package */
function breaches(source) {
  put('packages/one/src/index.ts', "export { more } from './more.js';\nexport * from './more.js';\n");
  put('packages/one/src/more.ts', `${example}${source}`);
  return docstringBreaches(base).map((line) => line.replace(/^.*?: /, ''));
}

describe('docstringBreaches', () => {
  it('accepts documented names and members, and does not look at what is not exported', () => {
    const source = `
/** One. */
// Why it is so.
export interface One {
  /** A. */
  readonly a: number;
  /** B. */
  b(): void;
}
/** What differs says so by its name. */
export type Event = { readonly type: 'a' } | {
  readonly type: 'b';
  /** When. */
  readonly at: number;
};
interface Hidden { readonly c: number }
`;
    expect(breaches(source)).toEqual([]);
  });

  it('names declarations and members without one', () => {
    const source = `
export const a = 1;
/** B. */
export interface B { readonly one: number; two(): void }
/** C. */

const apart = 2;
export type C = { readonly three: number };
/** D. */
export class D {
  readonly four = 4;
  #five = 5;
  private six = 6;
  constructor(readonly x: number) {}
  seven() {}
}
/** E. */
export class E extends D { override seven() {} static eight = 8; }
`;
    expect(breaches(source)).toEqual(
      ["'a'", "'B.one'", "'B.two'", "'C'", "'C.three'", "'D.four'", "'D.seven'", "'E.eight'"].map(
        (name) => `${name} has no docstring`,
      ),
    );
  });

  it('wants an example of every entry', () => {
    put('packages/one/src/index.ts', '/** A. */\nexport const a = 1;\n');
    expect(docstringBreaches(base)).toEqual([
      '@throughtime/one: none of its names has an @example (packages/one/src/index.ts)',
    ]);
  });
});

describe('docstringExamples', () => {
  it('gives the code of the public packages', () => {
    put('packages/one/src/index.ts', example);
    put('packages/two/src/index.ts', example);
    expect(docstringExamples(base)).toEqual([
      {
        file: 'packages/one/src/index.ts',
        number: 1,
        code: "import { more } from '@throughtime/one';\n\nmore(1); // 2\n",
      },
    ]);
  });
});

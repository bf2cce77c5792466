import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { proseBreaches, sentencesOfMarkdown, sentencesOfSource } from './prose.mjs';

/** @type {string} */
let base;

/** @param {string} path @param {string} content */
function put(path, content) {
  const file = join(base, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'prose-'));
});
afterEach(() => rmSync(base, { recursive: true }));

/** @param {number} count */
const words = (count) => `The ${'very '.repeat(count - 3)}end comes.`;

describe('sentencesOfMarkdown', () => {
  it('joins lines, and tells sentences, items and cells apart', () => {
    const text =
      '---\ntitle: no prose\n---\n\n# A heading is none\n\nOne sentence\nover two lines. Another [with a link](x.md).\n\n- An item\n  goes on.\n- The next: `code. here` ends it.\n\n| a cell | `one | two` |\n| --- | --- |\n';
    expect(sentencesOfMarkdown(text).filter(({ text: t }) => !t.startsWith('|'))).toEqual([
      { line: 7, text: 'One sentence over two lines.' },
      { line: 7, text: 'Another with a link.' },
      { line: 10, text: 'An item goes on.' },
      { line: 12, text: 'The next:' },
      { line: 12, text: 'code ends it.' },
      { line: 14, text: 'a cell' },
      { line: 14, text: 'code' },
      { line: 15, text: '---' },
      { line: 15, text: '---' },
    ]);
  });

  it('leaves out code and the figures that a program enters', () => {
    expect(
      sentencesOfMarkdown('```sh\nno prose .39\n```\n<!-- results -->\n| .39 |\n<!-- /results -->\nProse.\n'),
    ).toEqual([{ line: 7, text: 'Prose.' }]);
  });
});

describe('sentencesOfSource', () => {
  it('reads strings and templates of more than five words', () => {
    const source =
      "const a = 'short';\nconst b = 'this is a long enough string';\nconst c = `A sentence of several words over\n" +
      `two lines. Then $\{b} once more.\`;\nconst d = \`#!/bin/sh\n# a program is no prose at all\`;\n`;
    expect(sentencesOfSource('a.ts', source)).toEqual([
      { line: 2, text: 'this is a long enough string' },
      { line: 3, text: 'A sentence of several words over two lines.' },
      { line: 3, text: 'Then code once more.' },
    ]);
  });
});

describe('proseBreaches', () => {
  it('accepts 30 words and names 31', () => {
    put('README.md', `${words(30)}\n\n${words(31)}\n`);
    expect(proseBreaches(base)).toEqual([expect.stringMatching(/^README\.md:3: 31 words, 30 at most/)]);
  });

  it.each([
    ['It takes .39 of the time.', "write '0.39'"],
    ['It reads 200 tokens a second.', "write 'per'"],
    ['It goes on learning.', 'an idiom'],
    ['Train the model anew.', "write 'fix' or 'again'"],
    ['The file has not a name.', "'lacks'"],
    ['| attempt | came |', "'measured'"],
    ['| attempt | came | kept |', "'measured'"],
    ['Its behaviour is known.', 'American spelling'],
    ['The normalised colour.', 'American spelling'],
    ['What is no model is told by the file.', "do not begin with 'what'"],
  ])('%s', (text, advice) => {
    put('docs/a.md', `${text}\n`);
    expect(proseBreaches(base)).toEqual(expect.arrayContaining([expect.stringContaining(advice)]));
  });

  it.each([
    'It takes 0.39 of the time, version 1.0.',
    'What is a model?',
    'A program analyzes colors, and a size of 1.5 is precise.',
    'A matrix of bytes times a vector.',
    'It promises four hours of exercise.',
    'The size is otherwise likewise.',
  ])('accepts: %s', (text) => {
    put('docs/a.md', `${text}\n`);
    expect(proseBreaches(base)).toEqual([]);
  });

  it('leaves records and what is installed alone', () => {
    put('docs/decisions/0001-a.md', `${words(40)}\n`);
    put('packages/a/node_modules/b/README.md', `${words(40)}\n`);
    expect(proseBreaches(base)).toEqual([]);
  });

  it('reads comments and docstrings: tags apart, and neither examples nor what is indented as code', () => {
    put(
      'packages/a/src/a.ts',
      `// Rates of .5 are
// usual.
//   table   .5
const a = 1; // It goes on.

/**
 * It trains anew.
 *
 *     l' = .5 l
 *
 * @param b ${words(20)}
 * @returns ${words(20)}
 * @example
 * const x = .5; // .5
 */
export function f(b) {}
`,
    );
    expect(proseBreaches(base)).toEqual([
      expect.stringMatching(/^packages\/a\/src\/a\.ts:1: write '0\.39'.*: Rates of \.5 are usual\.$/),
      expect.stringMatching(/^packages\/a\/src\/a\.ts:4: an idiom/),
      expect.stringMatching(/^packages\/a\/src\/a\.ts:7: write 'fix' or 'again'/),
    ]);
  });

  it('lets a noun clause label what is declared, and be no subject', () => {
    put(
      'packages/a/src/a.ts',
      '/** What a bar stands for. */\nconst a = 1;\n/** What is missing is no error. */\nconst b = 1;\n/** What is shown now; undefined before there is a model. */\nlet c;\n',
    );
    expect(proseBreaches(base)).toEqual([
      expect.stringMatching(/^packages\/a\/src\/a\.ts:3: say who does what/),
    ]);
  });

  it('reads messages in sources, and leaves the strings of tests', () => {
    put('packages/a/src/a.ts', `throw new Error('${words(31)}');\n`);
    put('packages/a/src/a.test.ts', `it('${words(31)}');\n`);
    expect(proseBreaches(base)).toEqual([expect.stringMatching(/^packages\/a\/src\/a\.ts:1: 31 words/)]);
  });

  it('reads help texts', () => {
    put('apps/char-generator/src/commands/a.ts', `const help = '${words(31)}';\n`);
    expect(proseBreaches(base)).toHaveLength(1);
  });
});

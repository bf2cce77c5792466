import { describe, expect, it } from 'vitest';
import { blocksOf, commandsOf, firstMissing, withOutput } from './pages.mjs';

const page = `# Title

\`\`\`sh
npm run generate -- info
\`\`\`

Words.

\`\`\`text
one
\`\`\`

\`\`\`js
console.log(2);
\`\`\`

\`\`\`js ignore
sketch();
\`\`\`
`;

describe('blocksOf', () => {
  it('finds code that runs, with the output below it', () => {
    expect(blocksOf(page)).toEqual([
      { language: 'sh', code: 'npm run generate -- info', printed: 'one', line: 3, printedLines: [9, 10] },
      { language: 'js', code: 'console.log(2);', printed: undefined, line: 13, printedLines: undefined },
    ]);
  });

  it('refuses a block without end, and a second output', () => {
    expect(() => blocksOf('```js\n1')).toThrow('line 1: expected the end of the block');
    const twice = '```js\n1\n```\n```text\n1\n```\n```text\n1\n```\n';
    expect(() => blocksOf(twice)).toThrow('line 7: expected code before this output');
  });
});

describe('commandsOf', () => {
  it('cuts words as a shell does, joins lines, and leaves out comments', () => {
    const code =
      '# first\nnpm run generate -- sample \\\n  --prompt \'the time \' --stop "a b"   # a second\n\nnode x.mjs';
    expect(commandsOf(code)).toEqual([
      ['npm', 'run', 'generate', '--', 'sample', '--prompt', 'the time ', '--stop', 'a b'],
      ['node', 'x.mjs'],
    ]);
  });
});

describe('firstMissing', () => {
  it.each([
    ['a b', 'a   b\n'],
    ['a\n...\nd', 'a\nb\nc\nd'],
    ['...\nb', 'b'],
    ['a\n...', 'a\nb\nc'],
    ['a ... d', 'a b c d'],
    ['loss ~2.0,', 'loss 1.9,'],
    ['loss ~2.0', 'loss 2.19'],
    ['~-0.5', '-0.52'],
    ['(~1,000)', '(1,050)'],
    ['≥98%', '99.5%'],
    ['≤0.01', '1e-7'],
    ['---  ----', '-----  --'],
  ])('accepts %j for %j', (expected, printed) => expect(firstMissing(expected, printed)).toBeUndefined());

  it.each([
    ['a b', 'a c', 'a b'],
    ['a\nb', 'a', 'b'],
    ['a\n...\nd', 'a\nb', 'd'],
    ['a\nc', 'a\nb\nc', 'c'],
    ['~2.0', '2.3', '~2.0'],
    ['~2.0', 'NaN', '~2.0'],
    ['~2.0', 'two', '~2.0'],
    ['≥98%', '97.9%', '≥98%'],
    ['≥98%', '99', '≥98%'],
    ['≤0.01', '0.02', '≤0.01'],
    ['~0.5', '-0.5', '~0.5'],
  ])('refuses %j where %j was printed', (expected, printed, line) =>
    expect(firstMissing(expected, printed)?.line).toBe(line),
  );

  it('refuses more output than the page says', () => {
    expect(firstMissing('a', 'a\nb')).toEqual({ line: undefined, got: 'b' });
  });
});

describe('withOutput', () => {
  it('enters what was printed', () => {
    const [block] = blocksOf(page);
    const written = withOutput(page, [{ block, printed: 'two\nthree\n' }]);
    expect(blocksOf(written)[0].printed).toBe('two\nthree');
    expect(written.replace('two\nthree', 'one')).toBe(page);
  });

  it('marks numbers as about where some were', () => {
    const bounded = '```js\n1\n```\n```text\nloss ~2.5\n```\n';
    const [block] = blocksOf(bounded);
    const printed = 'loss 2.6, of -0.5, epoch 1\nmean   0.125   1.000\n';
    const written = withOutput(bounded, [{ block, printed }]);
    expect(blocksOf(written)[0].printed).toBe('loss ~2.6, of ~-0.5, epoch 1\nmean  ~0.125  ~1.000');
    expect(firstMissing(blocksOf(written)[0].printed ?? '', printed)).toBeUndefined();
  });
});

import { expect, it } from 'vitest';
import { recordRows } from './results-table.mjs';

const empty = '# R\n<!-- results -->\n<!-- /results -->\nafter\n';
const check = { name: 'perplexity', expected: '<= 1.2', ours: '1.08', within: true };
const under = 'Node 20, load 2.1';

it('enters rows, sorted by reproduction, and keeps what stands around the table', () => {
  const two = recordRows(recordRows(empty, 'b', [check], { seconds: 80, under }), 'a', [check], {
    seconds: 150,
    under,
  });
  expect(two).toBe(`# R
<!-- results -->
| reproduction | figure | expected | ours | time |
|---|---|---|---|---|
| \`a\` | perplexity | <= 1.2 | 1.08 | 2.5 min; Node 20, load 2.1 |
| \`b\` | perplexity | <= 1.2 | 1.08 | 80 s; Node 20, load 2.1 |
<!-- /results -->
after
`);
});

it('replaces the rows of the same reproduction and says what was missed', () => {
  const again = recordRows(
    recordRows(empty, 'a', [check, check], { seconds: 1, under }),
    'a',
    [{ ...check, ours: '1.4', within: false }],
    { seconds: 2, under },
  );
  expect(again.match(/\| `a`/g)).toHaveLength(1);
  expect(again).toContain('1.4 (**missed**)');
});

it('of a part replaces the rows of the same figures alone', () => {
  const [first, second] = [
    { ...check, name: 'rnn: perplexity' },
    { ...check, name: 'lstm: perplexity' },
  ];
  const both = recordRows(empty, 'a', [first, second], { seconds: 1, under });
  const run = { seconds: 2, under, partial: true };
  const again = recordRows(both, 'a', [{ ...second, ours: '1.01' }], run);
  expect(again.match(/\| `a` \| (.*?) \| .*? \| (.*?) \|/g)).toEqual([
    '| `a` | rnn: perplexity | <= 1.2 | 1.08 |',
    '| `a` | lstm: perplexity | <= 1.2 | 1.01 |',
  ]);
});

it('keeps bars in a name within their cell', () => {
  const bars = [{ ...check, name: '||dh||' }];
  const run = { seconds: 1, under, partial: true };
  const twice = recordRows(recordRows(empty, 'a', bars, run), 'a', bars, run);
  expect(twice.split('\n').filter((line) => line.includes('dh'))).toEqual([
    '| `a` | \\|\\|dh\\|\\| | <= 1.2 | 1.08 | 1 s; Node 20, load 2.1 |',
  ]);
});

it('refuses a file without the markers', () => {
  expect(() => recordRows('# R', 'a', [check], { seconds: 1, under })).toThrow('lacks the markers');
});

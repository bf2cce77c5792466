import { expect, it } from 'vitest';
import { recordRows } from './results-table.mjs';

const empty = '# R\n<!-- results -->\n<!-- /results -->\nafter\n';
const check = { name: 'perplexity', expected: '<= 1.2', ours: '1.08', within: true };

it('enters rows, sorted by reproduction, and keeps what stands around the table', () => {
  const two = recordRows(recordRows(empty, 'b', [check], 80), 'a', [check], 150);
  expect(two).toBe(`# R
<!-- results -->
| reproduction | figure | expected | ours | time |
|---|---|---|---|---|
| \`a\` | perplexity | <= 1.2 | 1.08 | 2.5 min |
| \`b\` | perplexity | <= 1.2 | 1.08 | 80 s |
<!-- /results -->
after
`);
});

it('replaces the rows of the same reproduction and says what was missed', () => {
  const again = recordRows(
    recordRows(empty, 'a', [check, check], 1),
    'a',
    [{ ...check, ours: '1.4', within: false }],
    2,
  );
  expect(again.match(/\| `a`/g)).toHaveLength(1);
  expect(again).toContain('1.4 (**missed**)');
});

it('refuses a file without the markers', () => {
  expect(() => recordRows('# R', 'a', [check], 1)).toThrow('lacks the markers');
});

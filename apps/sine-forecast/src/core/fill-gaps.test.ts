import { describe, expect, it } from 'vitest';
import { withoutGaps } from './fill-gaps.js';
import { openFile } from './open-series.js';

const opened = (values: readonly (number | '')[]) => {
  const text = `t,y\n${values.map((value, i) => `${i + 1},${value}`).join('\n')}\n`;
  return openFile(new TextEncoder().encode(text), { fileName: 'a.csv', flaws: 'note', column: 'y' });
};

describe('withoutGaps', () => {
  it('fills gaps with straight lines, and ends with the nearest value', async () => {
    const { series, all, notes } = withoutGaps(await opened(['', 2, '', '', 8, 4, '']));
    expect([...series.values]).toEqual([2, 2, 4, 6, 8, 4, 4]);
    expect([...series.observed]).toEqual(new Array(7).fill(1));
    expect(all).toEqual([series]);
    expect(notes.at(-1)).toEqual({ kind: 'filled', missing: 4 });
  });

  it('leaves a whole series as it is', async () => {
    const whole = await opened([1, 3, 2, 5]);
    expect(withoutGaps(whole)).toBe(whole);
  });
});

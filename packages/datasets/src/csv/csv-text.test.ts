import { describe, expect, it } from 'vitest';
import { csvText } from './csv-text.js';

describe('csvText', () => {
  it('quotes what needs it, and leaves a missing number empty', () => {
    const rows = [
      [1, 'say "no"'],
      ['x\ny', Number.NaN],
    ];
    expect(csvText(['a', 'b,c'], rows)).toBe('a,"b,c"\n1,"say ""no"""\n"x\ny",\n');
  });
});

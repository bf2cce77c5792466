import { describe, expect, it } from 'vitest';
import { InvalidFormatError } from './errors.js';
import { type Migration, upToDate } from './saved-json.js';

describe('upToDate', () => {
  // No format of this package has a second version yet: this one stands for those to come.
  const migrations: readonly Migration[] = [
    ({ words, ...rest }) => ({ ...rest, tokens: words }),
    (old) => ({ ...old, counts: [] }),
  ];

  it('takes older data through one migration after another', () => {
    expect(upToDate({ words: ['a'] }, 1, migrations, 'list')).toEqual({ tokens: ['a'], counts: [] });
    expect(upToDate({ tokens: ['a'] }, 2, migrations, 'list')).toEqual({ tokens: ['a'], counts: [] });
  });

  it('leaves data of the newest version as it is', () => {
    const newest = { tokens: ['a'], counts: [1] };
    expect(upToDate(newest, 3, migrations, 'list')).toBe(newest);
    expect(upToDate(newest, 1, [], 'list')).toBe(newest);
  });

  it.each([0, 4, 1.5, '1', undefined])('refuses the version %o', (version) => {
    expect(() => upToDate({}, version, migrations, 'list')).toThrow(InvalidFormatError);
    expect(() => upToDate({}, version, migrations, 'list')).toThrow(
      'list: expected a version from 1 to 3, got ',
    );
  });
});

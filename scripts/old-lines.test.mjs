import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faults } from './old-lines/faults.mjs';
import { page, pageWithTable } from './old-lines/page.mjs';
import { root } from './workspace.mjs';

describe('the list of old lines', () => {
  it.each(faults.map((fault) => [fault.kind, fault]))(
    'names a line that stands there once: %s',
    (_, fault) => {
      const source = readFileSync(join(root, fault.file), 'utf8');
      for (const [now, before] of [[fault.now, fault.before], ...(fault.also ?? [])]) {
        expect(source.split(now).length - 1, now).toBe(1);
        expect(before).not.toBe(now);
      }
      expect(existsSync(join(root, fault.test)), fault.test).toBe(true);
    },
  );

  it('is the table in docs/old-lines.md (npm run old-lines -- --table writes it)', () => {
    const text = readFileSync(page, 'utf8');
    expect(pageWithTable(text)).toBe(text);
  });
});

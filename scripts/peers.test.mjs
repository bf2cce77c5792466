import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixtures } from './peers.mjs';
import { root } from './workspace.mjs';

const tracked = execFileSync('git', ['ls-files', '*.py'], { cwd: root, encoding: 'utf8' }).split('\n');

describe('the fixtures that peers make', () => {
  it('have a script each, and are there', () => {
    for (const { script, files } of Object.values(fixtures))
      for (const path of [script, ...files]) expect(existsSync(join(root, path)), path).toBe(true);
  });

  it('are all: no other script makes fixtures', () => {
    const makers = tracked.filter((path) => /fixture|make[-_]|pytorch_model/.test(path));
    expect(makers.sort()).toEqual(
      Object.values(fixtures)
        .map(({ script }) => script)
        .sort(),
    );
  });
});

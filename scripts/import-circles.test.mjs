import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importCircles } from './import-circles.mjs';

/** @type {string} */
let base;

/** @param {string} path @param {string} content */
function put(path, content) {
  const file = join(base, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'circles-'));
  put('packages/one/package.json', '{}');
});
afterEach(() => rmSync(base, { recursive: true }));

describe('importCircles', () => {
  it('accepts files that need one another in one direction, also by two ways', () => {
    put('packages/one/src/a.ts', "import './b.js';\nimport './c.js';\n");
    put('packages/one/src/b.ts', "import './c.js';\n");
    put('packages/one/src/c.ts', "import fs from 'node:fs';\nimport x from './missing.js';\n");
    expect(importCircles(base)).toEqual([]);
  });

  it('names a circle of types, which the linter does not see', () => {
    put('packages/one/src/a.ts', "import type { B } from './deep/b.js';\nexport interface A { b: B }\n");
    put('packages/one/src/deep/b.ts', "import type { A } from '../a.js';\nexport interface B { a: A }\n");
    expect(importCircles(base)).toEqual([
      'a circle of imports: packages/one/src/a.ts -> packages/one/src/deep/b.ts -> packages/one/src/a.ts',
    ]);
  });

  it('names the shortest circle of a group once, and those of other groups', () => {
    put('packages/one/src/a.ts', "import './b.js';\n");
    put('packages/one/src/b.ts', "export * from './c.js';\nawait import('./a.js');\n");
    put('packages/one/src/c.ts', "export { x } from './a.js';\n");
    put('packages/one/src/x.ts', "import './x.js';\n");
    expect(importCircles(base)).toEqual([
      'a circle of imports: packages/one/src/a.ts -> packages/one/src/b.ts -> packages/one/src/a.ts',
      'a circle of imports: packages/one/src/c.ts -> packages/one/src/a.ts -> packages/one/src/b.ts -> packages/one/src/c.ts',
      'a circle of imports: packages/one/src/x.ts -> packages/one/src/x.ts',
    ]);
  });
});

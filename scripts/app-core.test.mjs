import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coreBreaches } from './app-core.mjs';

/** @type {string} */
let base;

/** @param {string} path @param {string} content */
function put(path, content) {
  const file = join(base, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'app-core-'));
  put('apps/one/package.json', '{}');
  put('packages/two/package.json', '{}');
});
afterEach(() => rmSync(base, { recursive: true }));

describe('coreBreaches', () => {
  it('accepts code that runs anywhere, and words that are no globals', () => {
    put(
      'apps/one/src/core/a.ts',
      [
        "import { x } from '@throughtime/datasets';",
        "import { y } from './deep/b.js';",
        '// What a window of the document shows.',
        "export const label = 'process';",
        'export interface Options { readonly window?: number; readonly process: string }',
        `export const at = ({ horizon, window }: Options) => \`\${window} of \${options.process}, self\`;`,
      ].join('\n'),
    );
    put('apps/one/src/core/deep/b.ts', "export { z } from '../c.js';\n");
    put('apps/one/src/core/a.test.ts', "import { readFileSync } from 'node:fs';\n");
    put('apps/one/src/commands/run.ts', "import { join } from 'node:path';\nprocess.exitCode = 1;\n");
    put('packages/two/src/core/a.ts', "import 'node:fs';\n");
    expect(coreBreaches(base)).toEqual([]);
  });

  it('names imports of Node, of the command line, of the page, and what leaves the core', () => {
    put(
      'apps/one/src/core/a.ts',
      [
        "import { join } from 'node:path';",
        "import fs from 'fs';",
        "import { readSeriesFile } from '@throughtime/datasets/node';",
        "import type { Reporter } from '@throughtime/command-line';",
        "const page = await import('@throughtime/web-page');",
        "export { run } from '../commands/run.js';",
      ].join('\n'),
    );
    expect(coreBreaches(base)).toEqual([
      "apps/one/src/core/a.ts: 'node:path' needs Node or a page",
      "apps/one/src/core/a.ts: 'fs' needs Node or a page",
      "apps/one/src/core/a.ts: '@throughtime/datasets/node' needs Node or a page",
      "apps/one/src/core/a.ts: '@throughtime/command-line' needs Node or a page",
      "apps/one/src/core/a.ts: '@throughtime/web-page' needs Node or a page",
      "apps/one/src/core/a.ts: '../commands/run.js' leaves the core",
    ]);
  });

  it('names globals of Node and of the DOM, also within templates', () => {
    put(
      'apps/one/src/core/a.ts',
      `export const where = () => \`\${document.title}\`;\nif (process.env.DEBUG) new Worker(globalThis.location);\n`,
    );
    expect(coreBreaches(base)).toEqual([
      "apps/one/src/core/a.ts: uses 'process'",
      "apps/one/src/core/a.ts: uses 'document'",
      "apps/one/src/core/a.ts: uses 'location'",
      "apps/one/src/core/a.ts: uses 'Worker'",
    ]);
  });
});

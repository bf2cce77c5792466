import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportedNameBreaches } from './exported-names.mjs';

/** @type {string} */
let base;

/** @param {string} path @param {string} content */
function put(path, content) {
  const file = join(base, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** @param {string} name @param {Record<string, string>} entries */
function manifest(name, entries = { '.': './src/index.ts' }) {
  const exports = Object.fromEntries(
    Object.entries(entries).map(([subpath, file]) => [subpath, { '@throughtime/source': file }]),
  );
  put(`packages/${name}/package.json`, JSON.stringify({ name: `@throughtime/${name}`, exports }));
}

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'names-'));
  manifest('one');
  manifest('two');
});
afterEach(() => rmSync(base, { recursive: true }));

describe('exportedNameBreaches', () => {
  it('accepts a declaration that several packages export', () => {
    put('packages/one/src/index.ts', "export { type Parameter, size } from './parameter.js';\n");
    put('packages/one/src/parameter.ts', 'export interface Parameter {}\nexport const size = 1;\n');
    put(
      'packages/two/src/index.ts',
      "import { size } from '@throughtime/one';\nexport type { Parameter } from '@throughtime/one';\nexport { size };\nexport { Session } from 'elsewhere';\n",
    );
    expect(exportedNameBreaches(base)).toEqual([]);
  });

  it('names two declarations of one name, renamed or through a star, in any entry', () => {
    manifest('two', { '.': './src/index.ts', './node': './src/node/index.ts' });
    put('packages/one/src/index.ts', 'export async function evaluate() {}\nexport class Thing {}\n');
    put('packages/two/src/index.ts', "export { measure as evaluate } from './measure.js';\n");
    put('packages/two/src/measure.ts', 'export const measure = 1;\n');
    put('packages/two/src/node/index.ts', "export * from '../thing.js';\n");
    put('packages/two/src/thing.ts', 'export abstract class Thing {}\n');
    expect(exportedNameBreaches(base)).toEqual([
      "'evaluate' means several things: @throughtime/one (packages/one/src/index.ts), @throughtime/two (packages/two/src/measure.ts); give each thing its own name",
      "'Thing' means several things: @throughtime/one (packages/one/src/index.ts), @throughtime/two/node (packages/two/src/thing.ts); give each thing its own name",
    ]);
  });

  it('reads lists over several lines and leaves comments alone', () => {
    put(
      'packages/one/src/index.ts',
      "/* export { b } from './b.js'; */\nexport {\n  a,\n  type B,\n} from './a.js';\n",
    );
    put('packages/one/src/a.ts', 'export const a = 1;\nexport type B = 1;\n');
    put('packages/two/src/index.ts', '// export const a = 2;\nexport const c = 1;\nexport interface B {}\n');
    expect(exportedNameBreaches(base)).toEqual([expect.stringContaining("'B' means several things")]);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layeringBreaches } from './layers.mjs';

/** @type {string} */
let base;

/** @param {string} path @param {unknown} content */
function put(path, content) {
  const file = join(base, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'layers-'));
  put('scripts/layers.json', { low: [], high: ['low'] });
  put('packages/low/package.json', { name: '@throughtime/low' });
  put('packages/low/src/index.ts', "export * from './a.js';\n");
  put('packages/high/package.json', {
    name: '@throughtime/high',
    dependencies: { '@throughtime/low': 'workspace:^' },
  });
});
afterEach(() => rmSync(base, { recursive: true }));

describe('layeringBreaches', () => {
  it('accepts a workspace that keeps its layers', () => {
    expect(layeringBreaches(base)).toEqual([]);
  });

  it('names a manifest that depends upwards, even for development', () => {
    put('packages/low/package.json', { devDependencies: { '@throughtime/high': 'workspace:^' } });
    expect(layeringBreaches(base)).toEqual([
      'packages/low/package.json: may not depend on @throughtime/high (see scripts/layers.json)',
    ]);
  });

  it('names a package that the table lacks', () => {
    put('packages/new/package.json', {});
    expect(layeringBreaches(base)).toEqual(['packages/new/package.json: add "new" to scripts/layers.json']);
  });

  it('names an import that leaves its package, static or dynamic', () => {
    put(
      'packages/high/src/deep/a.ts',
      "import { x } from '../../../low/src/x.js';\nawait import('../../../low/y.js');\n",
    );
    expect(layeringBreaches(base)).toEqual([
      "packages/high/src/deep/a.ts: '../../../low/src/x.js' leaves the package; import it by name",
      "packages/high/src/deep/a.ts: '../../../low/y.js' leaves the package; import it by name",
    ]);
  });

  it('names a circle in the table', () => {
    put('scripts/layers.json', { low: ['high'], high: ['low'] });
    expect(layeringBreaches(base)).toContain('layers.json: a circle: low -> high -> low');
  });
});

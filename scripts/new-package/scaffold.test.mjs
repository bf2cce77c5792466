import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { layeringBreaches } from '../layers.mjs';
import { packageBreaches } from '../package-contents.mjs';
import { root } from '../workspace.mjs';
import { ScaffoldError, scaffoldPackage } from './scaffold.mjs';

/** @type {string} */
let base;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'scaffold-'));
  mkdirSync(join(base, 'scripts'));
  mkdirSync(join(base, 'packages'));
  cpSync(join(root, 'LICENSE'), join(base, 'LICENSE'));
  writeFileSync(join(base, 'scripts/layers.json'), '{}');
});
afterEach(() => rmSync(base, { recursive: true }));

it('makes a package that the checks of contents and layers accept', () => {
  scaffoldPackage('text-chunks', base);
  expect(packageBreaches(base)).toEqual([]);
  expect(layeringBreaches(base)).toEqual([]);
});

it('names everything after the package and leaves no placeholder', () => {
  scaffoldPackage('text-chunks', base);
  const files = readdirSync(join(base, 'packages/text-chunks'), { recursive: true, withFileTypes: true });
  const names = files.filter((file) => file.isFile()).map((file) => file.name);
  expect(names).toEqual(
    expect.arrayContaining(['README.md', 'text-chunks.ts', 'text-chunks.test.ts', 'index.ts']),
  );
  for (const file of files.filter((entry) => entry.isFile())) {
    expect(`${file.name} ${readFileSync(join(file.parentPath, file.name), 'utf8')}`).not.toMatch(
      /__(name|camelName)__/,
    );
  }
  expect(readFileSync(join(base, 'packages/text-chunks/src/index.ts'), 'utf8')).toBe(
    "export { textChunks } from './text-chunks.js';\n",
  );
});

it('refuses a name that cannot be a package, or is taken', () => {
  scaffoldPackage('one', base);
  for (const name of ['', 'One', 'a b', '../a', 'a-', 'one'])
    expect(() => scaffoldPackage(name, base)).toThrow(ScaffoldError);
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { carryChangesets, changesetBreaches } from './changesets.mjs';

/** @type {string} */
let base;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'changesets-'));
  for (const [name, hidden] of [
    ['open', false],
    ['hidden', true],
  ]) {
    mkdirSync(join(base, 'packages', String(name)), { recursive: true });
    const manifest = { name: `@throughtime/${name}`, private: hidden };
    writeFileSync(join(base, 'packages', String(name), 'package.json'), JSON.stringify(manifest));
  }
  mkdirSync(join(base, '.changeset'));
  writeFileSync(join(base, '.changeset/README.md'), '# Changesets\n');
});
afterEach(() => rmSync(base, { recursive: true }));

/** @param {string} text */
function breaches(text) {
  writeFileSync(join(base, '.changeset/one.md'), text);
  return changesetBreaches(base);
}

it('accepts published packages, in either kind of quotes', () => {
  expect(breaches("---\n'@throughtime/open': minor\n---\n\nMore.\n")).toEqual([]);
  expect(breaches('---\n"@throughtime/open": patch\n---\n\nMore.\n\n---\n\nAnd more.\n')).toEqual([]);
});

it('names private and unknown packages, bumps that are none, and what is empty', () => {
  const text =
    "---\n'@throughtime/open': minor\n'@throughtime/hidden': minor\n'@throughtime/gone': patch\n'@throughtime/open': tiny\n---\n";
  expect(breaches(text)).toEqual([
    '.changeset/one.md: @throughtime/hidden is private, or not here',
    '.changeset/one.md: @throughtime/gone is private, or not here',
    ".changeset/one.md: expected 'package': major, minor or patch, got '@throughtime/open': tiny",
    '.changeset/one.md: expected what changes for users',
  ]);
  expect(breaches('---\n---\n\nMore.\n')).toEqual(['.changeset/one.md: expected a package']);
});

it('refuses one of our packages as a peer of another', () => {
  mkdirSync(join(base, 'packages/user'));
  const manifest = {
    name: '@throughtime/user',
    peerDependencies: { '@throughtime/open': '^0.1.0', 'of others': '^1.0.0' },
  };
  writeFileSync(join(base, 'packages/user/package.json'), JSON.stringify(manifest));
  expect(breaches("---\n'@throughtime/open': minor\n---\n\nMore.\n")).toEqual([
    'packages/user/package.json: @throughtime/open is a peer: make it a dependency, or each version becomes a major one',
  ]);
});

it('releases the commands with the packages that they carry, and not without a change', () => {
  const app = join(base, 'apps/tool');
  mkdirSync(app, { recursive: true });
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: '@throughtime/tool' }));
  carryChangesets(base);
  expect(readdirSync(join(base, '.changeset'))).toEqual(['README.md']);
  writeFileSync(join(base, '.changeset/one.md'), "---\n'@throughtime/open': minor\n---\n\nMore.\n");
  carryChangesets(base);
  expect(readdirSync(join(base, '.changeset')).sort()).toEqual([
    'README.md',
    'carried-packages.md',
    'one.md',
  ]);
  expect(changesetBreaches(base)).toEqual([]);
});

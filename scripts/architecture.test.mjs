// Holds docs/architecture.md to the code: files that its tables link exist and declare the names beside them, and the table of
// packages says what layers.json says.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './workspace.mjs';

const page = join(root, 'docs/architecture.md');
const text = readFileSync(page, 'utf8');

/** The tables of the page: cells by their column's heading. */
const tables = [...text.matchAll(/(?:^\|.*\|\n)+/gm)].map(([table]) => {
  const [heading, , ...rows] = table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  return rows.map((cells) => Object.fromEntries(heading.map((name, i) => [name, cells[i] ?? ''])));
});

/** @param {string} cell */
const namesIn = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]);

const rows = tables.flat().filter((row) => 'file' in row && 'names' in row);

/** @param {string} source @param {string} name */
function declares(source, name) {
  const escaped = name.replace('$', '\\$');
  return (
    new RegExp(`\\b(?:function\\*?|class|const|let|interface|type|enum|namespace)\\s+${escaped}\\b`).test(
      source,
    ) ||
    // A method: its name, then parameters and a body.
    new RegExp(`^\\s+(?:async\\s+)?(?:static\\s+)?\\*?#?${escaped}(?:<[^>]*>)?\\(`, 'm').test(source)
  );
}

describe('docs/architecture.md', () => {
  it('has rows that name files', () => {
    expect(rows.length).toBeGreaterThan(30);
  });

  it.each(rows.map((row) => [Object.values(row)[0], row]))(
    '%s: the file declares what is named',
    (_, row) => {
      for (const [, link] of row.file.matchAll(/\]\(([^)]+)\)/g)) {
        const file = resolve(dirname(page), link);
        expect(existsSync(file), `${link} exists`).toBe(true);
        const source = readFileSync(file, 'utf8');
        for (const name of namesIn(row.names)) {
          expect(declares(source, name), `${link} declares ${name}`).toBe(true);
        }
      }
      expect(row.file).toMatch(/\]\(/);
      expect(namesIn(row.names).length).toBeGreaterThan(0);
    },
  );

  const ways = tables.filter((table) => table[0] && 'calls' in table[0]);

  it('follows the gradient, the update, and how programs are made', () => {
    expect(ways.map((way) => way.length)).toEqual([10, 5, 3]);
  });

  it.each(ways.map((way) => [way[0]['what happens'], way]))('%s ...: each row calls the next', (_, way) => {
    way.forEach((row, i) => {
      const [, link] = /\]\(([^)]+)\)/.exec(row.file) ?? [];
      const source = readFileSync(resolve(dirname(page), link), 'utf8');
      const [called] = namesIn(row.calls);
      if (i === way.length - 1) return;
      expect(source, `${link} calls ${called}`).toMatch(new RegExp(`\\b${called}\\b`));
      // The next row declares what a row calls.
      expect(namesIn(way[i + 1].names), `the row after ${link}`).toContain(called);
    });
  });

  it('has a row for each package, which says what layers.json says', () => {
    const layers = JSON.parse(readFileSync(join(root, 'scripts/layers.json'), 'utf8'));
    const table = tables.find((candidate) => candidate[0] && 'may use' in candidate[0]) ?? [];
    const said = Object.fromEntries(
      table.map((row) => [namesIn(row.package)[0], namesIn(row['may use']).sort()]),
    );
    const held = Object.fromEntries(Object.entries(layers).map(([name, below]) => [name, [...below].sort()]));
    expect(said).toEqual(held);
  });

  it('links nothing that is not there', () => {
    for (const [, link] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      expect(existsSync(resolve(dirname(page), link)), link).toBe(true);
    }
  });
});

// The list of old lines for people: a table between two markers.
import { join } from 'node:path';
import { root } from '../workspace.mjs';
import { faults } from './faults.mjs';

export const page = join(root, 'docs/old-lines.md');
const [start, end] = ['<!-- old lines -->\n', '\n<!-- /old lines -->'];

/** The page with the table of today. @param {string} text */
export function pageWithTable(text) {
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error('docs/old-lines.md lacks the markers of its table');
  return text.slice(0, from + start.length) + faultTable() + text.slice(to);
}

function faultTable() {
  const rows = faults.map(
    ({ kind, file, test, fails }) =>
      `| ${cell(kind)} | [${file.split('/').at(-1)}](../${file}) | [${test.split('/').at(-1)}](../${test}): ${cell(fails)} |`,
  );
  return [
    '| fault | where the line is | test that fails with the old one |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** A bar would end the cell, and a name in brackets would be a tag. @param {string} text */
function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll(/<(\/?\w+)>/g, '`<$1>`');
}

// The results table in README.md, between two markers: one row a figure, with the time of the whole reproduction.
const start = '<!-- results -->';
const end = '<!-- /results -->';
const head = ['| reproduction | figure | expected | ours | time |', '|---|---|---|---|---|'];

/**
 * The README with the rows of one reproduction replaced, the others kept, all sorted by name. Of a run of some of its parts
 * (`partial`) only the rows of the same figures are.
 * @param {string} readme
 * @param {string} name
 * @param {readonly { name: string, expected: string, ours: string, within: boolean }[]} checks
 * @param {{ seconds: number, under: string, partial?: boolean }} run its time by the clock, and what it was measured under
 */
export function recordRows(readme, name, checks, { seconds, under, partial = false }) {
  const from = readme.indexOf(start);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md lacks the markers ${start} and ${end}`);
  const replaced = partial
    ? checks.map((check) => `| \`${name}\` | ${cell(check.name)} |`)
    : [`| \`${name}\` |`];
  const kept = readme
    .slice(from + start.length, to)
    .split('\n')
    .filter((line) => line.startsWith('| `') && !replaced.some((row) => line.startsWith(row)));
  const time = seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
  const added = checks.map(
    (check) =>
      `| \`${name}\` | ${cell(check.name)} | ${check.expected} | ${check.ours}${check.within ? '' : ' (**missed**)'} | ${time}; ${under} |`,
  );
  const rows = [...kept, ...added].sort((a, b) => rowName(a).localeCompare(rowName(b)));
  return `${readme.slice(0, from)}${[start, ...head, ...rows, ''].join('\n')}${readme.slice(to)}`;
}

/** @param {string} row */
function rowName(row) {
  return row.split('`')[1];
}

/** A bar would end the cell. @param {string} text */
function cell(text) {
  return text.replaceAll('|', '\\|');
}

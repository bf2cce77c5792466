// npm run reproduce -- NAME [--record] [--json]: a published result, reproduced: expected, ours, time.
// Exits with 1 when a figure lies outside its tolerance. --record enters it into the results table of README.md.
//
// A reproduction is a file NAME.repro.mjs here that exports `description`, `duration` (for people: 'about 3 minutes')
// and `async run({ report, args })`, which gives back
//   checks:   [{ name, expected, ours, within: boolean }]   both as text: '<= 1.2', '1.08'
//   figures?: { [file name]: Figure }                       drawn as SVG beside this file's output
//   samples?: string[]                                      generated text
//   notes?:   string[]                                      what a reader should know before quoting the figures
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figureToSvg } from '@throughtime/figures/node';
import { recordRows } from './results-table.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const names = readdirSync(here)
  .filter((file) => file.endsWith('.repro.mjs'))
  .map((file) => file.slice(0, -'.repro.mjs'.length));

const flags = ['--json', '--record'];
const given = process.argv.slice(2);
const json = given.includes('--json');
const [name, ...args] = given.filter((arg) => !flags.includes(arg));

if (!name || name === '--help' || !names.includes(name)) {
  const out = name === '--help' ? process.stdout : process.stderr;
  if (name && name !== '--help') out.write(`reproduce: unknown reproduction '${name}'\n`);
  out.write('usage: npm run reproduce -- NAME [--record] [--json]\n\n');
  for (const known of names) {
    const { description, duration } = await import(`./${known}.repro.mjs`);
    out.write(`  ${known.padEnd(24)} ${description} (${duration})\n`);
  }
  process.exit(name === '--help' ? 0 : 2);
}

/** @param {string} line */
const report = (line) => (json ? process.stderr : process.stdout).write(`${line}\n`);
const { run, description } = await import(`./${name}.repro.mjs`);
report(description);
const started = performance.now();
const { checks, figures = {}, samples = [], notes = [] } = await run({ report, args });
const seconds = (performance.now() - started) / 1000;

const folder = join(here, '..', 'out', 'reproductions', name);
mkdirSync(folder, { recursive: true });
for (const [file, figure] of Object.entries(figures))
  writeFileSync(join(folder, `${file}.svg`), figureToSvg(figure));
if (samples.length > 0) writeFileSync(join(folder, 'samples.txt'), `${samples.join('\n---\n')}\n`);

for (const sample of samples) report(`\n${sample}`);
report('');
for (const { name: figure, expected, ours, within } of checks) {
  report(`${within ? 'ok  ' : 'MISS'}  ${figure}: expected ${expected}, ours ${ours}`);
  if (json) console.log(JSON.stringify({ event: 'check', figure, expected, ours, within }));
}
for (const note of notes) report(`note: ${note}`);
report(`${seconds.toFixed(0)} s; figures and samples in out/reproductions/${name}`);

if (given.includes('--record')) {
  const readme = join(here, 'README.md');
  writeFileSync(readme, recordRows(readFileSync(readme, 'utf8'), name, checks, seconds));
}
const missed = checks.filter((/** @type {{ within: boolean }} */ check) => !check.within).length;
if (json) console.log(JSON.stringify({ event: 'done', name, seconds, missed }));
process.exitCode = missed > 0 ? 1 : 0;

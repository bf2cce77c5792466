// npm run check [-- PART] [-- --without PART]: everything CI holds the code to beside its behavior. Runs every step, or those whose
// name has PART in it, then says which failed.
import { changesetBreaches } from './changesets.mjs';
import { docstringBreaches } from './docstrings.mjs';
import { exportedNameBreaches } from './exported-names.mjs';
import { importCircles } from './import-circles.mjs';
import { layeringBreaches } from './layers.mjs';
import { slowPatternBreaches } from './linear-patterns.mjs';
import { packageBreaches } from './package-contents.mjs';
import { proseBreaches } from './prose.mjs';
import { installLineBreaches } from './readme-examples.mjs';
import { whiteSpaceBreaches } from './white-space.mjs';
import { pnpmCommand, runTool, startTool } from './workspace.mjs';

const turbo = [...pnpmCommand(), 'exec', 'turbo', 'run', '--output-logs', 'errors-only'];

/** @type {[string, string[] | (() => string[])][]} */
const steps = [
  ['format and lint', ['npx', 'biome', 'ci', '.']],
  ['layers', () => layeringBreaches()],
  ['circles of imports', () => importCircles()],
  ['one name, one thing', () => exportedNameBreaches()],
  ['docstrings', () => docstringBreaches()],
  ['regular expressions are linear', () => slowPatternBreaches()],
  ['white space is named', () => whiteSpaceBreaches()],
  ['package contents', () => packageBreaches()],
  ['changesets', () => changesetBreaches()],
  ['prose', () => proseBreaches()],
  ['install lines name what examples import', () => installLineBreaches()],
  ['types of the scripts', ['npx', 'tsc', '-p', 'tsconfig.json']],
  ['types', [...turbo, 'typecheck']],
  ['manifests (publint, attw)', [...turbo, 'package-lint']],
  ['unused files, exports, dependencies (knip)', ['npx', 'knip', '--no-progress', '--no-config-hints']],
];
/** A step that mostly waits for npm: it runs beside the others. @type {[string, string[]]} */
const beside = ['consumer install', [process.execPath, 'scripts/consumer/consumer.mjs']];
const names = [...steps, beside].map(([name]) => name);

const [first, second] = process.argv.slice(2);
const without = first === '--without' ? second : undefined;
const only = without === undefined ? first : undefined;
const word = without ?? only;
if ((first === '--without' && second === undefined) || (word && !names.some((name) => name.includes(word)))) {
  console.error(
    `check: expected a part of ${names.map((name) => `'${name}'`).join(', ')}, got '${word ?? ''}'`,
  );
  process.exit(2);
}
/** @param {string} name */
const isAsked = (name) => !(only && !name.includes(only)) && !(without && name.includes(without));
/** @type {string[]} */
const failed = [];
/** @param {string} name @param {boolean} ok @param {number} started */
const ended = (name, ok, started) => {
  console.log(`${ok ? 'ok' : 'FAILED'} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (!ok) failed.push(name);
};
const [longest, [command, ...args]] = beside;
const began = performance.now();
const longestEnds = isAsked(longest) ? startTool(command, args) : undefined;
for (const [name, work] of steps) {
  if (!isAsked(name)) continue;
  const started = performance.now();
  console.log(`\n== ${name}`);
  ended(name, typeof work === 'function' ? listBreaches(work()) : succeeds(work), started);
}
if (longestEnds) {
  console.log(`\n== ${longest}`);
  const { status, output } = await longestEnds;
  process.stdout.write(output);
  ended(longest, status === 0, began);
}
if (failed.length > 0) {
  console.error(`\ncheck: ${failed.length} of ${names.length} failed: ${failed.join('; ')}`);
  process.exit(1);
}
console.log('\ncheck: all passed');

/** @param {string[]} breaches */
function listBreaches(breaches) {
  for (const breach of breaches) console.error(breach);
  return breaches.length === 0;
}

/** @param {string[]} command */
function succeeds([command, ...args]) {
  const { status, error } = runTool(command, args, { stdio: 'inherit' });
  if (error) console.error(error.message);
  return status === 0;
}

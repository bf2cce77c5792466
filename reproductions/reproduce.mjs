// npm run reproduce -- NAME [--record] [--json] [--wide-vectors]: a published result, reproduced: expected, ours, time.
// Exits with 1 when a figure lies outside its tolerance, with 2 on bad input. --record enters it into the results table of README.md,
// --wide-vectors lets V8 use vectors of 256 bits, an experiment of V8's.
//
// A reproduction is a file NAME.repro.mjs here that exports `description`, and `duration` for people: 'about 3 minutes'. What it takes of
// the command line, if anything, it exports as `options` (as node:util's parseArgs) and `choices` (words).
// `async run({ report, folder, values, chosen })`, with a folder of its own to write to, gives back
//   checks:   [{ name, expected, ours, within: boolean }]   both as text: '<= 1.2', '1.08'
//   figures?: { [file name]: Figure }                       drawn as SVG beside this file's output
//   samples?: string[]                                      generated text
//   notes?:   string[]                                      what a reader should know before quoting the figures
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DownloadError } from '@throughtime/datasets';
import { figureToSvg } from '@throughtime/figures/node';
import { useWideVectors, WideVectorsError } from '@throughtime/wasm-kernels/node';
import { conditions } from './conditions.mjs';
import { InputError } from './input-error.mjs';
import { runAll, withoutData } from './reproduce-all.mjs';
import { recordRows } from './results-table.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const names = readdirSync(here)
  .filter((file) => file.endsWith('.repro.mjs'))
  .map((file) => file.slice(0, -'.repro.mjs'.length));

const [name, ...args] = process.argv.slice(2);
if (name === 'all') process.exit(await runAll(names, args));
if (!name || name === '--help' || name === 'list' || !names.includes(name)) {
  const isAsked = name === '--help' || name === 'list';
  const out = isAsked ? process.stdout : process.stderr;
  if (name && !isAsked) out.write(`reproduce: unknown reproduction '${name}'\n`);
  if (name !== 'list')
    out.write(
      'usage: npm run reproduce -- NAME [--quick] [--record] [--json] [--wide-vectors]\n' +
        '       npm run reproduce -- all [--quick] [--record] [--json] [--wide-vectors]   one after the other; --quick: four minutes in all\n' +
        '       npm run reproduce -- list\n\n',
    );
  for (const known of names) {
    const { description, duration } = await import(`./${known}.repro.mjs`);
    out.write(`  ${known.padEnd(16)} ${description} (${duration})\n`);
  }
  process.exit(isAsked ? 0 : 2);
}

const { run, description, options = {}, choices = [] } = await import(`./${name}.repro.mjs`);
const { values, chosen } = commandLine();
const { json, record, quick, 'wide-vectors': wide } = values;
/** @param {string} line */
const report = (line) => (json ? process.stderr : process.stdout).write(`${line}\n`);
report(description);

const folder = join(here, '..', 'out', 'reproductions', quick ? 'quick' : '', name);
mkdirSync(folder, { recursive: true });
const measured = conditions(wide ? ['wide vectors'] : []);
const started = performance.now();
const { checks, figures = {}, samples = [], notes = [] } = await outcome();
const seconds = (performance.now() - started) / 1000;
const under = measured();

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
report(`${seconds.toFixed(0)} s, ${under}; figures and samples in out/reproductions/${name}`);

if (record) {
  const readme = join(here, 'README.md');
  const partial = chosen.length > 0;
  writeFileSync(readme, recordRows(readFileSync(readme, 'utf8'), name, checks, { seconds, under, partial }));
}
const missed = checks.filter((/** @type {{ within: boolean }} */ check) => !check.within).length;
if (json) console.log(JSON.stringify({ event: 'done', name, seconds, missed }));
process.exitCode = missed > 0 ? 1 : 0;

/** What came; ends with 2 where the reason that nothing came is the user's to fix, with 3 where data could not be downloaded. */
async function outcome() {
  try {
    if (wide) await useWideVectors();
    return await run({ report, folder, values, chosen, quick });
  } catch (error) {
    const isUsers = [InputError, DownloadError, WideVectorsError].some((kind) => error instanceof kind);
    if (!isUsers) throw error;
    process.stderr.write(`reproduce: ${name}: ${error.message}\n`);
    process.exit(error instanceof DownloadError ? withoutData : 2);
  }
}

/** What was asked for beside the name; ends with 2 where this reproduction takes no such thing. */
function commandLine() {
  const always = /** @type {const} */ ({
    json: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    'wide-vectors': { type: 'boolean', default: false },
  });
  try {
    const parsed = parseArgs({ args, options: { ...options, ...always }, allowPositionals: true });
    const unknown = parsed.positionals.find((word) => !choices.includes(word));
    if (parsed.values.quick && parsed.values.record) {
      process.stderr.write(`reproduce: ${name}: --quick runs a part, which is no figure to record\n`);
      process.exit(2);
    }
    if (unknown === undefined) return { values: parsed.values, chosen: parsed.positionals };
    const known = choices.length > 0 ? `one of ${choices.join(', ')}` : 'nothing more';
    process.stderr.write(`reproduce: ${name}: expected ${known}, got '${unknown}'\n`);
  } catch (error) {
    process.stderr.write(`reproduce: ${name}: ${/** @type {Error} */ (error).message}\n`);
  }
  process.exit(2);
}

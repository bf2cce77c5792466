// npm run soak [-- --short | --share F] [--part NAME] [--seed N]: whether anything is lost when processes are killed, disks fill, two runs
// meet in one folder, a worker dies or the clock goes back. Each part tries the same again and again and counts what went wrong.
// docs/reliability.md has the table. By estimate the long form takes an hour on two idle cores, the short form, part of CI, a minute.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '@throughtime/random';
import { parts } from './soak/parts.mjs';

/** Of the tries of the long form; each part makes at least as many as it needs to mean something. */
const shortShare = 0.02;

/** @returns {{ share: number, part: string | undefined, seed: number }} */
function options() {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      share: { type: 'string' },
      part: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  const share = values.share === undefined ? (values.short ? shortShare : 1) : Number(values.share);
  const seed = Number(values.seed);
  if (!(share > 0)) throw new Error(`--share: expected a number above 0, got '${values.share}'`);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed: expected a whole number, got '${values.seed}'`);
  if (values.part !== undefined && !parts.some(({ name }) => name.includes(String(values.part))))
    throw new Error(
      `--part: expected part of a name among ${parts.map(({ name }) => name).join(', ')}, got '${values.part}'`,
    );
  return { share, part: values.part, seed };
}

/** @param {{ share: number, part: string | undefined, seed: number }} chosen */
async function soak({ share, part, seed }) {
  const folder = await mkdtemp(join(tmpdir(), 'throughtime soak '));
  /** @type {string[]} */
  const rows = [];
  let failed = 0;
  try {
    for (const { name, what, tries: most, least = 1, run } of parts) {
      if (part !== undefined && !name.includes(part)) continue;
      const tries = Math.max(least, Math.round(most * share));
      const started = performance.now();
      console.log(`== ${name}: ${what}; ${tries} ${tries === 1 ? 'try' : 'tries'}`);
      /** @type {string[]} */
      const failures = [];
      try {
        await run({
          folder: await mkdtemp(join(folder, 'part ')),
          tries,
          random: Random.seeded(seed),
          failures,
          note: (text) => console.log(`   ${text}`),
        });
      } catch (error) {
        // A part that cannot go on is a failure of its own; the others are tried all the same.
        failures.push(`the part ended early: ${error instanceof Error ? error.message : error}`);
      }
      for (const failure of failures) console.error(`   FAILED ${failure}`);
      failed += failures.length;
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      console.log(`   ${failures.length} failures (${seconds} s)`);
      rows.push(`| ${name} | ${what} | ${tries} | ${failures.length} | ${seconds} s |`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(
    `\n| part | what | tries | failures | time |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`,
  );
  if (failed > 0) process.exitCode = 1;
}

try {
  await soak(options());
} catch (error) {
  console.error(`soak: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}

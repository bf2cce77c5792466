// npm run old-lines [WORD ...]: puts the old line of every fault back, runs the test that is to fail, and takes the line out
// again. Words choose faults by their kind or file. Exits with 1 when a test passes with it. About nine minutes.
// npm run old-lines -- --table: writes the list into docs/old-lines.md, which a test holds to it.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faults } from './old-lines/faults.mjs';
import { page, pageWithTable } from './old-lines/page.mjs';
import { root } from './workspace.mjs';

const words = process.argv.slice(2);
if (words[0] === '--table') {
  writeFileSync(page, pageWithTable(readFileSync(page, 'utf8')));
  process.exit();
}
const chosen = faults.filter(
  ({ kind, file }) => words.length === 0 || words.some((word) => kind.includes(word) || file.includes(word)),
);
if (chosen.length === 0) {
  process.stderr.write(`old-lines: expected words of a kind or a file, got '${words.join(' ')}'\n`);
  process.exit(2);
}

let survived = 0;
for (const fault of chosen) {
  const failed = titlesThatFail(fault);
  const asSaid = failed.some((title) => title.includes(fault.fails));
  if (!asSaid) survived++;
  process.stdout.write(
    `${asSaid ? 'fails ' : 'PASSES'}  ${fault.kind}\n        ${failed.join('\n        ')}\n`,
  );
}
process.stdout.write(`\n${chosen.length - survived} of ${chosen.length} old lines are noticed\n`);
process.exit(survived > 0 ? 1 : 0);

/** @param {import('./old-lines/faults.mjs').Fault} fault */
function titlesThatFail({ file, now, before, also = [], builds, test }) {
  const path = join(root, file);
  const source = readFileSync(path, 'utf8');
  const old = [[now, before], ...also].reduce((text, [is, was]) => {
    if (text.split(is).length !== 2) throw new Error(`${file}: expected once, found otherwise: ${is}`);
    return text.replace(is, () => was);
  }, source);
  const build = () => {
    if (!builds) return;
    const cwd = join(root, builds);
    spawnSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd });
    // Tests of an app run its command, which is a bundle. Without one every test would fail, whatever the line.
    if (!builds.startsWith('apps/')) return;
    const bundle = join(root, 'scripts/bundle-command.mjs');
    const { status, stderr } = spawnSync(process.execPath, [bundle], { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${builds}: expected its command to build, got ${stderr}`);
  };
  // The file comes back whatever ends this process, but for kill -9: git restore does then.
  const restore = () => {
    writeFileSync(path, source);
    build();
  };
  const interrupted = () => {
    restore();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  try {
    writeFileSync(path, old);
    build();
    const { stdout } = spawnSync('npx', ['vitest', 'run', test, '--reporter=json'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1e9,
    });
    const report = JSON.parse(stdout.slice(stdout.indexOf('{"numTotalTestSuites"')));
    /** @type {{ assertionResults: { status: string, fullName: string }[] }[]} */
    const files = report.testResults;
    return files.flatMap(({ assertionResults }) =>
      assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    );
  } finally {
    restore();
    process.removeListener('SIGINT', interrupted);
  }
}

// npm run nightly [-- NAME ...]: everything that is too long for CI, one after the other: the parts whose name has one of the words, or all.
// npm run nightly -- --list: names them, with the time that each takes on two idle cores.
// A part that fails does not keep the others from running. Exits with 1 if one failed, and says which.
import { spawnSync } from 'node:child_process';
import { root } from './workspace.mjs';

/** @type {Readonly<Record<string, { command: string, duration: string }>>} */
const parts = {
  tests: { command: 'npm test', duration: 'twenty minutes' },
  soak: { command: 'npm run soak', duration: 'about an hour' },
  'fuzz numbers': { command: 'npm run fuzz -- --every-number', duration: 'half an hour' },
  'fuzz damage': { command: 'npm run fuzz -- --seconds 7200', duration: 'two hours' },
  'old lines': { command: 'npm run old-lines', duration: 'nine minutes' },
  elsewhere: { command: 'npm run elsewhere', duration: 'a quarter of an hour' },
  site: { command: 'npm run docs -- check', duration: 'ten minutes' },
  // Python with PyTorch: `npm run peers -- --setup` makes it.
  pytorch: { command: 'npm run check:pytorch', duration: 'a quarter of an hour' },
  reproductions: {
    command: 'npm run reproduce -- all',
    duration: 'two hours; npm run reproduce -- list has the time of each',
  },
};

const words = process.argv.slice(2);
if (words.includes('--list')) {
  for (const [name, { command, duration }] of Object.entries(parts))
    console.log(`${name.padEnd(15)} ${command.padEnd(36)} ${duration}`);
  process.exit();
}
const chosen = Object.entries(parts).filter(
  ([name]) => words.length === 0 || words.some((word) => name.includes(word)),
);
if (chosen.length === 0) {
  console.error(`nightly: expected a word of ${Object.keys(parts).join(', ')}, got '${words.join(' ')}'`);
  process.exit(2);
}
const results = chosen.map(([name, { command }]) => {
  console.log(`\n== ${name}: ${command}`);
  const began = performance.now();
  // Tests that have a long form run it.
  const env = { ...process.env, THROUGHTIME_LONG: '1' };
  const { status, signal } = spawnSync(command, { cwd: root, stdio: 'inherit', shell: true, env });
  const minutes = (performance.now() - began) / 60_000;
  return { name, ended: status === 0 ? 'ok' : `FAILED (${signal ?? status})`, failed: status !== 0, minutes };
});
console.log('');
for (const { name, ended, minutes } of results)
  console.log(`${name.padEnd(15)} ${ended.padEnd(14)} ${minutes.toFixed(0)} minutes`);
process.exit(results.some(({ failed }) => failed) ? 1 : 0);

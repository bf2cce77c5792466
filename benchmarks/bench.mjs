// npm run bench -- TOPIC [--json] [options of the topic]: side by side with peers, on this machine, in one go.
//
// A topic is a file TOPIC.bench.mjs here that exports `description` and
// `async run({ json, args, report, progress })`: it reports lines for people, says on a terminal how far it is, and gives back rows
// `{ name, value, unit, peer?, peerValue?, ratio? }`, which --json prints one a line.
import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { consoleReporter } from '@throughtime/command-line';

const topics = readdirSync(fileURLToPath(new URL('.', import.meta.url)))
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.slice(0, -'.bench.mjs'.length));

const args = process.argv.slice(2);
const json = args.includes('--json');
const [topic, ...rest] = args.filter((arg) => arg !== '--json' && arg !== '--help');
const isKnown = topics.includes(topic);

const help = args.includes('--help');
if (help || !isKnown) {
  const out = help ? process.stdout : process.stderr;
  if (topic && !isKnown) process.stderr.write(`bench: unknown topic '${topic}'\n`);
  out.write('usage: npm run bench -- TOPIC [--json]\n\n');
  for (const name of isKnown ? [topic] : topics) {
    const { description } = await import(`./${name}.bench.mjs`);
    out.write(`  ${name.padEnd(10)} ${description}\n`);
  }
  process.exit(help && (isKnown || !topic) ? 0 : 2);
}

const { print: report, progress } = consoleReporter(json ? { stdout: process.stderr } : {});
const machine = { node: process.version, cpu: cpus()[0].model, cores: cpus().length, load: loadavg()[0] };
report(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${machine.load.toFixed(2)}`);
// Two cores at 0.5 or more are not idle: say so beside figures that people will quote.
if (machine.load > 0.5) report('NOTE: the machine is not idle; figures will be low and uneven.');

const { run } = await import(`./${topic}.bench.mjs`);
const rows = await run({ json, args: rest, report, progress });
if (json) {
  console.log(JSON.stringify({ event: 'machine', ...machine }));
  for (const row of rows) console.log(JSON.stringify({ event: 'row', ...row }));
  console.log(JSON.stringify({ event: 'done', topic }));
}

// npm run examples [-- PAGE...] [-- --write]: runs the programs of the examples, of the exercises and of the site's guides, and holds what
// they print against the pages. PAGE is part of a page's name; without one, all run. Exits with 1 when something else was printed, with 2 on bad input.
// --write enters what was printed into the pages, and the figures that were drawn beside them: to be read before it is committed.
//
// A block of commands may use `npm run generate`, `npm run forecast` and `node examples/NAME.mjs`. A block of JavaScript is a module of
// its own. Both run from the repository's root; what a page makes goes to out/exercises/PAGE, which is emptied first. A page's pictures,
// figures/NAME.svg, are those that its programs write as out/exercises/PAGE/NAME.svg.
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DownloadError, loadText } from '@throughtime/datasets';
import { programs } from '../scripts/workspace.mjs';
import { blocksOf, commandsOf, firstMissing, withOutput } from './pages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const here = join(root, 'examples');
const exercises = join(root, 'docs/exercises');

const { values, positionals } = commandLine();
const guides = join(root, 'site/pages');
const pages = [join(here, 'README.md'), ...markdownIn(exercises), ...markdownIn(guides)].filter(
  (file) => positionals.length === 0 || positionals.some((part) => nameOf(file).includes(part)),
);
if (pages.length === 0) refuse(`expected part of a page's name, got '${positionals.join(' ')}'`);

const isTimeMachineThere = await loadText('time-machine').then(
  () => true,
  (error) => {
    if (error instanceof DownloadError) return false;
    throw error;
  },
);

let failures = 0;
let leftOut = 0;
const started = performance.now();
for (const page of pages) await runPage(page);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`\n${pages.length} pages, ${failures} failed, ${leftOut} programs left out, ${seconds} s`);
process.exitCode = failures > 0 ? 1 : 0;

/** @param {string} file */
async function runPage(file) {
  const text = readFileSync(file, 'utf8');
  const name = nameOf(file);
  const out = join(root, 'out/exercises', name);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  console.log(`\n== ${name}`);
  const runs = [];
  let isLacking = false;
  for (const block of blocksOf(text)) {
    const label = block.code
      .split('\n')
      .find((line) => !line.startsWith('import'))
      ?.slice(0, 80);
    // What such a program makes, those after it read.
    const reads = isLacking && block.code.includes(`out/exercises/${name}`);
    if (!isTimeMachineThere && (reads || block.code.includes('time-machine'))) {
      console.log(`left out (The Time Machine could not be downloaded)  line ${block.line}: ${label}`);
      leftOut++;
      isLacking = true;
      continue;
    }
    const from = performance.now();
    const { code, stdout, stderr } = await result(block, name);
    const took = `${((performance.now() - from) / 1000).toFixed(1).padStart(5)} s`;
    const missing = block.printed === undefined ? undefined : firstMissing(block.printed, stdout);
    if (code === 0 && missing) runs.push({ block, printed: stdout });
    if (code === 0 && (!missing || values.write)) {
      console.log(`ok    ${took}  line ${block.line}: ${label}`);
      continue;
    }
    failures++;
    console.log(`WRONG ${took}  line ${block.line}: ${label}`);
    if (code !== 0) console.log(`exit code ${code}\n${stderr}`);
    else if (missing?.line === undefined) console.log(`  printed beyond what the page says: ${missing?.got}`);
    else console.log(`  expected: ${missing.line}\n  printed:  ${missing.got}`);
  }
  if (values.write) writeFileSync(file, withOutput(text, runs));
  for (const [, figure] of text.matchAll(/\]\(figures\/([\w.-]+\.svg)\)/g)) {
    if (existsSync(join(out, figure))) {
      if (values.write) copyFileSync(join(out, figure), join(exercises, 'figures', figure));
    } else if (isTimeMachineThere) {
      failures++;
      console.log(`WRONG  no program of the page drew ${figure}`);
    }
  }
}

/**
 * Runs a block from the root.
 * @param {import('./pages.mjs').Block} block
 * @param {string} page
 */
async function result(block, page) {
  if (block.language === 'js') {
    // Below this folder, where its imports resolve.
    const folder = join(here, 'build');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${page}-${block.line}.mjs`);
    writeFileSync(file, block.code);
    return node([file]);
  }
  let [stdout, stderr] = ['', ''];
  for (const words of commandsOf(block.code)) {
    const ended = await node(nodeArguments(words, block.line));
    stdout += ended.stdout;
    stderr += ended.stderr;
    if (ended.code !== 0) return { code: ended.code, stdout, stderr };
  }
  return { code: 0, stdout, stderr };
}

/** What node runs for a command of a page. @param {string[]} words @param {number} line */
function nodeArguments(words, line) {
  const [program, ...rest] = words;
  if (program === 'node') return rest;
  if (program === 'npm' && rest[0] === 'run' && rest[1] in programs)
    return [programs[rest[1]], ...rest.slice(rest[2] === '--' ? 3 : 2)];
  throw new SyntaxError(
    `line ${line}: expected npm run generate, npm run forecast or node, got '${words.join(' ')}'`,
  );
}

/**
 * @param {string[]} args
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
function node(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (piece) => (stdout += piece));
    child.stderr.setEncoding('utf8').on('data', (piece) => (stderr += piece));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

/**
 * The pages of a folder and those below it that have programs.
 * @param {string} folder
 */
function markdownIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && basename(file) !== 'README.md')
    .sort()
    .map((file) => join(folder, file))
    .filter((file) => blocksOf(readFileSync(file, 'utf8')).length > 0);
}

/** @param {string} file */
function nameOf(file) {
  return relative(root, file).startsWith('examples') ? 'examples' : basename(file, '.md');
}

function commandLine() {
  try {
    return parseArgs({ options: { write: { type: 'boolean', default: false } }, allowPositionals: true });
  } catch (error) {
    return refuse(/** @type {Error} */ (error).message);
  }
}

/** @param {string} message @returns {never} */
function refuse(message) {
  process.stderr.write(`examples: ${message}\nusage: npm run examples [-- PAGE...] [-- --write]\n`);
  process.exit(2);
}

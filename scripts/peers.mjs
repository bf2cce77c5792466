// The peers that this repository is held against, in one folder that git ignores, and the fixtures that they make.
//
//   npm run peers                 sets the folder up (about 3 GB, some minutes), makes every fixture, and says which changed
//   npm run peers -- NAME...      makes the fixtures whose name contains one of these
//   npm run peers -- --list       names them
//   npm run peers -- --setup      sets the folder up, nothing more
//
// Python 3.11 or newer is needed; KenLM's lmplz for one fixture (LMPLZ=path, or on the PATH). No test and no check needs any of this.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './workspace.mjs';

/** Python with every peer in it, once `npm run peers -- --setup` has made it. */
export const peerPython = join(
  root,
  '.peers/python',
  process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python',
);

const requirements = join(root, 'scripts/peers/requirements.txt');

/** @typedef {{ script: string, files: string[], args?: () => string[] | string }} Fixture */

/**
 * Every fixture that a peer makes. `args` may answer with what is missing instead.
 * @type {Readonly<Record<string, Fixture>>}
 */
export const fixtures = {
  'pytorch networks': {
    script: 'packages/rnn-cells/src/fixtures/make_fixtures.py',
    files: ['packages/rnn-cells/src/fixtures/pytorch.json'],
  },
  'pytorch random networks': {
    script: 'packages/rnn-cells/src/fixtures/make-random-networks.py',
    files: ['packages/rnn-cells/src/fixtures/random-networks.json'],
  },
  'pytorch operations': {
    script: 'packages/rnn-cells/src/fixtures/make_operations.py',
    files: ['packages/rnn-cells/src/fixtures/operations.json'],
  },
  'sacrebleu scores': {
    script: 'packages/sequence-tasks/src/fixtures/make_bleu.py',
    files: ['packages/sequence-tasks/src/fixtures/bleu.json'],
  },
  'pytorch optimizers': {
    script: 'packages/bptt-trainer/src/fixtures/make_fixtures.py',
    files: ['packages/bptt-trainer/src/fixtures/pytorch.json'],
  },
  'pytorch language models': {
    script: 'packages/lang-model/scripts/pytorch_model.py',
    files: ['packages/lang-model/src/files/fixtures'],
    args: () => ['fixtures', join(root, 'packages/lang-model/src/files/fixtures')],
  },
  'tokenizers bpe': {
    script: 'packages/text-preprocess/scripts/bpe-fixture.py',
    files: ['packages/text-preprocess/src/bpe/fixtures/huggingface.json'],
  },
  'tokenizers random strings': {
    script: 'packages/text-preprocess/scripts/bpe-random-fixture.py',
    files: [
      'packages/text-preprocess/src/bpe/fixtures/random-strings.json',
      'packages/text-preprocess/src/bpe/fixtures/tokenizer-files.json',
    ],
  },
  'tokenizers subwords': {
    script: 'packages/text-preprocess/scripts/subwords-fixture.py',
    files: ['packages/text-preprocess/src/subwords/fixtures/huggingface.json'],
  },
  'nltk treebank': {
    script: 'packages/text-preprocess/scripts/treebank-fixture.py',
    files: ['packages/text-preprocess/src/tokenizers/fixtures/treebank.json'],
  },
  'nltk random strings': {
    script: 'packages/text-preprocess/scripts/treebank-random-fixture.py',
    files: ['packages/text-preprocess/src/tokenizers/fixtures/treebank-random.json'],
  },
  'kenlm random corpora': {
    script: 'packages/lang-model/src/ngram/fixtures/make-random-corpora.py',
    files: ['packages/lang-model/src/ngram/fixtures/random-corpora.json.gz'],
    args: () => {
      const lmplz = process.env.LMPLZ ?? 'lmplz';
      const found = spawnSync(lmplz, ['--help'], { stdio: 'ignore' }).error === undefined;
      return found ? [lmplz] : "needs KenLM's lmplz: build KenLM and set LMPLZ to it";
    },
  },
  'statsmodels ets': {
    script: 'packages/forecasting/src/fixtures/make-ets.py',
    files: ['packages/forecasting/src/fixtures/ets.json'],
  },
  'statsmodels and statsforecast arima': {
    script: 'packages/forecasting/src/fixtures/make-arima.py',
    files: ['packages/forecasting/src/fixtures/arima.json'],
  },
  'statsforecast methods': {
    script: 'packages/forecasting/src/fixtures/make-methods.py',
    files: ['packages/forecasting/src/fixtures/methods.json'],
  },
  'statsmodels and statsforecast numbers': {
    script: 'packages/forecasting/src/fixtures/make-numbers.py',
    files: ['packages/forecasting/src/fixtures/numbers.json'],
  },
};

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) throw new Error(`${command} does not run: ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit code ${status}`);
}

/** Makes the folder, or brings it to what requirements.txt says. */
function setUp() {
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const note = join(root, '.peers/python/requirements-sha256');
  if (existsSync(note) && readFileSync(note, 'utf8') === wanted) return;
  console.log('Setting up .peers/python (some minutes, about 3 GB) ...');
  mkdirSync(join(root, '.peers'), { recursive: true });
  run(process.env.PYTHON ?? 'python3', ['-m', 'venv', join(root, '.peers/python')]);
  run(peerPython, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
  writeFileSync(note, wanted);
}

/** Makes one fixture. Returns a line on what came of it. @param {Fixture} fixture */
function make({ script, files, args = () => [] }) {
  const given = args();
  if (typeof given === 'string') return `NOT MADE: ${given}`;
  run(peerPython, [join(root, script), ...given]);
  const { status } = spawnSync('git', ['diff', '--quiet', '--', ...files], { cwd: root });
  return status === 0 ? 'unchanged' : `CHANGED: look at git diff -- ${files.join(' ')}`;
}

function main(/** @type {string[]} */ words) {
  const names = Object.keys(fixtures);
  if (words.includes('--list')) {
    for (const name of names) console.log(`${name.padEnd(40)} ${fixtures[name].script}`);
    return;
  }
  const wanted = words.filter((word) => !word.startsWith('--'));
  const chosen = names.filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
  if (chosen.length === 0) throw new Error(`no fixture is named so; --list names ${names.join(', ')}`);
  setUp();
  if (words.includes('--setup')) return;
  for (const name of chosen) console.log(`${name.padEnd(40)} ${make(fixtures[name])}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

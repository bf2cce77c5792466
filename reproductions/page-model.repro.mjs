// The small model that the char-generator page shows on arrival: trained, rounded to bytes, measured beside what only counts, and, with
// --install, put where the page's build finds it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCorpus } from '@throughtime/char-generator/core/corpus';
import { baselines } from '@throughtime/char-generator/core/ngram';
import { completeSettings } from '@throughtime/char-generator/core/settings';
import { programs } from '../scripts/workspace.mjs';

export const description = 'Our own: the model that the char-generator page shows on arrival, in 150 kB';
export const duration = 'about three minutes';
export const options = /** @type {const} */ ({ install: { type: 'boolean' } });

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'apps/char-generator/web/arrival');

/** What `generate train` is told. 160 units are what fits into 150 kB. */
const recipe = '--corpus moby-dick --cell gru --hidden 160 --dropout 0.1 --batch 16 --steps 50'.split(' ');
const mostBytes = 150_000;

/**
 * @param {{ report(line: string): void, folder: string, quick?: boolean, values: { install?: boolean } }} context
 */
export async function run({ report, folder, quick = false, values }) {
  const trained = join(folder, 'run');
  const log = join(folder, 'training.jsonl');
  const rounded = join(folder, 'int8');
  const epochs = quick ? 1 : 20;
  // A run that is over is not trained again.
  if (!existsSync(log)) {
    const settings = [...recipe, '--epochs', String(epochs), ...(quick ? ['--max-tokens', '20000'] : [])];
    const printed = await generate(report, 'train', '--out', trained, '--overwrite', '--json', ...settings);
    writeFileSync(log, printed);
  }
  rmSync(rounded, { recursive: true, force: true });
  await generate(report, 'export', '--model', trained, '--format', 'folder', '--int8', '--out', rounded);
  const size = statSync(join(rounded, 'model.safetensors')).size;
  const events = eventsOf(readFileSync(log, 'utf8'));
  const passes = events.filter(({ event }) => event === 'epoch');
  const last = passes.at(-1);
  const [start] = events;
  const done = events.at(-1);
  const corpus = await loadCorpus('moby-dick');
  const counted = corpus && baselines(corpus, completeSettings({}));
  if (!counted || !last) throw new Error('the run or its corpus is missing');
  // A token at a time, as all int8 weights: most of a minute.
  const evaluated = quick
    ? undefined
    : await generate(report, 'evaluate', '--model', rounded, '--corpus', 'moby-dick', '--json');
  if (values.install) install({ rounded, start, passes, sample: done.sample, counted });
  const perplexity = last.validationPerplexity;
  return {
    checks: [
      {
        name: 'bytes of the weights',
        expected: `<= ${mostBytes}`,
        ours: String(size),
        within: size <= mostBytes,
      },
      ...(quick
        ? []
        : [
            {
              name: `validation perplexity (unigram ${counted.unigram.toFixed(2)}, 5-gram ${counted.ngram.toFixed(2)})`,
              expected: '<= 5.2',
              ours: perplexity.toFixed(2),
              within: perplexity <= 5.2,
            },
          ]),
    ],
    samples: [done.sample],
    notes:
      evaluated === undefined
        ? []
        : [`whole text with int8 weights: perplexity ${eventsOf(evaluated).at(-1)?.perplexity?.toFixed(2)}`],
  };
}

/**
 * Writes the model, its card, and what the page shows of its training (see `model-record.ts` of the page).
 * @param {{ rounded: string, start: any, passes: any[], sample: string, counted: { unigram: number, ngram: number } }} made
 */
function install({ rounded, start, passes, sample, counted }) {
  mkdirSync(page, { recursive: true });
  for (const name of ['config.json', 'vocabulary.json', 'model.safetensors'])
    writeFileSync(join(page, name), readFileSync(join(rounded, name)));
  const card = JSON.parse(readFileSync(join(rounded, 'card.json'), 'utf8'));
  card.figures = { ...card.figures, ngramValidationPerplexity: counted.ngram };
  writeFileSync(join(page, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
  const last = passes[passes.length - 1];
  const record = {
    format: 1,
    points: passes.map(({ step, perplexity, gradientNorm, validationPerplexity }) => ({
      step,
      perplexity,
      gradientNorm,
      validation: validationPerplexity,
    })),
    validation: passes.map(({ validationPerplexity }) => validationPerplexity),
    ...counted,
    epoch: last.epoch,
    epochs: last.epochs,
    perplexity: last.perplexity,
    tokens: start.tokens,
    validationTokens: start.validationTokens,
    parameters: start.parameters,
    sample,
    samples: passes.map(({ epoch, perplexity, sample }) => ({ epoch, perplexity, text: sample })),
  };
  writeFileSync(join(page, 'page.json'), `${JSON.stringify(record)}\n`);
}

/** @param {string} lines @returns {any[]} */
function eventsOf(lines) {
  return lines
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** @param {(line: string) => void} report @param {string[]} args @returns {Promise<string>} what the command printed */
function generate(report, ...args) {
  report(`generate ${args.join(' ')}`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [programs.generate, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      printed += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`generate ${args[0]} ended with ${code}`)),
    );
  });
}

// npm start: the main job on embedded data. A character model learns Moby-Dick and writes; forecasters learn a sine wave and
// are held against the naive forecast. Two to three minutes on two cores; everything is left under out/.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gradientNormCurves, perplexityCurves, reportHtml } from '@throughtime/figures';
import { figureToSvg } from '@throughtime/figures/node';
import { CommandFailed, jsonEvents } from './json-command.mjs';
import { root } from './workspace.mjs';

const out = join(root, 'out');
// Ctrl-C reaches the running command too, which saves and ends; this process waits for it.
process.on('SIGINT', () => {});

try {
  mkdirSync(out, { recursive: true });
  const language = await trainLanguageModel();
  const forecast = await trainForecasters();
  const report = join(out, 'report.html');
  writeFileSync(report, reportHtml('throughtime: a run', [...language, ...forecast]));
  console.log(`\nModels, figures and the report of this run are under out/; open out/report.html in a browser.
Next: npm run generate -- sample --model out/moby-dick --prompt "The whale" --length 300
      npm run forecast -- run --series air-passengers --model seasonal-naive,linear,lstm --horizons 1,12`);
} catch (error) {
  if (!(error instanceof CommandFailed)) throw error;
  process.exitCode = error.code;
}

async function trainLanguageModel() {
  console.log('1. A character model learns Moby-Dick, chapters 1 to 17 (one to two minutes)\n');
  const model = 'out/moby-dick';
  const settings = ['--corpus', 'moby-dick', '--time-limit', '120'];
  /** @type {Record<string, any>[]} */
  const epochs = [];
  /** @type {Record<string, any>} */
  let done = {};
  for await (const event of jsonEvents('apps/char-generator/dist/cli.js', [
    'train',
    ...settings,
    '--out',
    model,
    '--overwrite',
  ])) {
    if (event.event === 'epoch') {
      epochs.push(event);
      console.log(
        `   epoch ${String(event.epoch).padStart(2)}  perplexity ${event.perplexity.toFixed(2).padStart(5)} training, ` +
          `${event.validationPerplexity.toFixed(2).padStart(5)} validation  ${Math.round(event.tokensPerSecond).toLocaleString('en')} characters/s`,
      );
    }
    if (event.event === 'done') done = event;
  }
  const counted = await countNgrams();
  const perplexities = [
    ['', 'training', 'validation'],
    ['this model', done.perplexity.toFixed(2), done.validationPerplexity.toFixed(2)],
    // What a count of n-grams gives for the text that it counted says nothing.
    ['the last four characters (5-gram, Kneser-Ney)', '', counted.validationPerplexity.toFixed(2)],
    [
      'character frequencies alone (unigram)',
      done.unigramPerplexity.toFixed(2),
      done.unigramValidationPerplexity.toFixed(2),
    ],
  ];
  console.log(
    `\n   Perplexity (lower is better; 1 would be certainty):\n${textTable(perplexities)}\n\n   It writes:\n`,
  );
  console.log(done.sample.replace(/^/gm, '   | '));

  /** @param {string} label @param {string} field */
  const curve = (label, field) => ({
    label,
    points: epochs.map((event) => ({ at: event.epoch, value: event[field] })),
  });
  const figures = {
    perplexity: perplexityCurves(
      [curve('training', 'perplexity'), curve('validation', 'validationPerplexity')],
      {
        references: [
          { label: 'unigram', value: done.unigramValidationPerplexity },
          { label: '5-gram', value: counted.validationPerplexity },
        ],
      },
    ),
    'gradient-norm': gradientNormCurves([
      curve('before clipping', 'gradientNorm'),
      curve('after clipping', 'clippedNorm'),
    ]),
  };
  const drawn = Object.entries(figures).map(([name, figure]) => {
    const svg = figureToSvg(figure);
    writeFileSync(join(root, model, `${name}.svg`), svg);
    return svg;
  });
  return [
    { title: 'A character model of Moby-Dick', table: perplexities, figures: drawn },
    { title: 'What it writes', sample: done.sample },
  ];
}

/** The baseline that a network must beat to be worth its time: counting takes half a second. */
async function countNgrams() {
  /** @type {Record<string, any>} */
  let done = {};
  const args = [
    'ngram',
    '--corpus',
    'moby-dick',
    '--order',
    '5',
    '--out',
    'out/moby-dick-5-gram',
    '--overwrite',
  ];
  for await (const event of jsonEvents('apps/char-generator/dist/cli.js', args)) {
    if (event.event === 'done') done = event;
  }
  return done;
}

async function trainForecasters() {
  console.log("\n2. Forecasters learn the chapter's sine wave with noise (about half a minute)\n");
  const folder = 'out/sine';
  const models = ['linear', 'mlp', 'rnn', 'naive'];
  /** @type {Record<string, any>} */
  let done = {};
  const args = [
    'run',
    '--series',
    'sine',
    '--model',
    models.join(','),
    '--horizons',
    '1,4,16,64',
    '--out',
    folder,
  ];
  for await (const event of jsonEvents('apps/sine-forecast/dist/cli.js', args)) {
    if (event.event === 'done') done = event;
  }
  /** @param {number[]} errors */
  const row = (errors) => errors.map((error) => error.toFixed(4));
  const table = [
    [`${done.measure}, steps ahead`, ...done.horizons.map(String)],
    ...models.map((name) => [name, ...row(done.models[name])]),
    ['noise floor', ...row(done.horizons.map(() => done.noiseFloor))],
  ];
  console.log(textTable(table));
  const figures = ['one-step', 'multi-step', 'k-step', 'error-by-horizon', 'residuals']
    .map((name) => join(root, folder, `${name}.svg`))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'));
  const text = 'Errors on the part of the series that no model has seen. No model can stay below the noise.';
  return [{ title: 'Forecasts of a sine wave with noise', text, table, figures }];
}

/** @param {string[][]} rows */
function textTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(
      (row) =>
        `   ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')}`,
    )
    .join('\n');
}

// npm start [-- --time-limit SECONDS]: the main job on embedded data. A character model learns Moby-Dick and writes; forecasters learn a sine wave and
// are held against the naive forecast. Two to three minutes on two cores; everything is left under out/.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadText } from '@throughtime/datasets';
import { gradientNormCurves, perplexityCurves, reportHtml } from '@throughtime/figures';
import { figureToSvg } from '@throughtime/figures/node';
import { modelTitle } from '../apps/sine-forecast/dist/core/labels.js';
import { verdictInWords, verdictOf } from '../apps/sine-forecast/dist/core/verdict.js';
import { CommandFailed, jsonEvents } from './json-command.mjs';
import { mostKnown } from './known-words.mjs';
import { programs, root } from './workspace.mjs';

const out = join(root, 'out');
const book = 'moby-dick';
const samples = 5;
const timeLimit = secondsAsked();
// Ctrl-C reaches the running command too, which saves and ends; this process waits for it.
process.on('SIGINT', () => {});

try {
  mkdirSync(out, { recursive: true });
  const language = await trainLanguageModel();
  const forecast = await trainForecasters();
  const sections = [...language.sections, ...forecast.sections, runSection([language.model, forecast.model])];
  writeFileSync(
    join(out, 'report.html'),
    reportHtml('A network that writes, and forecasters of a sine wave', sections),
  );
  console.log(`\nModels, figures and the report of this run are under out/; open out/report.html in a browser.
Next: npm run generate -- sample --model out/moby-dick --prompt "The whale" --length 300
      npm run forecast -- run --series air-passengers --model seasonal-naive,linear,lstm --horizons 1,12`);
} catch (error) {
  if (!(error instanceof CommandFailed)) throw error;
  process.exitCode = error.code;
}

/** How long the character model trains at most, in seconds; ends with 2 for another option. */
function secondsAsked() {
  try {
    const { values } = parseArgs({ options: { 'time-limit': { type: 'string', default: '120' } } });
    const seconds = values['time-limit'];
    if (!(Number(seconds) > 0))
      throw new Error(`--time-limit: expected a number of seconds above 0, got '${seconds}'`);
    return seconds;
  } catch (error) {
    console.error(`start: ${error instanceof Error ? error.message : error}`);
    process.exit(2);
  }
}

async function trainLanguageModel() {
  console.log('1. A character model learns Moby-Dick, chapters 1 to 17 (one to two minutes)\n');
  const model = 'out/moby-dick';
  const command = ['train', '--corpus', book, '--time-limit', timeLimit, '--out', model, '--overwrite'];
  /** @type {Record<string, any>[]} */
  const epochs = [];
  /** @type {Record<string, any>} */
  let done = {};
  for await (const event of jsonEvents(programs.generate, command)) {
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
    ['perplexity', 'training', 'validation'],
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
  const written = [];
  for (let seed = 1; seed <= samples; seed++) written.push(await writeSample(model, seed));
  const best = mostKnown(written, (await loadText(book)).text);
  console.log(best.sample.replace(/^/gm, '   | '));

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
  const captions = {
    perplexity:
      'Where the validation curve turns up while the training curve still falls, the network learns the text by heart.',
    'gradient-norm':
      'Means of each epoch. Where the two curves part, gradients were longer than the bound and were scaled down to it, so that no single batch throws the weights far.',
  };
  const drawn = Object.entries(figures).map(([name, figure]) => {
    const svg = figureToSvg(figure);
    writeFileSync(join(root, model, `${name}.svg`), svg);
    return { svg, caption: captions[/** @type {keyof typeof captions} */ (name)] };
  });
  const own = done.validationPerplexity;
  /** @param {number} other */
  const beside = (other) => `${own < other ? 'better' : 'no better'} than`;
  const { validationPerplexity: ngram } = counted;
  const { unigramValidationPerplexity: unigram } = done;
  const text = [
    'Perplexity is how many equally likely characters the model is choosing between; lower is better, and 1 would be certainty.',
    `On text that it has not seen, this model has ${own.toFixed(2)}: ${beside(ngram)} counting which character follows each four (${ngram.toFixed(2)}), and ${beside(unigram)} knowing only how often each character occurs (${unigram.toFixed(2)}).`,
  ];
  return {
    model: { name: 'generate', command, card: join(model, 'card.json') },
    sections: [
      { title: 'A character model of Moby-Dick', text, table: perplexities, figures: drawn },
      {
        title: 'What it writes',
        text: `Of ${samples} texts (seeds 1 to ${samples}) the one with the most words that are in the book: ${Math.round(100 * best.share)}% of its words are. It was made character by character, from seed ${best.index + 1}.`,
        sample: best.sample,
        links: [{ text: "The model's folder", href: 'moby-dick/' }],
      },
    ],
  };
}

/** @param {string} model @param {number} seed */
async function writeSample(model, seed) {
  const prompt = 'The whale';
  let text = prompt;
  const args = ['sample', '--model', model, '--prompt', prompt, '--length', '400', '--temperature', '0.7'];
  for await (const event of jsonEvents(programs.generate, [...args, '--seed', String(seed)]))
    if (event.event === 'text') text += event.text;
  return text;
}

/** The baseline that a network must beat to be worth its time: counting takes half a second. */
async function countNgrams() {
  /** @type {Record<string, any>} */
  let done = {};
  const args = ['ngram', '--corpus', book, '--order', '5', '--out', 'out/moby-dick-5-gram', '--overwrite'];
  for await (const event of jsonEvents(programs.generate, args)) {
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
  const command = [
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
  for await (const event of jsonEvents(programs.forecast, command)) {
    if (event.event === 'done') done = event;
  }
  /** @param {number[]} errors */
  const row = (errors) => errors.map((error) => error.toFixed(4));
  const table = [
    [`${done.measure}, steps ahead`, ...done.horizons.map(String)],
    ...models.map((name) => [modelTitle(name), ...row(done.models[name])]),
    ['noise floor', ...row(done.horizons.map(() => done.noiseFloor))],
  ];
  console.log(textTable(table));
  const naive = { name: 'naive', errors: done.models.naive };
  /** @param {number} share */
  const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
  const verdicts = models
    .filter((name) => name !== 'naive')
    .flatMap((name) => {
      const verdict = verdictOf({ name, errors: done.models[name] }, [naive], done.horizons);
      return verdict === undefined ? [] : [verdictInWords(verdict, { model: modelTitle(name), percent })];
    });
  const best = models.reduce((one, name) => (done.models[name][0] < done.models[one][0] ? name : one));
  const captions = {
    'one-step':
      'Each value is forecast from the values before it: this looks well whatever the model is, for the last value is near.',
    'multi-step':
      'Free running: after the dashed line the model sees nothing but its own forecasts, and its errors add up.',
    'k-step': 'The same model, one to 64 steps ahead: further ahead the forecast lags behind and flattens.',
    'error-by-horizon':
      'All models. Lines that end above the naive one have learned something that no longer holds so far ahead.',
    residuals:
      'The errors one step ahead. They should look like the noise that was put in: normal, around 0.',
    'residual-autocorrelation':
      'Lines beyond the band would be something that the model could still have learned.',
  };
  const figures = Object.entries(captions)
    .map(([name, caption]) => ({ file: join(root, folder, `${name}.svg`), caption }))
    .filter(({ file }) => existsSync(file))
    .map(({ file, caption }) => ({ svg: readFileSync(file, 'utf8'), caption }));
  const text = [
    'Errors on the part of the series that no model has seen. No model can be expected to stay below the noise.',
    verdicts.join(' '),
    `The figures are those of ${modelTitle(best)}, the best one step ahead; each model has its own in a folder of its name.`,
  ];
  const links = models.map((name) => ({ text: `Figures of ${modelTitle(name)}`, href: `sine/${name}/` }));
  return {
    model: { name: 'forecast', command, card: join(folder, best, 'card.json') },
    sections: [{ title: 'Forecasts of a sine wave with noise', text, table, figures, links }],
  };
}

/**
 * What was run, when, and with what, so that someone else can do the same.
 * @param {{ name: string, command: string[], card: string }[]} models
 */
function runSection(models) {
  const cards = models.map(({ card }) => JSON.parse(readFileSync(join(root, card), 'utf8')));
  const [{ to, versions }] = cards.map(({ history }) => history.at(-1));
  /** @param {Record<string, unknown>} settings */
  const listed = (settings) =>
    Object.entries(settings)
      .filter(([, value]) => typeof value !== 'object')
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  return {
    title: 'This run',
    text: [
      `Finished ${to}, with ${listed(versions)}. The same settings and seeds give the same weights on any machine; the time limit may end the first run earlier.`,
      ...models.map(({ name }, i) => `Settings of ${name}: ${listed(cards[i].settings)}.`),
    ],
    sample: models.map(({ name, command }) => `npm run ${name} -- ${command.join(' ')}`).join('\n'),
    links: [{ text: 'The documentation', href: 'https://github.com/throughtime/throughtime' }],
  };
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

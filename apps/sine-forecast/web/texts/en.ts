import { columnTitle, modelTitle } from '../../src/core/labels.js';
import { noteInWords } from '../../src/core/notes.js';
import { type Verdict, verdictInWords } from '../../src/core/verdict.js';
import type { PageNote, TrainingNote } from '../protocol.js';

// All that the page and its worker say, in English. `pt.ts` has the same texts: a missing one is a type error. English everywhere are
// what a file's reader found out, and errors of the packages.

/** How a file is read: the form, and the worker that asks for a choice in it. */
const reading = {
  title: 'How it is read',
  dates: 'Dates',
  asFound: 'as found',
  dayFirst: 'day first',
  monthFirst: 'month first',
  yearFirst: 'year first',
  excel: "Excel's days",
  rows: 'number the rows',
  decimal: 'Decimal mark',
  point: 'point',
  comma: 'comma',
  firstLine: 'First line',
  names: 'names',
  firstValues: 'values',
  oneSeries: 'Rows of one series',
  missing: 'Marks of missing values',
  fill: 'Missing values',
  leave: 'leave them out',
  lines: 'fill with straight lines',
  zone: 'Time zone',
};

/** What stands in index.html, by the keys that it names; see `MarkupTexts` of web-page. */
const markup = {
  page: {
    title: 'Forecast a series - throughtime',
    heading: 'Forecast a sine wave, or your own series',
    description:
      'Train a recurrent network on a noisy sine or on your own series, in this page, and see how far ahead it can forecast.',
    introduction:
      'A model learns the next value from the last ones. One step ahead it does well; fed with its own forecasts it soon knows no better than a guess. See how soon, beside baselines that learn nothing. Everything runs in this page: your data never leave it.',
    language: 'Language',
    settings: 'Settings',
  },
  run: {
    train: 'Train',
    stop: 'Stop',
    copyLink: 'Copy link',
    saveFile: 'Save as a file',
    suggested: 'Suggested settings',
    progress: 'Progress of training',
    status: 'Controls',
  },
  series: {
    title: 'Series',
    source: 'Source',
    sine: 'A sine, made here',
    passengers: 'Airline passengers',
    births: 'Births in the US',
    weather: 'Weather in Seattle',
    sunspots: 'Sunspots',
    temperature: 'Global temperature',
    file: 'Your own CSV file',
    waves: 'Waves that are added up; one of amplitude 0 is left out',
    wave: 'wave',
    amplitude: 'amplitude',
    period: 'period',
    phase: 'phase',
    amplitude1: 'Amplitude, wave 1',
    amplitude2: 'Amplitude, wave 2',
    amplitude3: 'Amplitude, wave 3',
    period1: 'Period in steps, wave 1',
    period2: 'Period in steps, wave 2',
    period3: 'Period in steps, wave 3',
    phase1: 'Phase in radians, wave 1',
    phase2: 'Phase in radians, wave 2',
    phase3: 'Phase in radians, wave 3',
    noise: 'Noise, standard deviation',
    values: 'Values',
    choose: 'Choose a CSV file',
    drop: 'or drop one anywhere on this page',
    column: 'Column',
    season: 'Season, in steps',
    auto: 'auto',
  },
  reading,
  model: {
    title: 'Model',
    model: 'Model',
    linear: 'Linear',
    lags: 'Lags, past values seen',
    hidden: 'Hidden units',
    horizon: 'Horizon, in steps',
    share: 'Training share, %',
    epochs: 'Epochs',
    rate: 'Learning rate',
    seed: 'Seed',
    more: 'More settings',
  },
  training: {
    title: 'Training',
    epoch: 'Epoch',
    loss: 'Loss',
    state: 'State',
    note: 'Mean squared error in scaled units. The model is fitted twice: first on all of its training values, then without the end of them, on which its intervals are calibrated.',
  },
  verdict: { title: 'Is it any good?' },
  figures: {
    title: 'Data and forecasts',
    shown: 'Model shown',
    window: 'Time shown',
    all: 'everything',
    last300: 'the last 300 values',
    last100: 'the last 100 values',
    last30: 'the last 30 values',
    drag: 'Point at a figure to read its values; drag across it to zoom, double-click to see everything again.',
    oneStep: 'One step ahead: train a model to see it.',
    multiStep: 'Many steps, each forecast fed back: train a model to see it.',
    kStep: 'k steps ahead: train a model to see it.',
  },
  forecast: {
    title: 'Forecast from any origin',
    waiting: 'Train a model, then drag the origin of its forecast.',
    origin: 'Origin',
    help: 'Drag in the chart, or use the slider. At its end the forecast is of values that nobody has seen.',
    download: 'Download as CSV',
    image: 'Save as image',
  },
  comparison: {
    title: 'Compared with baselines',
    waiting: 'Train a model to compare it with baselines that learn little or nothing.',
    region: 'Comparison with baselines',
  },
  story: {
    title: 'Five things to see',
    introduction: 'Each is one click: it chooses a series and a model, and trains.',
    lags: '1. Lags',
    many: '2. One step or many',
    intervals: '3. Intervals',
    baselines: '4. Baselines',
    recurrent: '5. A recurrent network',
  },
};

const units: Readonly<Record<string, string>> = {
  minute: 'minute',
  hour: 'hour',
  day: 'day',
  'business-day': 'business day',
  week: 'week',
  month: 'month',
  quarter: 'quarter',
  year: 'year',
};

export const en = {
  markup,

  otherPage: { name: 'Character generator', address: '../char-generator/' },

  units: (count: number, unit: string | undefined) => {
    const one = units[unit ?? ''] ?? 'step';
    return `${count === 1 ? 'one' : count} ${one}${count === 1 ? '' : 's'}`;
  },

  run: {
    notTrained: 'not trained',
    training: 'training',
    calibrating: 'calibrating',
    finalFit: 'final fit',
    forecasting: 'forecasting',
    stopped: 'stopped',
    failed: 'failed',
    trained: (name: string) => `trained: ${name}`,
    sayTraining: 'Training',
    sayEpoch: (epoch: string, epochs: string, loss: string) => `Epoch ${epoch} of ${epochs}, loss ${loss}`,
    sayTrained: (name: string, error: string) => `Trained. ${name}: error one step ahead ${error}`,
    sayOpened: (name: string, count: string) => `${name}: ${count} values`,
    epochOf: (epoch: string, epochs: string) => `${epoch} of ${epochs}`,
    chooseFile: 'Choose a CSV file first.',
    notLoaded: 'it could not be loaded',
    crashed: (message: string) => `The computation failed: ${message}. Reload the page to start over.`,
    curve: 'Training loss',
    curveAxis: 'epoch; the two fits follow one another',
    calibrationFit: 'calibration fit',
    curveNone: 'none yet',
    curveEmpty: 'drawn while a model trains',
  },

  threads: {
    none: 'This browser cannot run the WebAssembly engine: only Linear and MLP can be trained.',
    some: (count: string) => `Recurrent networks train on ${count} threads.`,
    one: 'Recurrent networks train on one thread.',
    notIsolated:
      'Recurrent networks train on one thread: the server does not isolate this page, so the browser allows no more.',
  },

  share: {
    copied: 'Link copied.',
    withModel: (size: string) => ` It carries the trained model, and has ${size} characters.`,
    tooLarge: (size: string, most: string) =>
      ` The trained model (${size} kB) does not fit into a link, which carries up to ${most} kB: whoever opens it trains it again. Or hand it on as a file.`,
    file: 'Saved. Drop the file on this page, anywhere, to see the same.',
    fileName: 'throughtime-forecast.zip',
    inAddress: 'The link is in the address bar.',
    notTheFile: ' The file itself is not in it.',
    refused: (names: string) =>
      `The link has settings that this page does not accept; these keep their values: ${names}.`,
  },

  verdict: {
    waiting: 'A model has to be trained before anything can be said.',
    unknown: (model: string) => `There is nothing to compare the ${model} model's errors with.`,
    sentence: (
      verdict: Verdict,
      model: string,
      unit: string | undefined,
      percent: (share: number) => string,
    ) => verdictInWords(verdict, { model, unit: units[unit ?? ''], percent }),
    coverage: {
      'as promised': (held: string, promised: string) =>
        `Its ${promised} intervals held ${held} of the outcomes, as they promise.`,
      'too narrow': (held: string, promised: string) =>
        `Its ${promised} intervals held only ${held} of the outcomes: they are too narrow. Do not rely on them.`,
      'too wide': (held: string, promised: string) =>
        `Its ${promised} intervals held ${held} of the outcomes: they are wider than they need to be.`,
      unknown: () => '',
    },
    floor: (percent: string) =>
      `No forecast can be expected to be below the noise; this one is ${percent} above it.`,
  },

  figures: {
    data: (name: string) => `The data: ${name}`,
    dataLine: 'data',
    oneStep: (model: string) => `One step ahead: ${model}`,
    oneStepLine: (model: string) => `${model}, one step`,
    multiStep: 'Many steps: free running',
    freeLine: (model: string) => `${model}, free running`,
    kStep: (k: number, model: string) => `${k} ${k === 1 ? 'step' : 'steps'} ahead: ${model}`,
    kLine: (k: number) => `${k} ${k === 1 ? 'step' : 'steps'} ahead`,
    kValue: (k: number) => `${k} ${k === 1 ? 'step' : 'steps'} ahead`,
    forecast: (steps: number, model: string) => `${steps} ${steps === 1 ? 'step' : 'steps'} ahead: ${model}`,
    horizon: (measure: string) => `${measure} by horizon`,
    step: 'step',
    time: 'time',
    at: (time: string) => `at ${time}`,
    missing: 'missing',
    stepsAhead: 'steps ahead',
    /** Labels that figures bring along. */
    legend: (label: string) => label,
    column: columnTitle,
  },

  forecast: {
    after: (time: string) => `after ${time}`,
    summary: (steps: string, first: string, last: string) =>
      `Forecast of the next step: ${first}. Of step ${steps}: ${last}.`,
    range: (value: string, low: string, high: string) => `${value} (${low} to ${high})`,
    unseen: 'Nobody has seen these values.',
    held: (count: string, inside: string, error: string) =>
      `Of ${count} actual values, ${inside} lie within the 90% interval; root mean squared error ${error}.`,
    card: 'made in the browser with throughtime',
  },

  comparison: {
    stepsAhead: 'steps ahead',
    held: (coverage: string) => `${coverage} interval held`,
    seconds: 'seconds',
    best: ' (best)',
    noiseFloor: 'noise floor',
    tooNarrow: 'too narrow',
    tooWide: 'too wide',
    measures: {
      MASE: 'MASE: an error of 1 is that of repeating the value a season before, on the training values',
      MAE: 'MAE: the mean absolute error; the training values never change from season to season, so nothing can be scaled by them',
      MSE: 'Mean squared error; no forecast can be expected to be below the noise floor',
    },
    note: (measure: string, origins: string) =>
      `${measure}. From ${origins} origins after the training values; bold is best.`,
  },

  note: (note: PageNote): string =>
    note.kind === 'gaps'
      ? `${note.missing} of ${note.length} values are missing: models learn only from stretches without a gap. "${reading.fill}" under "${reading.title}" fills them in.`
      : noteInWords(note),

  trainingNote: (note: TrainingNote): string => {
    switch (note.kind) {
      case 'failed':
        return `${modelTitle(note.model)} could not be fitted to this series: ${note.problem}.`;
      case 'short':
        return `Forecasts go ${note.steps} steps ahead: there are too few test values to judge more.`;
      case 'no season':
        return `No seasonal naive: a season of ${note.season} steps is longer than half of the ${note.values} training values.`;
    }
  },

  problems: {
    memory: 'There is not enough memory for this: close other pages, or choose fewer hidden units.',
    diverged: 'Training diverged: try a lower learning rate.',
    other: (message: string) => message,
  },

  story: {
    lags: 'A linear model that sees only the last 2 values of a noisy sine cannot tell slope from noise. Give it 32 lags (in the settings) and it averages the noise out: the one-step error falls toward the noise floor.',
    many: 'One step ahead the forecast follows the data. Fed with its own forecasts, the same model drifts to the mean: the free-running line. Move k to see where the trouble starts.',
    intervals:
      'A forecast without an interval says nothing about its own errors. The bands hold 50%, 80% and 90% of outcomes, as measured on the end of the training values. Drag the origin and watch what happens to the actual values.',
    baselines:
      'On births per day, repeating last week is hard to beat: the season does the work. A model is worth its time only where it beats that line, and the table says at which horizons.',
    recurrent:
      'A GRU reads the last 32 values one by one and keeps a state. It trains here, in a few seconds, beside the linear model that stays in the figures: compare their errors at each horizon.',
  },
};

export type Texts = typeof en;

/** What the worker says. */
export const enWorker = {
  reading: {
    /** What each option of reading is called in the form. */
    controls: {
      timeFormat: reading.dates,
      time: reading.dates,
      decimal: reading.decimal,
      id: reading.oneSeries,
      missingMarkers: reading.missing,
      zone: reading.zone,
    } as Readonly<Record<string, string>>,
    choices: {
      dmy: reading.dayFirst,
      mdy: reading.monthFirst,
      ymd: reading.yearFirst,
      excel: reading.excel,
      '.': reading.point,
      ',': reading.comma,
      false: reading.rows,
    } as Readonly<Record<string, string>>,
    choose: (problem: string, choices: readonly string[]) =>
      `${problem}. Choose how it is read: ${choices.join(', or ')}.`,
    tooLong: (name: string, rows: string, most: string) =>
      `${name} has ${rows} rows; this page takes up to ${most}, on which it trains while you wait.`,
  },
  training: {
    fewToJudge: (name: string, left: string) =>
      `${name} has ${left} values after the training share; at least 4 are needed to judge the model on.`,
    fewToLearn: ({ name, values, needed, model, fitted, held }: FewToLearn) =>
      `${name} has ${values} training values; at least ${needed} are needed: ${fitted} to fit ${model}, and ${held} held out to calibrate intervals.`,
    notOpened: 'There is no series yet.',
    damaged: 'This model cannot be opened: its link or file is not whole, or comes from elsewhere.',
    anotherModel: (carried: string, asked: string) =>
      `The link carries ${carried}, and its settings ask for ${asked}.`,
  },
};

/** Counts of values, as the reader's language writes them. */
export interface FewToLearn {
  readonly name: string;
  readonly values: string;
  readonly needed: string;
  readonly model: string;
  readonly fitted: string;
  readonly held: string;
}

export type WorkerTexts = typeof enWorker;

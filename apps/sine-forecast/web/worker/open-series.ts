import { clockTime, UndecidedFormatError } from '@throughtime/datasets';
import { ArgumentError, inWords } from '@throughtime/errors';
import { formatRowTime, timestampAt } from '@throughtime/forecasting';
import { FileProblem, readFileBytes } from '@throughtime/web-page';
import { withoutGaps } from '../../src/core/fill-gaps.js';
import { isRecurrent, pageSettings } from '../../src/core/models.js';
import {
  constantRemarks,
  type OpenedSeries,
  openCatalogSeries,
  openFile,
  openSine,
  trainingLength,
} from '../../src/core/open-series.js';
import {
  type ModelName,
  modelNames,
  mostSteps,
  type SeriesRequest,
  type ShownSeries,
  type SuggestedSettings,
} from '../protocol.js';

/** A series in the two forms in which it is used. */
export interface HeldSeries {
  readonly opened: OpenedSeries;
  readonly shown: ShownSeries;
}

/** More values than the page can train on while someone waits. */
const mostValues = 20_000;
const mostBytes = 5e6;
/** More columns than anyone chooses from. */
const mostColumns = 200;

/** @throws FileProblem, and the errors of `src/core/open-series.ts`: their messages are for the reader */
export async function openSeries(request: SeriesRequest): Promise<HeldSeries> {
  const opened = await open(request);
  return hold(request.kind === 'file' && request.fill ? withoutGaps(opened) : opened);
}

async function open(request: SeriesRequest): Promise<OpenedSeries> {
  if (request.kind === 'sine') return openSine(request);
  const choice = { column: request.column, flaws: 'note' } as const;
  if (request.kind === 'embedded') return openCatalogSeries(request.name, choice);
  const { name } = request.file;
  const bytes = await readFileBytes(request.file, { maxBytes: mostBytes });
  const options = { ...choice, ...request.reading, sort: true, fileName: name, mostColumns };
  return openFile(bytes, options).catch((error: unknown) => {
    throw error instanceof UndecidedFormatError ? inTheForm(error) : error;
  });
}

/** What each option of reading is called in the form. */
const controls: Readonly<Record<string, string>> = {
  timeFormat: 'Dates',
  time: 'Dates',
  decimal: 'Decimal mark',
  id: 'Rows',
  missingMarkers: 'Missing',
  zone: 'Zone',
};
const formats: Readonly<Record<string, string>> = {
  ...{ dmy: 'day first', mdy: 'month first', ymd: 'year first', excel: "Excel's days" },
  ...{ '.': 'point', ',': 'comma', false: 'number the rows' },
};

/** The error with the controls that decide, under "How it is read". */
function inTheForm(error: UndecidedFormatError): FileProblem {
  const offered = error.advice.filter(
    ([option, value]) => controls[option] !== undefined && !String(value).includes('%'),
  );
  if (offered.length === 0) return new FileProblem(`${error.problem}.`);
  const said = offered.map(([option, value]) => `${controls[option]}: ${formats[String(value)] ?? value}`);
  return new FileProblem(`${error.problem}. Choose how it is read: ${said.join(', or ')}.`);
}

function hold(opened: OpenedSeries): HeldSeries {
  const { series, columns, period, noiseFloor, notes } = opened;
  const { name, length, timeline } = series;
  if (length > mostValues) {
    const most = `at most ${mostValues} rows, which this page trains on while you wait`;
    throw new ArgumentError(name, most, inWords(String(length)));
  }
  series.assertObserved();
  const missing = series.values.reduce((count, value) => count + Number(Number.isNaN(value)), 0);
  const rows = Array.from({ length: length + mostSteps }, (_, row) => row);
  const zone = timeline?.zone;
  const times =
    timeline &&
    Float64Array.from(rows, (row) => {
      const time = timestampAt(timeline, row);
      return zone === undefined ? time : clockTime(time, zone);
    });
  return {
    opened,
    shown: {
      name,
      source: opened.name,
      columns,
      column: series.variables[0],
      values: series.values.slice(),
      ...(times && { times }),
      ...(timeline && { timeTexts: rows.map((row) => formatRowTime(timeline, row)) }),
      ...(timeline?.frequency.every === 1 && { unit: timeline.frequency.unit }),
      period,
      ...(noiseFloor !== undefined && { noiseFloor }),
      notes: [...notes, ...gapRemarks(missing, length), ...constantRemarks([series])],
      suggested: suggestSettings(opened),
    },
  };
}

/** Most models cannot learn from rows around a gap, so that a few gaps leave them nothing. */
function gapRemarks(missing: number, length: number): string[] {
  if (missing === 0) return [];
  return [
    `${missing} of ${length} values are missing: models learn only from stretches without a gap. "Missing values" under "How it is read" fills them in.`,
  ];
}

function suggestSettings({ series: { length }, period, trainShare }: OpenedSeries): SuggestedSettings {
  const train = trainingLength(length, trainShare);
  const settingsOf = (model: ModelName) => {
    const { lags, context, hiddenSize, epochs, learningRate } = pageSettings(model, {
      period,
      train,
      length,
    });
    return {
      lags: String(isRecurrent(model) ? context : lags),
      hidden: String(hiddenSize),
      epochs: String(epochs),
      rate: learningRate === undefined ? '' : String(learningRate),
    };
  };
  return {
    series: { share: String(Number((100 * trainShare).toFixed(1))) },
    models: Object.fromEntries(
      modelNames.map((model) => [model, settingsOf(model)]),
    ) as SuggestedSettings['models'],
  };
}

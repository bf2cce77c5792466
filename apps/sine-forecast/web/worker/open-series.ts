import { clockTime, UndecidedFormatError } from '@throughtime/datasets';
import { formatRowTime, timestampAt } from '@throughtime/forecasting';
import { FileProblem, readFileBytes } from '@throughtime/web-page';
import { withoutGaps } from '../../src/core/fill-gaps.js';
import { isRecurrent, pageSettings } from '../../src/core/models.js';
import {
  constantNotes,
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
  type PageNote,
  type SeriesRequest,
  type ShownSeries,
  type SuggestedSettings,
} from '../protocol.js';
import { numbers, workerTexts } from '../texts/chosen-worker.js';

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

const { controls, choices, choose, tooLong } = workerTexts.reading;

/** The error with the controls that decide, under "How it is read". */
function inTheForm(error: UndecidedFormatError): FileProblem {
  const offered = error.advice.filter(
    ([option, value]) => controls[option] !== undefined && !String(value).includes('%'),
  );
  if (offered.length === 0) return new FileProblem(`${error.problem}.`);
  const said = offered.map(([option, value]) => `${controls[option]}: ${choices[String(value)] ?? value}`);
  return new FileProblem(choose(error.problem, said));
}

function hold(opened: OpenedSeries): HeldSeries {
  const { series, columns, period, noiseFloor, notes } = opened;
  const { name, length, timeline } = series;
  if (length > mostValues) {
    throw new FileProblem(tooLong(name, numbers.count(length), numbers.count(mostValues)));
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
      notes: [...notes, ...gapNotes(missing, length), ...constantNotes([series])],
      suggested: suggestSettings(opened),
    },
  };
}

function gapNotes(missing: number, length: number): PageNote[] {
  return missing === 0 ? [] : [{ kind: 'gaps', missing, length }];
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

import { ArgumentError, inWords } from '@throughtime/errors';
import { timestampAt } from '@throughtime/forecasting';
import { readFileBytes } from '@throughtime/web-page';
import { isRecurrent, pageSettings } from '../../src/core/models.js';
import {
  type OpenedSeries,
  openCatalogueSeries,
  openFile,
  openSine,
  requireChange,
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
  return hold(await open(request));
}

async function open(request: SeriesRequest): Promise<OpenedSeries> {
  if (request.kind === 'sine') return openSine(request);
  const choice = { column: request.column, flaws: 'note' } as const;
  if (request.kind === 'embedded') return openCatalogueSeries(request.name, choice);
  const { name } = request.file;
  const bytes = await readFileBytes(request.file, { maxBytes: mostBytes });
  return openFile(bytes, { ...choice, ...request.reading, sort: true, fileName: name, mostColumns });
}

function hold(opened: OpenedSeries): HeldSeries {
  const { series, columns, period, noiseFloor, notes } = opened;
  const { name, length, timeline } = series;
  if (length > mostValues) {
    const most = `at most ${mostValues} rows, which this page trains on while you wait`;
    throw new ArgumentError(name, most, inWords(String(length)));
  }
  requireChange(series);
  const times =
    timeline && Float64Array.from({ length: length + mostSteps }, (_, i) => timestampAt(timeline, i));
  return {
    opened,
    shown: {
      name,
      columns,
      column: series.variables[0],
      values: series.values.slice(),
      ...(times && { times }),
      period,
      ...(noiseFloor !== undefined && { noiseFloor }),
      notes,
      suggested: suggestSettings(opened),
    },
  };
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

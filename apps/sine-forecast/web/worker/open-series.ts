import { loadSeries, type Series, sineSeries } from '@throughtime/datasets';
import {
  ForecastingError,
  fromDataset,
  seasonalPeriod,
  type TimeSeries,
  TimestampGapError,
  timestampAt,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { readTextFile } from '@throughtime/web-page';
import { mostSteps, type OpenedSeries, type SeriesRequest } from '../protocol.js';
import { readCsv } from './read-csv.js';

/** A series in the two forms in which it is used. */
export interface HeldSeries {
  readonly series: TimeSeries;
  readonly opened: OpenedSeries;
}

/** More values than the page can train on while someone waits. */
const mostValues = 20_000;
const mostBytes = 5e6;

/** @throws FileProblem, the errors of `@throughtime/datasets`, ForecastingError: their messages are for the reader */
export async function openSeries(request: SeriesRequest): Promise<HeldSeries> {
  if (request.kind === 'sine') return openSine(request);
  if (request.kind === 'embedded') {
    const loaded = await loadSeries(request.name);
    const column = request.column ?? loaded.columns[0];
    const notes = [`${loaded.title}. ${loaded.rights}.`];
    return hold(loaded, { column, columns: loaded.columns, notes });
  }
  const { file } = request;
  const text = await readTextFile(file, { maxBytes: mostBytes });
  const { series, columns, notes } = readCsv(text, { name: file.name, column: request.column });
  return hold(series, { column: series.columns[0], columns, notes });
}

function openSine({ waves, noise, length, seed }: Extract<SeriesRequest, { kind: 'sine' }>): HeldSeries {
  const [first, ...mixture] = waves;
  const made = sineSeries({ random: Random.seeded(seed), length, noise, mixture, ...first });
  const held = hold(made, { column: 'x', columns: ['x'], notes: [] });
  const period = Math.max(1, Math.round(first.period ?? 1));
  return { ...held, opened: { ...held.opened, period, noiseFloor: noise * noise } };
}

interface Choice {
  readonly column: string;
  readonly columns: readonly string[];
  readonly notes: readonly string[];
}

function hold(data: Series, { column, columns, notes }: Choice): HeldSeries {
  if (data.length > mostValues) {
    throw new ForecastingError(
      `${data.name}: expected at most ${mostValues} rows, which this page trains on while you wait, got ${data.length}`,
    );
  }
  const { series, unevenly } = onTimeline(data, column);
  series.assertVaries();
  const { timeline, length } = series;
  const times =
    timeline && Float64Array.from({ length: length + mostSteps }, (_, i) => timestampAt(timeline, i));
  return {
    series,
    opened: {
      name: series.name,
      columns,
      column,
      values: series.values.map((value, i) => (series.observed[i] === 0 ? Number.NaN : value)),
      ...(times && { times }),
      period: data.period ?? (timeline ? seasonalPeriod(timeline.frequency) : 1),
      notes: unevenly === undefined ? notes : [...notes, unevenly],
    },
  };
}

/** On its time stamps where they are even. Filling gaps is not tried: one stray date could make millions of rows. */
function onTimeline(data: Series, column: string): { series: TimeSeries; unevenly?: string } {
  try {
    return { series: fromDataset(data, { columns: [column] }) };
  } catch (error) {
    if (!(error instanceof TimestampGapError)) throw error;
    const { times: _, ...untimed } = data;
    return {
      series: fromDataset(untimed, { columns: [column] }),
      unevenly: 'The time stamps are not evenly spaced: rows are taken as equal steps.',
    };
  }
}

import { embeddedText } from '../catalogue/embedded.js';
import type { Attribution } from '../catalogue/entry.js';
import { type SeriesEntry, type SeriesName, series } from '../catalogue/series.js';
import { UnknownDatasetError } from '../catalogue/unknown-dataset-error.js';
import { parseCsvSeries } from './parse-csv-series.js';
import type { Series } from './series.js';

/** A series of the catalogue. */
export interface CatalogueSeries extends Series, Attribution {}

/**
 * A series of the catalogue.
 * @throws UnknownDatasetError, whose message lists the series there are
 */
export async function loadSeries(name: SeriesName | (string & {})): Promise<CatalogueSeries> {
  const { title, rights, source, embedded, period } = seriesEntry(name);
  const parsed = parseCsvSeries(await embeddedText(embedded!.file), {
    name,
    ...(period !== undefined && { period }),
  });
  return { ...parsed, title, rights, source };
}

function seriesEntry(name: string): SeriesEntry {
  if (!Object.hasOwn(series, name)) throw new UnknownDatasetError('series', name, Object.keys(series));
  return series[name as SeriesName];
}

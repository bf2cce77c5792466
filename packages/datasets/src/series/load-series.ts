import { checkOptions } from '@throughtime/errors';
import { openFileStore } from '#file-store';
import { seriesEntry } from '../catalog/catalog.js';
import { embeddedText } from '../catalog/embedded.js';
import type { Attribution } from '../catalog/entry.js';
import type { SeriesEntry, SeriesName } from '../catalog/series.js';
import { type DownloadOptions, downloadChecks } from '../download/download-options.js';
import { obtain } from '../download/obtain.js';
import type { Series } from './series.js';

/** A series of the catalog. */
export interface CatalogSeries extends Series, Attribution {}

/**
 * A series of the catalog: embedded ones at once, others downloaded, checked and cached.
 * @throws UnknownDatasetError, whose message lists the series there are; DownloadError, whose message says what to download
 * to where; the signal's reason
 */
export async function loadSeries(
  name: SeriesName | (string & {}),
  options: DownloadOptions = {},
): Promise<CatalogSeries> {
  checkOptions<DownloadOptions>(options, downloadChecks);
  const entry = seriesEntry(name);
  options.signal?.throwIfAborted();
  const { title, rights, source, period } = entry;
  const text = await csvOf(name, entry, options);
  // The reader comes with the first series: who needs none does not load it.
  const { readSeries } = await import('../csv/read-series.js');
  const { series } = readSeries(text, { name, period });
  return { ...series, title, rights, source };
}

async function csvOf(name: string, entry: SeriesEntry, options: DownloadOptions): Promise<string> {
  if ('embedded' in entry) return embeddedText(entry.embedded.file);
  const { rights, remote } = entry;
  const { bytes } = await obtain({ name, rights }, [remote], openFileStore(options), options);
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

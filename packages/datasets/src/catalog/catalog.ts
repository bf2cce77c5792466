import { ArgumentError, nearestName } from '@throughtime/errors';
import type { Attribution, EmbeddedFile, RemoteFile } from './entry.js';
import { type SeriesEntry, type SeriesName, series } from './series.js';
import { type TextEntry, type TextName, type TextPart, texts } from './texts.js';

/** What the catalog has, without loading it. */
export interface DatasetDescription extends Attribution {
  /** What `loadText` or `loadSeries` knows it by. */
  readonly name: string;
  /** Whether `loadText` or `loadSeries` loads it. */
  readonly kind: 'text' | 'series';
  /** Whether it ships with the package; the others are downloaded when they are loaded. */
  readonly embedded: boolean;
  /** Bytes of the files to download, or of the file that ships. */
  readonly bytes: number;
  /** The parts that it is published in; empty for one in one piece. */
  readonly parts: readonly TextPart[];
}

/** Every data set there is: to list them, with their rights, before anything is downloaded. */
export function datasets(): DatasetDescription[] {
  return [
    ...Object.entries(texts).map(([name, entry]) => describeText(name, entry)),
    ...Object.entries(series).map(([name, entry]) => describeSeries(name, entry)),
  ];
}

function describeText(name: string, entry: TextEntry): DatasetDescription {
  const { title, rights, source } = entry;
  // Parts may share an archive, which is downloaded once.
  const sizes = new Map(filesOf(entry).map(({ file, bytes }) => [file, bytes]));
  return {
    name,
    kind: 'text',
    title,
    rights,
    source,
    embedded: 'embedded' in entry,
    bytes: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
    parts: 'parts' in entry ? (Object.keys(entry.parts) as TextPart[]) : [],
  };
}

/** The files that make up a text, the first choice of each. */
function filesOf(entry: TextEntry): readonly (EmbeddedFile | RemoteFile)[] {
  if ('embedded' in entry) return [entry.embedded];
  return 'whole' in entry ? entry.whole.slice(0, 1) : Object.values(entry.parts).map(([first]) => first);
}

function describeSeries(name: string, entry: SeriesEntry): DatasetDescription {
  const { title, rights, source } = entry;
  const { bytes } = 'embedded' in entry ? entry.embedded : entry.remote;
  return { name, kind: 'series', title, rights, source, embedded: 'embedded' in entry, bytes, parts: [] };
}

/** A data set that the catalog does not have. */
export class UnknownDatasetError extends ArgumentError {
  override name = 'UnknownDatasetError';

  constructor(kind: 'text' | 'series', got: unknown, known: readonly string[]) {
    const nearest = typeof got === 'string' ? nearestName(got, known) : undefined;
    const hint = nearest ? { hint: `did you mean '${nearest}'?` } : {};
    super('name', `a ${kind} of the catalog (${known.join(', ')})`, got, hint);
  }
}

/** @throws UnknownDatasetError */
export function textEntry(name: string): TextEntry {
  if (!Object.hasOwn(texts, name)) throw new UnknownDatasetError('text', name, Object.keys(texts));
  return texts[name as TextName];
}

/** @throws UnknownDatasetError */
export function seriesEntry(name: string): SeriesEntry {
  if (!Object.hasOwn(series, name)) throw new UnknownDatasetError('series', name, Object.keys(series));
  return series[name as SeriesName];
}

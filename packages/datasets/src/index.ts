export type {
  BatchCursor,
  BatchIterator,
  BatchSource,
  LabeledBatch,
  PairBatch,
  TokenBatch,
} from '@throughtime/contract';
export { ArgumentError } from '@throughtime/errors';
export { type LabeledSequence, labeledBatches } from './batches/labeled-batches.js';
export { pairBatches, type SequencePair } from './batches/pair-batches.js';
export { pennTreebankBatches } from './batches/penn-treebank-batches.js';
export type { PooledBatchesOptions } from './batches/pooled-epochs.js';
export { type PrefetchedBatches, type PrefetchOptions, prefetch } from './batches/prefetch.js';
export { type RandomBatchesOptions, randomBatches } from './batches/random-batches.js';
export { type SentenceBatchesOptions, sentenceBatches, splitSentences } from './batches/sentence-batches.js';
export { type SequentialBatchesOptions, sequentialBatches } from './batches/sequential-batches.js';
export { type BatchShape, CorpusTooShortError, EmptyCorpusError } from './batches/token-rows.js';
export { type WindowBatchesOptions, windowBatches, windowCount } from './batches/window-batches.js';
export { type DatasetDescription, datasets, UnknownDatasetError } from './catalog/catalog.js';
export type { Attribution, RemoteFile } from './catalog/entry.js';
export type { SeriesName } from './catalog/series.js';
export type { TextName, TextPart } from './catalog/texts.js';
export { csvText } from './csv/csv-text.js';
export type { DownloadOptions, DownloadProgress } from './download/download-options.js';
export { DownloadError } from './download/errors.js';
export { unzip, ZipError } from './download/zip-member.js';
export { type CreateSeriesOptions, createSeries } from './series/create-series.js';
export {
  addSteps,
  type Frequency,
  type FrequencyUnit,
  formatFrequency,
  frequencyCheck,
  inferFrequency,
  parseFrequency,
  seasonalPeriod,
} from './series/frequency.js';
export { type CatalogSeries, loadSeries } from './series/load-series.js';
export { columnOf, type Series, sliceSeries, UnknownColumnError } from './series/series.js';
export {
  type DecidingOption,
  MissingValueError,
  SeriesFormatError,
  SeriesTooShortError,
  TimestampGapError,
  UndecidedFormatError,
  UnevenTimestampsError,
} from './series/series-errors.js';
export {
  requireSinglePrecision,
  type SeriesBatch,
  type SeriesBatchesOptions,
  type SeriesWindowsOptions,
  seriesBatches,
  seriesWindows,
} from './series/series-windows.js';
export type { MissingValues } from './series/settle-series.js';
export {
  type EditionName,
  type SineComponent,
  type SineSeriesOptions,
  sineSeries,
  sineStarts,
} from './series/sine-series.js';
export { type SeriesSplit, type SplitOptions, type SplitPart, splitSeries } from './series/split-series.js';
export {
  type AlignedTimestamps,
  type AlignOptions,
  alignChecks,
  alignTimestamps,
  formatRowTime,
  shiftTimeline,
  type Timeline,
  timelineCheck,
  timestampAt,
} from './series/timeline.js';
export { formatTimestamp, parseTimestamp } from './series/timestamps.js';
export { clockTime, zoneCheck } from './series/zones.js';
export {
  type ByteCorpus,
  type Corpus,
  type CorpusDescription,
  type LoadTextOptions,
  loadText,
  loadTextBytes,
  loadTextSplit,
  type TextSplit,
} from './texts/load-text.js';
export {
  encodePennTreebank,
  loadPennTreebank,
  type PennTreebank,
  pennTreebankTokens,
  UnknownWordError,
} from './texts/penn-treebank.js';

import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { integerOption, UsageError } from '@throughtime/command-line';
import { datasets, MissingValueError, SeriesFormatError } from '@throughtime/datasets';
import { ArgumentError } from '@throughtime/errors';
import { TimestampGapError } from '@throughtime/forecasting';
import type { Command } from 'commander';
import { formatOf, type OpenedSeries, openCatalogueSeries, openSine, openText } from '../core/open-series.js';

/** The options that say which series. */
export interface SeriesOptions {
  readonly series: string;
  readonly column?: string;
  readonly period?: number;
  readonly allowMissing?: boolean;
  readonly seed: number;
}

/** Adds them to a command. */
export function addSeriesOptions(command: Command, defaultSeries?: string): Command {
  const series = `which series: ${seriesNames()}`;
  if (defaultSeries === undefined) command.requiredOption('--series <name|file>', series);
  else command.option('--series <name|file>', series, defaultSeries);
  return command
    .option('--column <name>', 'which column, where there are several')
    .option('--period <steps>', 'steps of a season (default: by the frequency)', integerOption({ min: 1 }))
    .option('--allow-missing', 'leave out missing values and gaps in the time stamps of a file');
}

/** For --help: the series that can be named. */
export function seriesNames(): string {
  const names = datasets()
    .filter(({ kind }) => kind === 'series')
    .map(({ name }) => name);
  return `sine, ${names.join(', ')}, or a CSV or JSON file`;
}

/** The sine wave, a series of the catalogue, or a file: a name with a dot or a slash in it is a path. */
export async function openSeries(options: SeriesOptions): Promise<OpenedSeries> {
  const { series: name, column, period, seed, allowMissing = false } = options;
  if (name === 'sine') return openSine({ seed, period });
  const choice = { column, period, flaws: allowMissing ? 'leave out' : 'refuse' } as const;
  try {
    if (!/[./\\]/.test(name)) return await openCatalogueSeries(name, choice);
    const title = basename(name, extname(name));
    return openText(await readText(name), { ...choice, name: title, format: formatOf(name) });
  } catch (error) {
    throw withHint(error);
  }
}

async function readText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ArgumentError('series', 'a file that can be read', path, {
      cause: error,
      ...(code !== undefined && { hint: code }),
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SeriesFormatError(`${path}: not UTF-8`, { cause: error });
  }
}

/** The error; for what is missing, one that names the option that accepts it. */
function withHint(error: unknown): unknown {
  const missing =
    error instanceof MissingValueError
      ? error.problem
      : error instanceof TimestampGapError
        ? `time stamps: expected ${error.expected}, got ${error.got}, a gap`
        : undefined;
  return missing === undefined
    ? error
    : new UsageError(`${missing}; --allow-missing leaves out what is missing`, { cause: error });
}

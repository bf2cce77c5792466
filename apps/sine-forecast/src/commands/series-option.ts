import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { integerOption, nameArguments, type Reporter, UsageError } from '@throughtime/command-line';
import {
  type DecidingOption,
  datasets,
  type Frequency,
  MissingValueError,
  UndecidedFormatError,
} from '@throughtime/datasets';
import { ArgumentError, inWords, showValue } from '@throughtime/errors';
import { parseFrequency, TimestampGapError, UnevenTimestampsError } from '@throughtime/forecasting';
import { readInput } from '@throughtime/platform/node';
import type { Command } from 'commander';
import { noteInWords } from '../core/notes.js';
import { type OpenedSeries, openCatalogSeries, openFile, openSine } from '../core/open-series.js';
import type { Reading } from '../core/reading.js';

/** The options that say which series. */
export interface SeriesOptions extends Omit<Reading, 'time' | 'missingMarkers'> {
  readonly series: string;
  readonly column?: string;
  readonly period?: number;
  /** Not an option: the columns that are taken where `column` says none. */
  readonly preferred?: readonly string[];
  readonly covariates?: readonly string[];
  readonly allowMissing?: boolean;
  /** The name of a column, or several separated by commas; false for none. */
  readonly time?: string | false;
  readonly missing?: readonly string[];
  readonly seed: number;
}

/** Adds them to a command. */
export function addSeriesOptions(command: Command, defaultSeries?: string): Command {
  const series = `which series: ${seriesNames()}`;
  if (defaultSeries === undefined) command.requiredOption('--series <name|file>', series);
  else command.option('--series <name|file>', series, defaultSeries);
  command.option(
    '--period <steps>',
    'steps of a season (default: by the frequency)',
    integerOption({ min: 1 }),
  );
  return addReadingOptions(command);
}

/** The options that say how a file is read, where it leaves two ways open. */
export function addReadingOptions(command: Command): Command {
  command
    .option('--column <names>', 'which column, where there are several: one, some (a,b), or all')
    .option(
      '--covariates <names>',
      'columns known in advance, also for rows whose value is yet to come, which networks see: price,holiday',
      (text) => text.split(',').map((name) => name.trim()),
    )
    .option('--allow-missing', 'leave out missing values and gaps in the time stamps of a file')
    .option('--time <column>', 'the column of times in a file, or several read together: year,month')
    .option('--no-time', 'take the rows of a file as equal steps')
    .option(
      '--time-format <format>',
      "dmy, mdy, ymd, s, ms, us, ns, excel, or as strptime has it: '%d.%m.%Y %H:%M'",
    )
    .option('--zone <name>', 'the zone of times without one: Europe/Berlin, +01:00')
    .option(
      '--frequency <step>',
      'how far rows are apart: 15min, h, D, B (business days), W, M, MS (starts of months), ME (ends), Q, Y',
      frequencyOption,
    )
    .option('--delimiter <mark>', 'the mark between cells, or tab', (text) =>
      /^(tab|\\t)$/i.test(text) ? '\t' : text,
    )
    .option('--decimal <mark>', 'the decimal mark: . or ,', decimalOption)
    .option('--header', 'the first line has names, though it looks like values')
    .option('--no-header', 'the first line has values, not names')
    .option('--missing <texts>', 'what stands for a missing value, besides NA and the like: -999,x', (text) =>
      text.split(','),
    )
    .option('--sort', 'put the rows in the order of their times')
    .option(
      '--id <column[=value]>',
      'of a file with several series one below the other: each of them (shop or shop,item), or one (shop=A)',
    );
  return nameArguments(command, {
    // The name of a series of the catalog.
    name: '--series',
    columns: '--column',
    missingMarkers: '--missing',
    known: '--covariates',
  });
}

function frequencyOption(text: string): Frequency {
  try {
    return parseFrequency(text);
  } catch (error) {
    // Options are read before a command acts, which would name it.
    if (!(error instanceof ArgumentError)) throw error;
    throw new UsageError(error.messageFor('--frequency'), { cause: error });
  }
}

function decimalOption(text: string): '.' | ',' {
  if (text === ',' || text === 'comma') return ',';
  if (text === '.' || text === 'point') return '.';
  throw new UsageError(`--decimal: expected . or , got '${text}'`);
}

/** For --help: the series that can be named. */
export function seriesNames(): string {
  const names = datasets()
    .filter(({ kind }) => kind === 'series')
    .map(({ name }) => name);
  return `sine, ${names.join(', ')}, or a CSV or JSON file`;
}

/**
 * The sine wave, a series of the catalog, or a file, which may hold several series. One line says how a file was read.
 * @param frequencyOfOne the step of a file of one row, which shows none
 */
export async function openSeries(
  options: SeriesOptions,
  report: Reporter,
  frequencyOfOne?: Frequency,
): Promise<OpenedSeries> {
  const { series: name, column, period, seed, allowMissing = false, time, missing } = options;
  if (name === 'sine') return openSine({ seed, period });
  const { covariates, preferred } = options;
  const choice = {
    column,
    preferred,
    period,
    covariates,
    flaws: allowMissing ? 'leave out' : 'refuse',
  } as const;
  const { timeFormat, zone, frequency, delimiter, decimal, header, sort, id } = options;
  try {
    if (await isOfCatalog(name)) return await openCatalogSeries(name, choice);
    const opened = await openFile(await readBytes(name), {
      several: true,
      frequencyOfOne,
      ...choice,
      ...{ timeFormat, zone, frequency, delimiter, decimal, header, sort, id },
      time: time === false || time === undefined ? time : time.split(','),
      missingMarkers: missing,
      fileName: name,
      name: basename(name, extname(name)),
    });
    for (const note of opened.notes) report.note(`forecast: ${noteInWords(note)}`);
    return opened;
  } catch (error) {
    throw withHint(error);
  }
}

/** A name with a dot or a slash in it is a path; so is any other that no series of the catalog has and that is there. */
async function isOfCatalog(name: string): Promise<boolean> {
  if (/[./\\]/.test(name)) return false;
  if (datasets().some((entry) => entry.kind === 'series' && entry.name === name)) return true;
  return stat(name).then(
    () => false,
    () => true,
  );
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder)
      throw new ArgumentError('series', 'a CSV or JSON file', inWords(`the folder ${showValue(path)}`));
    return await readInput(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ArgumentError('series', 'a file that can be read', path, { cause: error, hint: code });
  }
}

/** The error; where an option helps, one that names it. */
function withHint(error: unknown): unknown {
  const advised = (problem: string, advice: string) =>
    new UsageError(`${problem}; ${advice}`, { cause: error });
  if (error instanceof MissingValueError)
    return advised(error.problem, '--allow-missing leaves out what is missing');
  if (error instanceof TimestampGapError) {
    const problem = `time stamps: expected ${error.expected}, got ${error.got}, a gap`;
    return advised(problem, '--allow-missing leaves out what is missing');
  }
  if (error instanceof UnevenTimestampsError) {
    const problem = `time stamps: expected ${error.expected}, got ${error.got}`;
    return advised(problem, '--frequency says how far rows are apart, --no-time takes them as equal steps');
  }
  if (error instanceof UndecidedFormatError) {
    return advised(error.problem, `give ${error.advice.map(optionText).join(' or ')}`);
  }
  return error;
}

/** An option of reading as it is written on the command line. */
function optionText([option, value]: DecidingOption): string {
  const long = (option === 'missingMarkers' ? 'missing' : option).replace(
    /[A-Z]/g,
    (letter) => `-${letter.toLowerCase()}`,
  );
  if (typeof value === 'boolean') return value ? `--${long}` : `--no-${long}`;
  return `--${long} ${/[\s%;,|'$&()]/.test(value) ? `"${value}"` : value}`;
}

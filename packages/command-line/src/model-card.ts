import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ArgumentError,
  type Check,
  check,
  isRecord,
  list,
  nonEmptyText,
  plainData,
  record,
  required,
  type SavedFields,
  SavedFormat,
  text,
} from '@throughtime/errors';
import { isSystemError, NotAFileError, openFile, readAt, replaceFile } from '@throughtime/platform/node';

/** One that computed or wrote a model, and from when to when. */
export interface CardEntry {
  /** Program and command: `generate train`. */
  readonly command: string;
  /** Dates in ISO 8601 (UTC): of the first time that the command saved the model, and of the last. */
  readonly from: string;
  readonly to: string;
  /** By name: `throughtime`, `node`; `engine` where one computed (`plain`, `relaxed` SIMD or `reference`). */
  readonly versions: Readonly<Record<string, string>>;
}

/** What a model was made of. */
export interface CardData {
  /** Of the corpus or series, as it was asked for. */
  readonly name: string;
  /** Of the text in UTF-8, or of the values as little-endian float64, series after series. */
  readonly sha256: string;
  /** How many there are of each: characters, tokens, values, ... */
  readonly sizes: Readonly<Record<string, number>>;
}

/**
 * What is known of a model beside what it computes: who made it, when, with what, and how good it was. It stands in a file of its own,
 * `card.json`, so that the model's files stay free of dates and versions: the same run gives the same bytes. Nothing needs it to
 * read the model.
 */
export interface ModelCard {
  /** SHA-256 of the beginning of the model's file, where its header has a checksum of the rest. */
  readonly model: string;
  /** The run, by the name that its checkpoints have. Absent where there is none. */
  readonly run?: string;
  /** Whoever made the model, the first first. */
  readonly history: readonly CardEntry[];
  readonly data?: CardData;
  /** The seed among them, where chance had a part. */
  readonly settings: SavedFields;
  /** What was reached: perplexities, errors by horizon, ... */
  readonly figures: SavedFields;
}

/** What a command knows of the model that it saved. */
export interface CardFacts extends Pick<ModelCard, 'run' | 'data' | 'settings'> {
  readonly command: string;
  /** The engine that computed. Default: none did. */
  readonly engine?: string;
  /** Default: those of the same run's card before. */
  readonly figures?: SavedFields | undefined;
}

/** Told, in one line, what is wrong with a card. */
export type Warn = (warning: string) => void;

const texts = check('an object of strings', (value) => isRecord(value) && Object.values(value).every(isText));
const isText = (value: unknown) => typeof value === 'string';

const cardFormat = new SavedFormat(
  'throughtime-card',
  record<ModelCard>({
    model: required(nonEmptyText),
    run: nonEmptyText,
    history: required(
      list(
        record<CardEntry>({
          command: required(text),
          from: required(text),
          to: required(text),
          versions: required(texts as Check<CardEntry['versions']>),
        }),
      ),
    ),
    data: record<CardData>({ name: required(text), sha256: required(text), sizes: required(plainData) }),
    settings: required(plainData),
    figures: required(plainData),
  }),
);

/** More than any card has: a file of gigabytes by that name is none. */
const mostBytes = 2 ** 24;

/** How much of a model's file says which one it is. */
const beginning = 2 ** 16;

/** How many entries a card keeps: a run that hops between two machines writes one each time. */
const mostEntries = 100;

/**
 * Writes the card of a model that was just saved, over the one before. Where that is of the same run, its history continues: under the
 * same versions the last entry is extended, under others there is one more.
 * @param model a model's folder; or its file, whose card stands beside it as `NAME.card.json`
 * @throws the file system's error
 */
export async function saveCard(model: string, facts: CardFacts): Promise<void> {
  const { command, engine, run, data, settings, figures } = facts;
  // A damaged card is replaced.
  const before = run === undefined ? undefined : await readCard(model, () => {}, { anyModel: true });
  const own = before?.run === run ? before : undefined;
  await writeCard(model, {
    ...(run !== undefined && { run }),
    history: withEntry(own?.history ?? [], command, engine),
    ...(data && { data }),
    settings,
    figures: figures ?? own?.figures ?? {},
  });
}

/**
 * Writes the card of one model beside another that was made of it, with one more entry: who made it. A model without a card has none to
 * carry on, which `warn` is told.
 * @throws the file system's error
 */
export async function carryCard(from: string, to: string, command: string, warn: Warn): Promise<void> {
  // A device or a pipe has no files beside it.
  const found = await stat(to);
  if (!found.isFile() && !found.isDirectory()) return;
  const card = await readCard(from, warn);
  if (card) await writeCard(to, { ...card, history: withEntry(card.history, command, undefined) });
}

/**
 * The card of a model; undefined where there is none, it is damaged, or it tells of another model than stands there, which `warn` is
 * told in a line: a card is no reason to refuse a model.
 * @param model as for {@link saveCard}
 */
export async function readCard(
  model: string,
  warn: Warn,
  { anyModel = false }: { readonly anyModel?: boolean } = {},
): Promise<ModelCard | undefined> {
  const { card: path, weights } = await pathsOf(model);
  let card: ModelCard;
  try {
    const file = await openFile(path);
    try {
      const { size } = await file.stat();
      if (size > mostBytes) throw new ArgumentError('', `at most ${mostBytes} bytes`, size);
      card = cardFormat.read(await readAt(file, 0, size)).value;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isSystemError(error)) {
      const { code } = error;
      const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
      warn(
        `${path}: ${isMissing ? 'none, so nothing is known of where the model comes from' : `cannot be read (${code})`}`,
      );
    } else if (error instanceof ArgumentError || error instanceof NotAFileError) {
      warn(`${path}: no card of a model: ${error.message}`);
    } else throw error;
    return undefined;
  }
  if (anyModel || card.model === (await beginningOf(weights))) return card;
  warn(`${path}: tells of another model than ${weights} holds`);
  return undefined;
}

/** Rows that people read: what it is called, and what it is. */
export function cardRows({ history, data, settings, figures }: ModelCard): (readonly [string, string])[] {
  return [
    ...history.map(({ command, from, to, versions }): [string, string] => [
      command,
      `${from === to ? from : `${from} to ${to}`}, ${inWords(versions)}`,
    ]),
    ...(data ? [['data', `${data.name}, ${inWords(data.sizes)}, SHA-256 ${data.sha256}`] as const] : []),
    ...[...Object.entries(settings), ...Object.entries(figures)].map(
      ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
  ];
}

function inWords(fields: Readonly<Record<string, string | number>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? value.toLocaleString('en') : value}`)
    .join(', ');
}

function withEntry(
  history: readonly CardEntry[],
  command: string,
  engine: string | undefined,
): readonly CardEntry[] {
  const now = new Date().toISOString();
  const versions = {
    throughtime: ownVersion(),
    node: process.version,
    ...(engine !== undefined && { engine }),
  };
  const last = history.at(-1);
  const isSame = last?.command === command && JSON.stringify(last.versions) === JSON.stringify(versions);
  const others = isSame ? history.slice(0, -1) : history;
  return [...others.slice(1 - mostEntries), { command, from: isSame ? last.from : now, to: now, versions }];
}

async function writeCard(model: string, card: Omit<ModelCard, 'model'>): Promise<void> {
  const { card: path, weights } = await pathsOf(model);
  const whole = { ...cardFormat.header, ...card, model: await beginningOf(weights) };
  await replaceFile(path, `${JSON.stringify(whole, undefined, 2)}\n`);
}

async function pathsOf(model: string): Promise<{ readonly card: string; readonly weights: string }> {
  const isFile = await stat(model).then(
    (found) => !found.isDirectory(),
    () => false,
  );
  return isFile
    ? { card: `${model}.card.json`, weights: model }
    : { card: join(model, 'card.json'), weights: join(model, 'model.safetensors') };
}

/** @returns '' where there is no such file: a card of it is none */
async function beginningOf(path: string): Promise<string> {
  try {
    const file = await openFile(path);
    try {
      const { size } = await file.stat();
      return createHash('sha256')
        .update(await readAt(file, 0, Math.min(size, beginning)))
        .digest('hex');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isSystemError(error) || error instanceof NotAFileError) return '';
    throw error;
  }
}

/** Of this repository's packages, which are released together. */
function ownVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

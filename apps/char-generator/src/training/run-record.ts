import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '@throughtime/command-line';
import { replaceFile } from '@throughtime/platform/node';
import type { TrainSettings } from './train-settings.js';

/** `training.json` beside a model: how it is being trained, so that `--resume` needs no other option. */
export interface RunRecord {
  readonly format: 'throughtime-training';
  readonly version: 1;
  readonly settings: TrainSettings;
  /** SHA-256 of the corpus: continuing on another text would not be the same run. */
  readonly corpusHash: string;
}

const fileName = 'training.json';

export function recordOf(settings: TrainSettings, text: string): RunRecord {
  return {
    format: 'throughtime-training',
    version: 1,
    settings,
    corpusHash: createHash('sha256').update(text).digest('hex'),
  };
}

export async function writeRecord(directory: string, record: RunRecord): Promise<void> {
  const text = `${JSON.stringify(record, undefined, 2)}\n`;
  await replaceFile(join(directory, fileName), [new TextEncoder().encode(text)]);
}

/**
 * The run that a directory holds; undefined when there is none.
 * @throws UsageError when its record is damaged
 */
export async function readRecord(directory: string): Promise<RunRecord | undefined> {
  const path = join(directory, fileName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  const record = parse(text);
  if (record?.format !== 'throughtime-training' || record.version !== 1 || !record.settings)
    throw new UsageError(
      `--out: ${path}: expected the record of a training run, got something else; was it cut short?`,
    );
  return record;
}

function parse(text: string): RunRecord | undefined {
  try {
    return JSON.parse(text) as RunRecord;
  } catch {
    return undefined;
  }
}

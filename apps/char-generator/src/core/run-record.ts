// How a run is recorded beside its model, so that it can continue: `training.json` of the command's folders, `run.json` of the page's
// saved models. Records of every version are read; the present one is written.
import {
  checkOptions,
  messageOf,
  nonEmptyText,
  record,
  required,
  showValue,
  ThroughtimeError,
  whole,
} from '@throughtime/errors';
import { settingChecks, type TrainSettings } from './settings.js';

export interface RunRecord {
  readonly settings: TrainSettings;
  /** SHA-256 of the corpus: continuing on another text would not be the same run. The page keeps the text itself. */
  readonly corpusHash?: string;
  /** What its checkpoints and its model name it by, see `runIdentity`. Absent from records of earlier releases. */
  readonly run?: string;
  /** When the run ends, where that is later than the settings planned. */
  readonly epochs?: number;
}

/** A record that cannot be read: cut short, changed by hand, or of a later version. */
export class RunRecordError extends ThroughtimeError {
  override name = 'RunRecordError';
}

const format = 'throughtime-training';
const version = 2;

export function encodeRecord(run: RunRecord): string {
  return `${JSON.stringify({ format, version, ...run }, undefined, 2)}\n`;
}

/**
 * @param file for the error's message
 * @throws RunRecordError when it is damaged or something else
 */
export function decodeRecord(text: string, file: string): RunRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RunRecordError(
      `${file}: expected the record of a training run, got something else; was it cut short?`,
    );
  }
  const { format: _, version: __, ...run } = migrated(json, file);
  try {
    checkOptions<RunRecord>(run, {
      settings: required(record(settingChecks)),
      corpusHash: nonEmptyText,
      run: nonEmptyText,
      epochs: whole({ from: 1 }),
    });
  } catch (error) {
    throw new RunRecordError(`${file}: ${messageOf(error)}`, { cause: error });
  }
  return run;
}

/** A record of any version as one of the present version. */
function migrated(json: unknown, file: string): Readonly<Record<string, unknown>> {
  const found = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  // The page's records had a name of their own in version 1.
  const isRun = found.format === format || (found.format === 'throughtime-page-run' && found.version === 1);
  if (!isRun) {
    throw new RunRecordError(`${file}: expected the record of a training run, got something else`);
  }
  switch (found.version) {
    case 1:
      return { ...found, settings: settingsFrom1(found.settings) };
    case version:
      return found;
    default:
      throw new RunRecordError(
        `${file}: expected a record of version 1 to ${version}, got ${showValue(found.version)}; was it written by a later release?`,
      );
  }
}

/** Version 1 had `hidden` for what is `hiddenSize` everywhere else. */
function settingsFrom1(settings: unknown): unknown {
  if (typeof settings !== 'object' || settings === null) return settings;
  const { hidden: hiddenSize, ...others } = settings as Record<string, unknown>;
  return { ...others, hiddenSize };
}

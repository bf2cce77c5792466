// How a run is recorded beside its model, so that it can continue: `training.json` of the command's folders, `run.json` of the page's
// saved models. Records of every version are read; the present one is written.
import {
  ArgumentError,
  nonEmptyText,
  record,
  required,
  type SavedFields,
  SavedFormat,
  ThroughtimeError,
  whole,
  withFields,
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

const recordOptions = {
  corpusHash: nonEmptyText,
  run: nonEmptyText,
  epochs: whole({ from: 1 }),
};

interface RecordOf1 extends Omit<RunRecord, 'settings'> {
  readonly settings: SavedFields;
}

/** The page's records had a name of their own in version 1. */
const recordFormat = new SavedFormat(
  ['throughtime-training', 'throughtime-page-run'],
  record<RecordOf1>({ ...recordOptions, settings: required(withFields({})) }),
).next(record<RunRecord>({ ...recordOptions, settings: required(record(settingChecks)) }), (run) => ({
  ...run,
  settings: settingsFrom1(run.settings),
}));

export function encodeRecord(run: RunRecord): string {
  return `${JSON.stringify({ ...recordFormat.header, ...run }, undefined, 2)}\n`;
}

/**
 * @param file for the error's message
 * @throws RunRecordError when it is damaged or something else
 */
export function decodeRecord(text: string, file: string): RunRecord {
  try {
    return recordFormat.read(text).value;
  } catch (cause) {
    if (!(cause instanceof ArgumentError)) throw cause;
    throw new RunRecordError(`${file}: ${cause.message}`, { cause });
  }
}

/** Version 1 had `hidden` for what is `hiddenSize` everywhere else. */
function settingsFrom1({ hidden: hiddenSize, ...others }: SavedFields): TrainSettings {
  // Checked as a part of version 2.
  return { ...others, hiddenSize } as unknown as TrainSettings;
}

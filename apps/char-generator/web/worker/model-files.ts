import { decodeCheckpoint, encodeCheckpoint, type TrainerSnapshot } from '@throughtime/bptt-trainer';
import { decodeModel, encodeModel } from '@throughtime/lang-model';
import { FileProblem, type FileSet } from '@throughtime/web-page';
import type { TrainSettings } from '../../src/training/train-settings.js';
import type { ReadyModel, TrainingRun } from './training-run.js';
import { requireFused, UnsupportedModelError } from './unsupported-model.js';

/** A model that was read, with the run that it comes from where one was saved. */
export interface SavedModel extends ReadyModel {
  readonly run?: {
    readonly settings: TrainSettings;
    readonly epochs: number;
    /** undefined: a corpus that the page has, by the settings' name. */
    readonly text: string | undefined;
    readonly snapshot: TrainerSnapshot;
  };
}

interface RunJson {
  readonly format: 'throughtime-page-run';
  readonly version: 1;
  readonly settings: TrainSettings;
  readonly epochs: number;
}

/** The files of a model directory, as `generate sample --model` reads them. */
export function modelFiles(
  { model, tokenizer }: ReadyModel,
  notes: Readonly<Record<string, unknown>> = {},
): FileSet {
  const pieces = encodeModel(model, { tokenizer, notes });
  return Object.fromEntries(Object.entries(pieces).map(([name, parts]) => [name, joined(parts)]));
}

/** The same with what it takes to go on training exactly where the run is. */
export function runFiles(run: TrainingRun, snapshot: TrainerSnapshot): FileSet {
  const { settings, epochs, corpus } = run;
  const json: RunJson = { format: 'throughtime-page-run', version: 1, settings, epochs };
  const encode = (text: string) => new TextEncoder().encode(text);
  return {
    ...modelFiles(run, notesOf(run)),
    'run.json': encode(JSON.stringify(json)),
    'checkpoint.safetensors': joined(encodeCheckpoint(snapshot)),
    ...(settings.corpus === ownText && { 'text.txt': encode(corpus.text) }),
  };
}

/** What `settings.corpus` is for a text of the person's own. */
export const ownText = 'own';

export function notesOf({ settings }: TrainingRun): Readonly<Record<string, unknown>> {
  return { cleaning: settings.clean, corpus: settings.corpus };
}

/**
 * @throws ModelFileError, InvalidCheckpointError when a file is missing or damaged; UnsupportedModelError when the page cannot
 *   run the model
 */
export function openModelFiles(files: FileSet): SavedModel {
  requireRecurrent(files);
  const { model, tokenizer } = decodeModel(files);
  const { vocabulary } = model;
  if (!tokenizer || !vocabulary)
    throw new UnsupportedModelError('This model was saved without its vocabulary, so it cannot read text.');
  requireFused(model);
  const { 'run.json': run, 'checkpoint.safetensors': checkpoint, 'text.txt': text } = files;
  if (!run || !checkpoint) return { model, tokenizer, vocabulary };
  const { settings, epochs } = runJson(run);
  return {
    model,
    tokenizer,
    vocabulary,
    run: {
      settings,
      epochs,
      text: text && new TextDecoder().decode(text),
      snapshot: decodeCheckpoint(checkpoint),
    },
  };
}

function requireRecurrent({ 'config.json': config }: FileSet): void {
  if (config && /"kind"\s*:\s*"ngram"/.test(new TextDecoder().decode(config.subarray(0, 10_000))))
    throw new UnsupportedModelError('This is an n-gram model; the page runs recurrent ones.');
}

function runJson(bytes: Uint8Array): RunJson {
  let json: Partial<RunJson> = {};
  try {
    json = JSON.parse(new TextDecoder().decode(bytes)) as Partial<RunJson>;
  } catch {
    // Said below.
  }
  if (json?.format !== 'throughtime-page-run' || json.version !== 1 || !json.settings || !json.epochs)
    throw new FileProblem('run.json: expected the record of a training run, got something else.');
  return json as RunJson;
}

/** In memory of its own: weights may lie in memory shared between threads, which cannot be sent or saved. */
function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

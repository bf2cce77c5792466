// A model as files: what the page saves, hands out as a .zip, and opens.
import { decodeCheckpoint, encodeCheckpoint, type TrainerSnapshot } from '@throughtime/bptt-trainer';
import { unzip } from '@throughtime/datasets';
import {
  decodeModel,
  encodeModel,
  isNgramConfig,
  modelFileNames,
  type RecurrentLanguageModel,
} from '@throughtime/lang-model';
import {
  decodeSettings,
  encodeSettings,
  FileProblem,
  type FileSet,
  type Settings,
  sharedArchive,
  wholeFile,
} from '@throughtime/web-page';
import { zipSync } from 'fflate';
import { decodeRecord, encodeRecord, type RunRecord } from '../../src/core/run-record.js';
import { type TextModel, textModel } from '../../src/core/text-model.js';
import type { TrainingRun } from '../../src/core/training-run.js';
import { numbers, workerTexts } from '../texts/chosen-worker.js';

/** A model that was read, with the run that it comes from where one was saved. */
export interface SavedModel {
  readonly model: TextModel;
  /** What the person should know of its files: that they have no checksum. */
  readonly warnings: readonly string[];
  readonly run?: RunRecord & {
    /** undefined: a corpus that the page has, by the settings' name. */
    readonly text: string | undefined;
    readonly snapshot: TrainerSnapshot;
  };
}

/** What `settings.corpus` is for a text of the person's own. */
export const ownText = 'own';

/** A model that this page cannot run; the message is for the person who chose it. */
export class UnsupportedModelError extends Error {
  override name = 'UnsupportedModelError';
}

/**
 * The page carries the WebAssembly engine alone, not tfjs, on which the reference path computes.
 * @throws UnsupportedModelError
 */
export function requireFused({ path }: RecurrentLanguageModel): void {
  if (path === 'fused') return;
  throw new UnsupportedModelError(workerTexts.models.notFused);
}

/** The files of a model directory, as `generate sample --model` reads them. */
export function modelFiles(
  { model, tokenizer, notes }: TextModel,
  { int8 = false }: { readonly int8?: boolean } = {},
): FileSet {
  const pieces = encodeModel(model, { tokenizer, notes, ...(int8 && { weights: 'int8' }) });
  return Object.fromEntries(Object.entries(pieces).map(([name, parts]) => [name, wholeFile(parts)]));
}

/** The same with what it takes to continue training exactly where the run is. */
export function runFiles(run: TrainingRun): FileSet {
  const { settings, epochs, corpus, trainer } = run;
  const encode = (text: string) => new TextEncoder().encode(text);
  return {
    ...modelFiles(run),
    'run.json': encode(encodeRecord({ settings, epochs })),
    'checkpoint.safetensors': wholeFile(encodeCheckpoint(trainer.snapshot())),
    ...(settings.corpus === ownText && { 'text.txt': encode(corpus.text) }),
  };
}

/**
 * @throws ModelFileError, InvalidCheckpointError, RunRecordError when a file is missing or damaged; UnsupportedModelError when
 *   the page cannot run the model
 */
export function openModelFiles(files: FileSet): SavedModel {
  const { 'config.json': config, 'run.json': record, 'checkpoint.safetensors': checkpoint } = files;
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (config && isNgramConfig(decode(config))) throw new UnsupportedModelError(workerTexts.models.ngram);
  const warnings: string[] = [];
  const saved = decodeModel(files, { onWarning: (warning) => warnings.push(warning) });
  const model = textModel({ ...saved, vocabulary: saved.model.vocabulary });
  if (!model) throw new UnsupportedModelError(workerTexts.models.noVocabulary);
  requireFused(model.model);
  if (!record || !checkpoint) return { model, warnings };
  const { 'text.txt': text } = files;
  return {
    model,
    warnings,
    run: {
      ...decodeRecord(decode(record), 'run.json'),
      text: text && decode(text),
      snapshot: decodeCheckpoint(checkpoint),
    },
  };
}

/** One .zip of a model's files. Weights hardly compress, so nothing is compressed. */
export function modelArchive(files: FileSet): Uint8Array<ArrayBuffer> {
  return zipSync({ ...files }, { level: 0 });
}

/** What a shared file says beside the model: how its text was written. */
const writingFile = 'writing.json';

/**
 * A model that is packed as small as can be, to be given to others.
 * @param writing the form of the text that it wrote. Default: it is not told
 */
export function sharedModel(files: FileSet, writing?: Settings): Uint8Array<ArrayBuffer> {
  return sharedArchive({ ...files, ...(writing && { [writingFile]: encodeSettings(writing) }) });
}

/** How a shared file says that its text was written; undefined where it says nothing that can be used. */
export function writingOf({ [writingFile]: bytes }: FileSet): Settings | undefined {
  return decodeSettings(bytes);
}

/** The files of a model directory. */
const names: readonly string[] = modelFileNames;

/** Far more than any model that a page can run. */
const mostBytes = 500e6;

/**
 * The files of a model from what someone chose: its three files, or a .zip of them, wherever in it they are.
 * @throws FileProblem
 */
export async function readModelFiles(chosen: readonly File[]): Promise<FileSet> {
  const size = chosen.reduce((sum, file) => sum + file.size, 0);
  if (size > mostBytes) throw tooLarge(workerTexts.models.theseFiles, size);
  const [first] = chosen;
  const files =
    chosen.length === 1 && first.name.toLowerCase().endsWith('.zip')
      ? unzipped(first.name, new Uint8Array(await first.arrayBuffer()))
      : await picked(chosen);
  if (Object.keys(files).length === 0) throw new FileProblem(workerTexts.models.expected(names.join(', ')));
  return files;
}

async function picked(chosen: readonly File[]): Promise<FileSet> {
  const known = chosen.filter(({ name }) => names.includes(name));
  const entries = known.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function unzipped(archive: string, bytes: Uint8Array): FileSet {
  try {
    let size = 0;
    const seen = new Set<string>();
    const found = unzip(bytes, (name, originalSize) => {
      const base = baseName(name);
      if (!names.includes(base) && base !== writingFile) return false;
      if (seen.has(base)) throw new FileProblem(workerTexts.models.twice(archive, base));
      seen.add(base);
      size += originalSize;
      // Before anything is unpacked: a small archive can hold, or claim, enormous files.
      if (size > mostBytes) throw tooLarge(archive, size);
      return true;
    });
    return Object.fromEntries(Object.entries(found).map(([name, content]) => [baseName(name), content]));
  } catch (error) {
    if (error instanceof FileProblem) throw error;
    throw new FileProblem(workerTexts.models.noZip(archive));
  }
}

function tooLarge(what: string, size: number): FileProblem {
  return new FileProblem(
    workerTexts.models.tooLarge(what, numbers.count(size / 1e6), numbers.count(mostBytes / 1e6)),
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

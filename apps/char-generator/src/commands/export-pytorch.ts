import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunIdentity } from '@throughtime/bptt-trainer';
import { checkpointFolder } from '@throughtime/bptt-trainer/node';
import {
  carryCard,
  type Reporter,
  readCard,
  requireEmptyFolder,
  UsageError,
} from '@throughtime/command-line';
import { modelFileNames } from '@throughtime/lang-model';
import { savedRunIn, saveModel } from '@throughtime/lang-model/node';
import { makeFolder, replaceFile } from '@throughtime/platform/node';
import { pythonFiles } from '@throughtime/pytorch-run';
import { pytorchRunFiles } from '../core/pytorch-run.js';
import { engineOf, fitOptions, prepareRun, type TrainingRun } from '../core/training-run.js';
import { startBackend } from './open-model.js';
import { checkpointsName, exists, openRun, recordName } from './run-folder.js';

/** What was written. */
export interface ExportedRun {
  /** Updates that the run has behind it. */
  readonly updates: number;
  readonly files: readonly string[];
}

/**
 * Writes a training run as a folder that PyTorch trains further: the program, the ids of the text, and under `model` a copy of the
 * run's folder, into which the program writes.
 * @throws UsageError when the model's folder holds no run, or the new folder is not empty; what opening the run throws
 */
export async function exportPytorchRun(
  model: string,
  out: string,
  { reporter, signal }: { readonly reporter: Reporter; readonly signal: AbortSignal },
): Promise<ExportedRun> {
  if (!(await exists(join(model, recordName)))) {
    throw new UsageError(
      `--model: expected the folder of a training run, with its ${recordName}, got '${model}'; generate train --out writes one`,
    );
  }
  await requireEmptyFolder(out);
  const folder = await openRun({ given: {}, out: model, resume: true, overwrite: false }, reporter, signal);
  try {
    const run = prepareRun(folder.corpus, folder.settings, {
      resume: folder.snapshot,
      initial: folder.initial,
    });
    if (run.model.path === 'reference') await startBackend();
    const identity = folder.snapshot?.memory.run ?? { id: folder.run, engine: engineOf(run.model) };
    const written = await writePytorchRun(run, out, identity);
    await copyFile(join(model, recordName), join(out, 'model', recordName));
    await copyEndedModel(model, join(out, 'model'), folder.run);
    await carryCard(model, join(out, 'model'), 'generate export --format pytorch', (text) =>
      reporter.warn(text),
    );
    return written;
  } finally {
    await folder.close();
  }
}

/**
 * The model of a run that has ended is not what its last checkpoint trains further: it has the weights of the best epoch, or averages. It
 * is copied as it is. Its card says whether it has ended.
 */
async function copyEndedModel(from: string, to: string, run: string): Promise<void> {
  const card = await readCard(from, () => {});
  if (card?.figures?.reason === undefined || (await savedRunIn(from)) !== run) return;
  for (const name of modelFileNames) await copyFile(join(from, name), join(to, name));
}

/** Writes a run as it is, all but the record that `generate train --resume` continues it by. */
export async function writePytorchRun(
  run: TrainingRun,
  out: string,
  identity: RunIdentity,
): Promise<ExportedRun> {
  const copy = join(out, 'model');
  await makeFolder(join(copy, checkpointsName));
  const store = checkpointFolder(join(copy, checkpointsName), { keep: 1 });
  let updates = 0;
  // A run that is told to end at once saves itself as it is, also before its first update.
  for await (const event of run.trainer.fit(run.batches, {
    ...fitOptions(run),
    ...{ signal: AbortSignal.abort(), run: identity, checkpoints: { store } },
  })) {
    if (event.type !== 'checkpoint') continue;
    updates = event.step;
    await saveModel(copy, run.model, { tokenizer: run.tokenizer, notes: run.notes, run: identity.id });
  }
  // run.json comes last: without it the folder is no run.
  const files = [...(await pythonFiles()), ...pytorchRunFiles(run).reverse()];
  for (const [name, content] of files) {
    await replaceFile(join(out, name), typeof content === 'string' ? content : [content]);
  }
  return { updates, files: [...files.map(([name]) => name), 'model'] };
}

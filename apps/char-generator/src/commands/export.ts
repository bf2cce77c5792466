import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  acceptDamageOption,
  carryCard,
  HeldFolder,
  interruptible,
  reporterFor,
  UsageError,
} from '@throughtime/command-line';
import { grouped } from '@throughtime/errors';
import type { RecurrentLanguageModel } from '@throughtime/lang-model';
import { Command, Option } from 'commander';
import type { TextModel } from '../core/text-model.js';
import { int8Option } from './model-options.js';

interface ExportOptions {
  readonly model: string;
  readonly format: 'safetensors' | 'onnx' | 'folder' | 'pytorch';
  readonly out: string;
  readonly acceptDamage?: boolean;
  readonly int8?: boolean;
  readonly json?: boolean;
}

const notes = `
safetensors: the weights under the names of a PyTorch module with members embedding, rnn and decoder (load_state_dict takes them as they are).
onnx: a graph from tokens [N, T] to logits [N, T, V] with the state as inputs h_0, c_0, ... and outputs h_0_next, ...; default: safetensors.
folder: as train writes it, for sample, evaluate and the page, without the run that training continues from.
The model's card (who made it, when, of what, how good it is) goes along: into the folder, or beside the file as FILE.card.json.
With --int8 a file is a quarter as large: matrices are tensors of bytes (I8), each with the scales of its rows beside it (NAME.scales).
pytorch: a folder that continues the run's training with PyTorch (1.13 or later, with numpy and safetensors), on one processor, one GPU or many:
python FOLDER/train.py, or torchrun --nproc-per-node 2 FOLDER/train.py. What it trains lies in FOLDER/model: generate sample opens it, and
generate train --out FOLDER/model --resume trains it further.

How long it takes: a second; a run for PyTorch as long as reading its text.

Example:
  generate export --model out/whale --format onnx --out whale.onnx
  generate export --model out/whale --format folder --int8 --out out/small-whale
  generate export --model out/whale --format pytorch --out out/whale-pytorch`;

/** `generate export` */
export function exportCommand(): Command {
  return new Command('export')
    .requiredOption('--model <folder>', 'the folder that train wrote')
    .addOption(
      new Option('--format <name>', 'file format')
        .choices(['safetensors', 'onnx', 'folder', 'pytorch'])
        .default('safetensors'),
    )
    .requiredOption(
      '--out <file>',
      'the file or folder to write, replaced if there is one; for pytorch a new or empty folder',
    )
    .option(...acceptDamageOption)
    .option(...int8Option)
    .option('--json', 'JSON lines on stdout: warning, ..., done')
    .addHelpText('after', notes)
    .action(exportModel);
}

/** Writes a model as one file for other programs, or as a folder. */
async function exportModel(options: ExportOptions): Promise<void> {
  const { model: folder, format, out, acceptDamage, int8, json } = options;
  if (int8 && (format === 'onnx' || format === 'pytorch')) {
    const why = format === 'onnx' ? 'whose operators take float32 weights' : 'which trains float32 weights';
    throw new UsageError(`--int8: expected --format safetensors or folder, got ${format}, ${why}`);
  }
  if (format === 'pytorch') return interruptible((signal) => exportRun(options, signal));
  // Loaded only now, so that help and complaints come at once.
  const { openModel } = await import('./open-model.js');
  const reporter = reporterFor(json);
  const opened = await openModel(folder, { acceptDamage, int8, warn: (text) => reporter.warn(text) });
  const carry = () =>
    carryCard(folder, out, `generate export --format ${format}${int8 ? ' --int8' : ''}`, (text) =>
      reporter.warn(text),
    );
  if (format === 'folder') await HeldFolder.during(out, (held) => writeFolder(held, opened, carry));
  else await writeFile(out, format, opened, carry);
  const file = format === 'folder' ? join(out, 'model.safetensors') : out;
  const { size: bytes } = await stat(file);
  reporter.print(`${file}: ${grouped(bytes)} bytes`);
  reporter.event('done', { out, format, bytes });
}

/** @throws UsageError when the folder holds a training run, which the model would no longer be of; FolderLockedError */
async function writeFolder(
  held: HeldFolder,
  { model, tokenizer, notes }: TextModel<RecurrentLanguageModel>,
  carry: () => Promise<void>,
): Promise<void> {
  const { saveModel } = await import('@throughtime/lang-model/node');
  const { holdsRun } = await import('./run-folder.js');
  const requireNoRun = async () => {
    if (await holdsRun(held.path))
      throw new UsageError(
        `--out: expected a folder without a training run, got '${held.path}', which holds one; name another folder`,
      );
  };
  await requireNoRun();
  const isNew = !held.isHeld;
  await held.begin();
  // A run may have come since we looked.
  if (isNew) await requireNoRun();
  await saveModel(held.path, model, { tokenizer, notes });
  await carry();
}

async function writeFile(
  out: string,
  format: 'safetensors' | 'onnx',
  { model }: TextModel<RecurrentLanguageModel>,
  carry: () => Promise<void>,
): Promise<void> {
  const { encodeModel, exportOnnx } = await import('@throughtime/lang-model');
  const { isSystemError, replaceFile } = await import('@throughtime/platform/node');
  const bytes = format === 'onnx' ? [exportOnnx(model)] : encodeModel(model)['model.safetensors']!;
  try {
    await replaceFile(out, bytes);
    await carry();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError(`--out: expected a file that can be written, got '${out}' (${error.code})`, {
      cause: error,
    });
  }
}

async function exportRun({ model, out, json }: ExportOptions, signal: AbortSignal): Promise<void> {
  const { exportPytorchRun } = await import('./export-pytorch.js');
  const reporter = reporterFor(json);
  const { updates, files } = await exportPytorchRun(model, out, { reporter, signal });
  reporter.print(
    `${out}: the run after ${grouped(updates)} updates; python ${out}/train.py trains it further`,
  );
  reporter.event('done', { out, format: 'pytorch', updates, files });
}

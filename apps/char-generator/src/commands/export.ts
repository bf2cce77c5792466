import { reporterFor, UsageError } from '@throughtime/command-line';
import { Command, Option } from 'commander';
import { acceptDamageOption } from './model-options.js';

interface ExportOptions {
  readonly model: string;
  readonly format: 'safetensors' | 'onnx';
  readonly out: string;
  readonly acceptDamage?: boolean;
  readonly json?: boolean;
}

const notes = `
safetensors: the weights under the names of a PyTorch module with members embedding, rnn and decoder (load_state_dict takes them as they are).
onnx: a graph from tokens [N, T] to logits [N, T, V] with the state as inputs h_0, c_0, ... and outputs h_0_next, ...; default: safetensors.

How long it takes: a second.

Example:
  generate export --model out/whale --format onnx --out whale.onnx`;

/** `generate export` */
export function exportCommand(): Command {
  return new Command('export')
    .description('Write a trained model as one file for other programs.')
    .requiredOption('--model <folder>', 'the folder that train wrote')
    .addOption(
      new Option('--format <name>', 'file format').choices(['safetensors', 'onnx']).default('safetensors'),
    )
    .requiredOption('--out <file>', 'the file to write; replaced if there is one')
    .option(...acceptDamageOption)
    .option('--json', 'JSON lines on stdout: warning, ..., done')
    .addHelpText('after', notes)
    .action(exportModel);
}

/** Writes a model as one file for other programs. */
async function exportModel({ model: folder, format, out, acceptDamage, json }: ExportOptions): Promise<void> {
  // Loaded only now, so that help and complaints come at once.
  const { encodeModel, exportOnnx } = await import('@throughtime/lang-model');
  const { replaceFile } = await import('@throughtime/platform/node');
  const { openModel } = await import('./open-model.js');
  const reporter = reporterFor(json);
  const { model } = await openModel(folder, { acceptDamage, warn: (text) => reporter.warn(text) });
  const pieces = format === 'onnx' ? [exportOnnx(model)] : encodeModel(model)['model.safetensors']!;
  try {
    await replaceFile(out, pieces);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `--out: expected a file that can be written, got '${out}' (${code ?? (error as Error).message})`,
    );
  }
  const bytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  reporter.print(`${out}: ${bytes.toLocaleString('en')} bytes`);
  reporter.event('done', { out, format, bytes });
}

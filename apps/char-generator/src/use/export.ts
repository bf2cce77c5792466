import { reporterFor, UsageError } from '@throughtime/command-line';
import { encodeModel, exportOnnx, RecurrentLanguageModel } from '@throughtime/lang-model';
import { replaceFile } from '@throughtime/platform/node';
import { openModel } from './open-model.js';

export interface ExportOptions {
  readonly model: string;
  readonly format: 'safetensors' | 'onnx';
  readonly out: string;
  readonly json?: boolean;
}

/** Writes a model as one file for other programs. */
export async function exportModel({ model: folder, format, out, json }: ExportOptions): Promise<void> {
  const { model } = await openModel(folder);
  if (!(model instanceof RecurrentLanguageModel))
    throw new UsageError(
      `--model: expected a recurrent model, got an n-gram model in '${folder}' (generate ngram writes ARPA files)`,
    );
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
  const reporter = reporterFor(json);
  reporter.print(`${out}: ${bytes.toLocaleString('en')} bytes`);
  reporter.event('done', { out, format, bytes });
}

import { Command, Option } from 'commander';
import type { ExportOptions } from '../use/export.js';

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
    .option('--json', 'JSON lines on stdout: done')
    .addHelpText('after', notes)
    .action(async (options: ExportOptions) => {
      // Loaded only now, so that help and complaints come at once.
      const { exportModel } = await import('../use/export.js');
      await exportModel(options);
    });
}

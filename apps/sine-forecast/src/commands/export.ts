import { join } from 'node:path';
import { adam, sgd } from '@throughtime/bptt-trainer';
import {
  acceptDamageOption,
  carryCard,
  integerOption,
  nameArguments,
  numberOption,
  reporterFor,
  requireEmptyFolder,
} from '@throughtime/command-line';
import { ArgumentError } from '@throughtime/errors';
import { type RecurrentTraining, recurrentTraining } from '@throughtime/forecasting';
import { loadForecaster, saveForecaster } from '@throughtime/forecasting/node';
import { makeFolder, replaceFile } from '@throughtime/platform/node';
import { encodeForecasterRun, optimizerSettings, pythonFiles } from '@throughtime/pytorch-run';
import { Command, Option } from 'commander';

interface ExportOptions {
  readonly model: string;
  readonly format: 'pytorch';
  readonly out: string;
  readonly train?: number;
  readonly epochs?: number;
  readonly lr?: number;
  readonly batch?: number;
  readonly acceptDamage?: boolean;
  readonly json?: boolean;
}

const notes = `
pytorch: a folder that trains the network further with PyTorch (1.13 or later, with numpy and safetensors), on one processor, one GPU or many:
python FOLDER/train.py, or torchrun --nproc-per-node 2 FOLDER/train.py. What it trains lies in FOLDER/model, which forecast predict opens.
Networks of forecast run (--model rnn, gru or lstm) can be exported; intervals stay those of the errors before.

How long it takes: a second.

Example:
  forecast run --series air-passengers --model gru --out out/air
  forecast export --model out/air --out out/air-pytorch --epochs 100`;

/** `forecast export` */
export function exportCommand(): Command {
  const command = new Command('export')
    .requiredOption('--model <folder>', 'the folder that run wrote')
    .addOption(new Option('--format <name>', 'the form').choices(['pytorch']).default('pytorch'))
    .requiredOption('--out <folder>', 'a new or empty folder')
    .option(
      '--train <n>',
      'learn from the first n values of each series (default: from all that the model has)',
      integerOption({ min: 2 }),
    )
    .option('--epochs <n>', 'passes over them there (default: as many as before)', integerOption({ min: 1 }))
    .option('--lr <x>', 'learning rate there (default: as before)', numberOption({ min: 0 }))
    .option('--batch <n>', 'examples of a batch there (default: as before)', integerOption({ min: 1 }))
    .option(...acceptDamageOption)
    .option('--json', 'JSON lines on stdout: warning, done')
    .addHelpText('after', notes)
    .action(exportModel);
  return nameArguments(command, { forecaster: '--model', strategy: '--model', optimizer: '--model' });
}

async function exportModel(options: ExportOptions): Promise<void> {
  const { model, out, train, acceptDamage = false, json } = options;
  const reporter = reporterFor(json);
  const loaded = await loadForecaster(model, {
    acceptDamage,
    onWarning: (warning) => reporter.warn(warning),
  });
  const { forecaster } = loaded;
  await requireEmptyFolder(out);
  const series = forecaster.series.map((one) => one.slice(0, train ?? one.length));
  const training = recurrentTraining(forecaster, series);
  if (training.examples.count - training.held < 1) {
    const { length } = forecaster.method.requires('fit');
    throw new ArgumentError('train', `at least ${length}, for one example`, train ?? series[0].length);
  }
  const { inputs, targets } = training.examples;
  await makeFolder(out);
  await saveForecaster(join(out, 'model'), forecaster, { notes: loaded.notes });
  await carryCard(model, join(out, 'model'), 'forecast export', (text) => reporter.warn(text));
  // run.json comes last: without it the folder is no run.
  const files: [string, string | Uint8Array][] = [
    ...(await pythonFiles('forecaster')),
    ['inputs.float32', bytesOf(inputs)],
    ['targets.float32', bytesOf(targets)],
    ['run.json', runOf(training, options)],
  ];
  for (const [name, content] of files) {
    await replaceFile(join(out, name), typeof content === 'string' ? content : [content]);
  }
  const examples = training.examples.count - training.held;
  reporter.print(
    `${out}: ${examples} examples to learn from; python ${out}/train.py trains the network further`,
  );
  reporter.event('done', { out, format: 'pytorch', examples, files: files.map(([name]) => name) });
}

function runOf(training: RecurrentTraining, { epochs, lr, batch }: ExportOptions): string {
  const { network, readFrom, values, head, examples, held, prefix, clipNorm, patience, random } = training;
  const { count, steps, inputs, targets } = examples;
  const rate = lr ?? training.learningRate;
  return encodeForecasterRun({
    ...{ network, readFrom, values, head, prefix, patience, random },
    examples: {
      ...{ count, held, steps },
      width: inputs.length / (count * steps),
      predictions: targets.length / count,
    },
    optimizer: optimizerSettings(training.optimizer === 'sgd' ? sgd(rate) : adam(rate)),
    clip: { norm: clipNorm },
    batch: batch ?? training.batchSize,
    epochs: epochs ?? training.epochs,
  });
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

import { join } from 'node:path';
import {
  HeldFolder,
  integerOption,
  interruptible,
  nameArguments,
  numberListOption,
  numberOption,
  reporterFor,
  reportInterrupted,
  textTable,
  UsageError,
} from '@throughtime/command-line';
import {
  type EditionName,
  editions,
  mostSineLags,
  type OneStepModelName,
  oneStepModelNames,
  type SineExperiment,
  sineExperiment,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { Command } from 'commander';
import { chapterHorizons } from '../core/compare-models.js';
import { formatNumber } from '../core/report.js';
import { addCommonOptions, useTensorBackend } from './shared-options.js';
import { writeCsv } from './write-files.js';

interface ChapterOptions {
  readonly edition: EditionName;
  readonly model?: OneStepModelName;
  readonly lags: number | readonly number[];
  readonly sweep?: readonly number[];
  readonly noise: number;
  readonly epochs?: number;
  readonly lr?: number;
  readonly hidden?: readonly number[];
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function chapterCommand(): Command {
  const command = new Command('chapter')
    .option(
      '--edition <name>',
      Object.keys(editions).join(', '),
      choice('--edition', Object.keys(editions)),
      '1.0',
    )
    .option(
      '--model <name>',
      `instead of the edition's: ${oneStepModelNames.join(', ')}`,
      choice('--model', oneStepModelNames),
    )
    .option('--lags <list>', 'how many of the last values, or which (1,8,16,24)', lagsOption, 4)
    .option(
      '--sweep <list>',
      'repeat for these numbers of lags',
      numberListOption({ min: 1, max: mostSineLags }),
    )
    .option('--noise <x>', 'standard deviation of the noise', numberOption({ min: 0 }), 0.2)
    .option('--epochs <n>', "instead of the edition's", integerOption({ min: 1 }))
    .option('--lr <x>', "instead of the edition's", numberOption({ min: 0 }))
    .option(
      '--hidden <list>',
      "units of each hidden layer, instead of the edition's; a recurrent model has one, a linear one none",
      numberListOption({ min: 1 }),
    )
    .option('--out <dir>', "where the k-step table goes, as CSV, with the chapter's three figures");
  nameArguments(command, { learningRate: '--lr', hiddenSize: '--hidden' });
  return addCommonOptions(command).action((options: ChapterOptions) =>
    options.out === undefined
      ? run(options)
      : HeldFolder.during(options.out, (folder) => run(options, folder)),
  );
}

function choice(option: string, names: readonly string[]): (text: string) => string {
  return (text) => {
    if (!names.includes(text))
      throw new UsageError(`${option}: expected one of ${names.join(', ')}, got '${text}'`);
    return text;
  };
}

function lagsOption(text: string): number | number[] {
  const list = numberListOption({ min: 1, max: mostSineLags })(text);
  return list.length === 1 ? list[0] : list;
}

/** @param folder of --out */
async function run(options: ChapterOptions, folder?: HeldFolder): Promise<void> {
  const report = reporterFor(options.json);
  await useTensorBackend();
  await interruptible(async (signal) => {
    const { edition, model, noise, epochs, lr: learningRate, hidden } = options;
    const rows: string[][] = [];
    for (const lags of options.sweep ?? [options.lags]) {
      const random = Random.seeded(options.seed);
      const result = await sineExperiment({
        random,
        edition,
        model,
        lags,
        noise,
        epochs,
        learningRate,
        hiddenSize: hidden?.length === 1 ? hidden[0] : hidden,
        signal,
      });
      if (signal.aborted) {
        const saved = rows.length === 0 ? 'nothing' : `${rows.length} of the experiments`;
        const where = folder === undefined ? '' : `; ${saved} saved in ${folder.path}`;
        reportInterrupted(report, `forecast: interrupted${where}`, { experiments: rows.length });
        return;
      }
      const figures = figuresOf(result);
      report.event('experiment', { edition, model: result.model, lags, ...figures });
      const { trainingError, validationError, kStep } = figures;
      rows.push([
        `${result.model}, lags ${lags}`,
        ...[trainingError, validationError, ...kStep].map(formatNumber),
      ]);
      if (folder !== undefined) await save(folder, String(lags).replaceAll(',', '-'), result);
    }
    rows.push([
      'noise floor',
      ...Array.from({ length: 2 + chapterHorizons.length }, () => formatNumber(noise ** 2)),
    ]);
    report.print(`edition ${edition}: mean squared errors, the noise floor below them\n`);
    report.print(
      textTable(['model', 'training', 'validation', ...chapterHorizons.map((k) => `k = ${k}`)], rows),
    );
    report.event('done', { noiseFloor: noise ** 2 });
  });
}

function figuresOf({ trainingError, validationError, kStep, multiStep }: SineExperiment) {
  return {
    trainingError,
    validationError,
    kStep: chapterHorizons.map((step) => kStep.meanSquaredError(step)),
    table: [kStep.rows, kStep.columns],
    lastFreeRunning: multiStep[multiStep.length - 1],
  };
}

async function save(folder: HeldFolder, lags: string, result: SineExperiment): Promise<void> {
  await folder.begin();
  const { saveFigures } = await import('./chapter-figures.js');
  await saveFigures(folder.path, lags, result);
  const { kStep } = result;
  const header = Array.from({ length: kStep.columns }, (_, column) =>
    column < kStep.span ? `x${column + 1}` : `step${column - kStep.span + 1}`,
  );
  const rows = Array.from({ length: kStep.rows }, (_, row) => [
    ...kStep.cells.subarray(row * kStep.columns, (row + 1) * kStep.columns),
  ]);
  await writeCsv(join(folder.path, `k-step-lags-${lags}.csv`), header, rows);
}

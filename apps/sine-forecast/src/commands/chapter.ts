import { join } from 'node:path';
import {
  HeldFolder,
  integerOption,
  interruptible,
  nameArguments,
  numberListOption,
  numberOption,
  reporterFor,
  textTable,
  UsageError,
} from '@throughtime/command-line';
import {
  type EditionName,
  editions,
  type OneStepModelName,
  oneStepModelNames,
  type SineExperiment,
  sineExperiment,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { Command } from 'commander';
import { chapterHorizons } from '../core/compare-models.js';
import { kStepFigure, multiStepFigure, oneStepFigure } from '../core/figures.js';
import { formatNumber } from '../core/report.js';
import { addCommonOptions, useTensorBackend } from './shared-options.js';
import { writeCsv, writeFigure } from './write-files.js';

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
    .description(
      "The chapter's experiment with an edition's settings: a noisy sine, one, many and k steps ahead.",
    )
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
    .option('--sweep <list>', 'repeat for these numbers of lags', numberListOption({ min: 1 }))
    .option('--noise <x>', 'standard deviation of the noise', numberOption({ min: 0 }), 0.2)
    .option('--epochs <n>', "instead of the edition's", integerOption({ min: 1 }))
    .option('--lr <x>', "instead of the edition's", numberOption({ min: 0 }))
    .option(
      '--hidden <list>',
      "units of each hidden layer, instead of the edition's; a recurrent model has one",
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
  const list = numberListOption({ min: 1 })(text);
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
      if (signal.aborted) return;
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

/** One step ahead, freely running, and k steps ahead, as the chapter draws them. */
async function saveFigures(folder: string, lags: string, result: SineExperiment): Promise<void> {
  const { model, values, oneStep, multiStep, multiStepStart, kStep } = result;
  // The chapter's times begin at 1.
  const points = (from: number, all: ArrayLike<number>) =>
    Array.from(all, (value, i) => ({ time: from + i + 1, value }));
  const data = points(0, values);
  const { cells, columns, rows, span } = kStep;
  const drawn = {
    model,
    origin: multiStepStart + 1,
    // A row's columns are the values at neighboring times: those it was told, then those it foretells.
    ahead: (step: number) => {
      const column = span + step - 1;
      if (step === 1) return points(span, oneStep);
      return points(
        column,
        Array.from({ length: rows }, (_, row) => cells[row * columns + column]),
      );
    },
    freeRunning: points(multiStepStart, multiStep.subarray(multiStepStart)),
  };
  const figures = {
    'one-step': oneStepFigure(data, drawn),
    'multi-step': multiStepFigure(data, drawn),
    'k-step': kStepFigure(data, drawn, { steps: chapterHorizons }),
  };
  for (const [name, figure] of Object.entries(figures))
    await writeFigure([folder], `${name}-lags-${lags}`, figure);
}

import { unzip } from '@throughtime/datasets';
import {
  decodeForecaster,
  encodeForecaster,
  Forecaster,
  type ForecasterFileName,
  forecasterFileNames,
  TimeSeries,
} from '@throughtime/forecasting';
import {
  decodeSettings,
  encodeSettings,
  type FileSet,
  type Settings,
  sharedArchive,
  wholeFile,
} from '@throughtime/web-page';
import { workerTexts } from '../texts/chosen-worker.js';
import { TrainingProblem } from './training-problem.js';

/** The two fits of a training: the one that calibrates its intervals, and the one that forecasts. */
export interface FittedModels {
  readonly calibration: Forecaster;
  readonly final: Forecaster;
}

const fits = ['calibration', 'final'] as const satisfies readonly (keyof FittedModels)[];
const settingsFile = 'settings.json';
const names = fits.flatMap((fit) => forecasterFileNames.map((name) => fileOf(fit, name)));

/** Far more than any network of this page. */
const mostBytes = 20e6;

/**
 * A training's result to be given to others, as a .zip: weights and no data. Whoever opens it has the series, or makes it from the same
 * settings.
 * @param settings of the form. Default: they go another way
 */
export function packModels(fitted: FittedModels, settings?: Settings): Uint8Array<ArrayBuffer> {
  const files: Record<string, Uint8Array> = settings ? { [settingsFile]: encodeSettings(settings) } : {};
  for (const fit of fits)
    for (const [name, parts] of Object.entries(encodeForecaster(withoutData(fitted[fit]))))
      files[fileOf(fit, name as ForecasterFileName)] = wholeFile(parts);
  return sharedArchive(files);
}

/**
 * The models that {@link packModels} packed.
 * @throws TrainingProblem for anything else
 */
export function unpackModels(archive: Uint8Array): FittedModels {
  const files = unpacked(archive, names);
  try {
    const [calibration, final] = fits.map(
      (fit) =>
        decodeForecaster(
          Object.fromEntries(forecasterFileNames.map((name) => [name, files[fileOf(fit, name)]])),
        ).forecaster,
    );
    return { calibration, final };
  } catch (error) {
    throw damaged(error);
  }
}

/** The form's settings that a shared file tells. */
export function packedSettings(archive: Uint8Array): Settings {
  const settings = decodeSettings(unpacked(archive, [settingsFile])[settingsFile]);
  if (settings === undefined) throw damaged();
  return settings;
}

function unpacked(archive: Uint8Array, wanted: readonly string[]): FileSet {
  try {
    let size = 0;
    return unzip(archive, (name, originalSize) => {
      if (!wanted.includes(name)) return false;
      size += originalSize;
      // Before anything is unpacked: a small archive can claim enormous files.
      if (size > mostBytes) throw damaged();
      return true;
    });
  } catch (error) {
    throw damaged(error);
  }
}

function damaged(cause?: unknown): TrainingProblem {
  return new TrainingProblem(workerTexts.training.damaged, { cause });
}

function fileOf(fit: keyof FittedModels, name: ForecasterFileName): string {
  return `${fit}/${name}`;
}

/** The same method, as if it continued zeros: as many as a reader wants for the options that it has. */
function withoutData({ method, series: [first] }: Forecaster): Forecaster {
  const values = new Float64Array(method.requires('fit').length * first.width);
  const { name, variables, period } = first;
  return new Forecaster(method, [TimeSeries.of({ name, values, variables, period })]);
}

import { join } from 'node:path';
import { inWords } from '@throughtime/errors';
import { makeFolder, readWholeFiles, replaceFiles } from '@throughtime/platform/node';
import { InvalidModelError } from '../errors.js';
import {
  decodeForecaster,
  encodeForecaster,
  forecasterFileNames,
  type LoadedForecaster,
  type LoadForecasterOptions,
  type SaveOptions,
} from '../files/forecaster-files.js';
import type { Forecaster } from '../methods/forecaster.js';

/**
 * Writes `config.json` and `model.safetensors` into a directory, made where it is missing. Whatever the disk refuses leaves the
 * forecaster that was there.
 *
 * @example
 * ```ts
 * import { ets, TimeSeries } from '@throughtime/forecasting';
 * import { loadForecaster, saveForecaster } from '@throughtime/forecasting/node';
 * const model = await ets().fit(TimeSeries.of({ values: [112, 118, 132, 129, 121, 135, 148, 148, 136, 119] }));
 * await saveForecaster('out/sales', model);
 * const { forecaster } = await loadForecaster('out/sales');
 * await forecaster.predict(3);
 * ```
 */
export async function saveForecaster(
  directory: string,
  forecaster: Forecaster,
  options: SaveOptions = {},
): Promise<void> {
  const files = encodeForecaster(forecaster, options);
  await makeFolder(directory);
  await replaceFiles(forecasterFileNames.map((name) => [join(directory, name), files[name]]));
}

/**
 * @throws InvalidModelError whose message names the file, when one is missing or cannot be read back; ArgumentError for the options; the
 *   file system's error
 */
export async function loadForecaster(
  directory: string,
  options: LoadForecasterOptions = {},
): Promise<LoadedForecaster> {
  const files = await readWholeFiles(
    directory,
    forecasterFileNames,
    (path) => new InvalidModelError(path, 'a file of a saved forecaster', inWords('none')),
  );
  const { onWarning } = options;
  return decodeForecaster(files, {
    ...options,
    onWarning: onWarning && ((warning) => onWarning(join(directory, warning))),
  });
}

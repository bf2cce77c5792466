// What the M4 reproductions share: the data, downloaded and checked, every method's row, and the bounds.
import { readFile } from 'node:fs/promises';
import { downloadFile } from '@throughtime/datasets/node';
import {
  coverage,
  Forecaster,
  meanAbsoluteScaledError,
  symmetricMeanAbsolutePercentageError,
  TimeSeries,
} from '@throughtime/forecasting';

const commit = '6c1067e5a57161249b17289a565178dc7a3fb3ca';
const folder = `https://raw.githubusercontent.com/Mcompetitions/M4-methods/${commit}/Dataset`;

/** @typedef {{ file: string, url: string, bytes: number, sha256: string }} RemoteFile */

/** @param {'Train' | 'Test'} part @param {string} file @param {number} bytes @param {string} sha256 @returns {RemoteFile} */
const remote = (part, file, bytes, sha256) => ({ file, url: `${folder}/${part}/${file}`, bytes, sha256 });

export const hourlyFiles = {
  train: remote(
    'Train',
    'Hourly-train.csv',
    2_347_115,
    'ea59b7783573c49077a835ab6465c7d66f1474783360f310988a9a737fbca62f',
  ),
  test: remote(
    'Test',
    'Hourly-test.csv',
    132_820,
    '71a57fccb15e534d973626ada4fb87febf789e9317715b7cc6dd3b5f90db6f42',
  ),
};

export const weeklyFiles = {
  train: remote(
    'Train',
    'Weekly-train.csv',
    4_015_067,
    'd478d3f6ed673e6ed3c2cb0fbed5425f72eedd51318ebebeb0b5ecfcefc37714',
  ),
  test: remote(
    'Test',
    'Weekly-test.csv',
    44_247,
    '3b2bc4be8e636e802260dcd843ca3c5da40536a1fbe1ecb3229a97dae4f44688',
  ),
};

/** Rows of a name and values; a row ends with empty cells where its series is shorter than others. @param {string} path */
async function rowsOf(path) {
  const lines = (await readFile(path, 'utf8')).trim().split(/\r?\n/).slice(1);
  return lines.map((line) => {
    const [name, ...cells] = line.split(',').map((cell) => cell.replaceAll('"', ''));
    return { name, values: cells.filter((cell) => cell !== '' && cell !== 'NA').map(Number) };
  });
}

/** @param {{ train: RemoteFile, test: RemoteFile }} files @param {number} period what MASE is scaled by */
export async function loadM4(files, period) {
  const train = await rowsOf(await downloadFile(files.train));
  const test = await rowsOf(await downloadFile(files.test));
  const series = train.map(({ name, values }) => TimeSeries.of({ name, values, period }));
  return { series, actual: test.map(({ values }) => Float64Array.from(values)), period };
}

/** @typedef {{ series: TimeSeries[], actual: Float64Array[], period: number }} M4 */
/** @typedef {{ mase: number, smape: number, coverage: number }} Scores */

/** Means over the series, as in the competition. @param {M4} data @param {import('@throughtime/forecasting').Forecast[]} forecasts @returns {Scores} */
export function scoresOfForecasts({ series, actual, period }, forecasts) {
  /** @param {number[]} values */
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const training = series.map(({ values }) => values);
  return {
    mase: mean(
      actual.map((y, i) => meanAbsoluteScaledError(y, forecasts[i].mean, { training: training[i], period })),
    ),
    smape: mean(actual.map((y, i) => symmetricMeanAbsolutePercentageError(y, forecasts[i].mean))),
    coverage: mean(
      actual.map((y, i) => {
        const [low, high] = forecasts[i].quantiles;
        return coverage(y, low.values, high.values);
      }),
    ),
  };
}

/** Fits one model to all series, or one to each, and forecasts what follows, with 90% intervals. */
export class M4Table {
  /** @type {M4} */ #data;
  #horizon;
  #report;
  /** @type {Map<string, Scores & { seconds: number }>} */ rows = new Map();

  /** @param {M4} data @param {{ horizon: number, report: (line: string) => void }} options */
  constructor(data, { horizon, report }) {
    this.#data = data;
    this.#horizon = horizon;
    this.#report = report;
    report(`${data.series.length} series, ${horizon} steps ahead`);
    report(`  ${'method'.padEnd(44)} ${'MASE'.padStart(7)} ${'sMAPE'.padStart(8)}  90% covers   seconds`);
  }

  /** @param {string} name @param {number} mase @param {number} smape */
  published(name, mase, smape) {
    this.#report(`  ${name.padEnd(44)} ${mase.toFixed(3).padStart(7)} ${smape.toFixed(3).padStart(8)}`);
  }

  /** A model of its own for each series. @param {string} name @param {() => Forecaster} make */
  async local(name, make) {
    const began = performance.now();
    const forecasts = [];
    for (const series of this.#data.series) {
      const model = await make().fit(series);
      forecasts.push(await model.predict(this.#horizon, { levels: [0.05, 0.95] }));
    }
    return this.#row(name, forecasts, began);
  }

  /** One model for all series. @param {string} name @param {Forecaster} model */
  async global(name, model) {
    const began = performance.now();
    await model.fit(this.#data.series, {
      onProgress: ({ epoch, epochs }) => {
        if (epoch % 20 === 0) this.#report(`    ${name}: ${epoch} of ${epochs} validations`);
      },
    });
    return this.fitted(name, model, began);
  }

  /** A model that is fitted. @param {string} name @param {Forecaster} model */
  async fitted(name, model, began = performance.now()) {
    return this.#row(name, await model.predictAll(this.#horizon, { levels: [0.05, 0.95] }), began);
  }

  /** A member of a fitted ensemble. @param {string} name @param {Forecaster} member */
  async member(name, member) {
    return this.fitted(name, new Forecaster(member.method, this.#data.series));
  }

  /** @param {string} name @param {import('@throughtime/forecasting').Forecast[]} forecasts @param {number} began */
  #row(name, forecasts, began) {
    const row = { ...scoresOfForecasts(this.#data, forecasts), seconds: (performance.now() - began) / 1000 };
    this.rows.set(name, row);
    const { mase, smape, coverage: share, seconds } = row;
    const figures = [
      mase.toFixed(3).padStart(7),
      smape.toFixed(3).padStart(8),
      `${(100 * share).toFixed(1)}%`.padStart(11),
    ];
    this.#report(`  ${name.padEnd(44)} ${figures.join(' ')} ${seconds.toFixed(0).padStart(9)}`);
    return row;
  }
}

/**
 * @param {string} name @param {Scores} scores
 * @param {{ mase: number, smape?: number, aims?: { mase: number, smape: number } }} bounds
 */
export function checksOf(name, { mase, smape, coverage: share }, bounds) {
  const aims = bounds.aims;
  /** @param {number} most @param {number | undefined} aim */
  const expected = (most, aim) => `<= ${most}${aim === undefined ? '' : ` (aim ${aim})`}`;
  return [
    {
      name: `${name}: MASE`,
      expected: expected(bounds.mase, aims?.mase),
      ours: mase.toFixed(3),
      within: mase <= bounds.mase,
    },
    ...(bounds.smape === undefined
      ? []
      : [
          {
            name: `${name}: sMAPE`,
            expected: expected(bounds.smape, aims?.smape),
            ours: smape.toFixed(3),
            within: smape <= bounds.smape,
          },
        ]),
    {
      name: `${name}: 90% intervals cover`,
      expected: '87% to 93%',
      ours: `${(100 * share).toFixed(1)}%`,
      within: share >= 0.87 && share <= 0.93,
    },
  ];
}

/** A note that belongs to every table of published rows. */
export const publishedNote =
  "The published rows are quoted from memory of the competition's tables, but for the seasonal naive's, which comes out to the digit.";

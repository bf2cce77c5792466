// Our AutoETS, AutoARIMA and theta beside those of statsforecast (Python), on embedded series and on a sample of M4's hourly ones.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSeries } from '@throughtime/datasets';
import {
  arima,
  ets,
  fromDataset,
  meanAbsoluteError,
  seasonalScale,
  TimeSeries,
  theta,
} from '@throughtime/forecasting';
import { hourlyFiles, loadM4 } from '../reproductions/m4-protocol.mjs';
import { peerPython } from '../scripts/peers.mjs';

/** @typedef {{ values: Float64Array, actual: Float64Array, period: number }} Case a beginning of a series, and what came */
/** @typedef {(problem: Case) => import('@throughtime/forecasting').Forecaster} Make */

/** Ours beside theirs. @type {Readonly<Record<string, { peer: string, make: Make }>>} */
const methods = {
  ETS: { peer: 'AutoETS', make: ({ period }) => ets({ period }) },
  'theta, standard': { peer: 'Theta', make: ({ period }) => theta({ period, model: 'STM' }) },
  'theta, optimized': { peer: 'OptimizedTheta', make: ({ period }) => theta({ period, model: 'OTM' }) },
  ARIMA: { peer: 'AutoARIMA', make: ({ period }) => arima({ period }) },
};

/** Which embedded series, and how they are cut: the last `length` values, the last `origins` beginnings. */
const embedded = [
  { name: 'air-passengers', label: 'AirPassengers', period: 12, horizon: 24, length: 144, origins: 4 },
  { name: 'us-births', label: 'births', period: 7, horizon: 28, length: 500, origins: 2 },
  { name: 'sunspots', label: 'sunspots', period: 1, horizon: 12, length: 300, origins: 4 },
  { name: 'global-temperature', label: 'temperatures', period: 1, horizon: 12, length: 200, origins: 4 },
];

/** Every how many of M4's hourly series one is taken. */
const m4Stride = 46;

/** @param {(line: string) => void} report */
export async function besideStatsforecast(report) {
  if (!existsSync(peerPython)) {
    report('\nstatsforecast: NOT COMPARED, it is not there; npm run peers -- --setup');
    return [];
  }
  const groups = [];
  for (const { name, label, period, horizon, length, origins } of embedded) {
    const { values: all } = fromDataset(await loadSeries(name));
    const values = all.subarray(-length);
    const cases = Array.from({ length: origins }, (_, i) => {
      const origin = values.length - horizon * (i + 1);
      return { values: values.slice(0, origin), actual: values.slice(origin, origin + horizon), period };
    });
    groups.push({
      label: `${label}, ${horizon} ahead from ${origins} origins`,
      cases,
      names: Object.keys(methods),
    });
  }
  // Thousands of values with a season of 24 are minutes of ARIMA for either.
  const withoutArima = Object.keys(methods).filter((name) => methods[name].peer !== 'AutoARIMA');
  const m4 = await hourlySample(report);
  if (m4.length > 0) {
    groups.push({ label: `M4, ${m4.length} hourly series, 48 ahead`, cases: m4, names: withoutArima });
  }
  const rows = [];
  let told = false;
  for (const { label, cases, names } of groups) {
    const peers = [...new Set(names.map((name) => methods[name].peer))];
    const tasks = peers.flatMap((method) =>
      cases.map(({ values, actual, period }) => ({
        method,
        period,
        horizon: actual.length,
        values: [...values],
      })),
    );
    const { version, results } = await python(tasks);
    if (!told) report(`\nBeside statsforecast ${version} (Python), seconds of one processor per series:`);
    told = true;
    report(`  ${label}`);
    for (const name of names) {
      const { peer, make } = methods[name];
      const theirs = results.slice(peers.indexOf(peer) * cases.length).slice(0, cases.length);
      const own = [];
      for (const problem of cases) own.push(await measured(make, problem));
      const [mase, peerMase] = [own, theirs].map((all) =>
        mean(all.map(({ forecast }, i) => scaled(cases[i], forecast))),
      );
      const [seconds, peerSeconds] = [own, theirs].map((all) => mean(all.map((one) => one.seconds)));
      report(
        `    ${name.padEnd(30)} MASE ${mase.toFixed(3)}, ${peer} ${peerMase.toFixed(3)}: ratio ${(mase / peerMase).toFixed(3)}; ` +
          `${seconds.toFixed(3)} s, ${peerSeconds.toFixed(3)} s: ratio ${(seconds / peerSeconds).toFixed(2)}`,
      );
      const row = (what, value, peerValue, unit) => ({
        name: `${label}, ${what}: ${name}`,
        value,
        unit,
        peer: `statsforecast ${version} ${peer}`,
        peerValue,
        ratio: value / peerValue,
      });
      rows.push(row('MASE', mase, peerMase, ''), row('time', seconds, peerSeconds, 's'));
    }
  }
  return rows;
}

/** Only where a mirror has the data: a benchmark downloads nothing. @param {(line: string) => void} report @returns {Promise<Case[]>} */
async function hourlySample(report) {
  const mirror = process.env.THROUGHTIME_MIRROR;
  if (mirror === undefined || !existsSync(join(mirror, hourlyFiles.train.file))) {
    report("\nM4's hourly series: left out, no folder of THROUGHTIME_MIRROR has them");
    return [];
  }
  const { series, actual, period } = await loadM4(hourlyFiles, 24);
  return series.flatMap(({ values }, i) =>
    i % m4Stride === 0 ? [{ values, actual: actual[i], period }] : [],
  );
}

/** @param {Make} make @param {Case} problem */
async function measured(make, problem) {
  const series = TimeSeries.of({ values: problem.values, period: problem.period });
  const began = process.cpuUsage();
  const model = await make(problem).fit(series);
  const { mean: forecast } = await model.predict(problem.actual.length);
  const { user, system } = process.cpuUsage(began);
  return { forecast, seconds: (user + system) / 1e6 };
}

/** @param {Case} problem @param {ArrayLike<number>} forecast */
function scaled({ values, actual, period }, forecast) {
  return meanAbsoluteError(actual, Float64Array.from(forecast)) / seasonalScale(values, period).absolute;
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * @param {{ method: string, period: number, horizon: number, values: number[] }[]} tasks
 * @returns {Promise<{ version: string, results: { forecast: number[], seconds: number }[] }>}
 */
function python(tasks) {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('forecast_statsforecast.py', import.meta.url));
    const child = spawn(peerPython, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (piece) => {
      out += piece;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`forecast_statsforecast.py ended with code ${code}`));
    });
    // A script that ended early is told by its code.
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(tasks));
  });
}

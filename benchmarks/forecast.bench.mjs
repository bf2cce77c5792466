import { loadSeries, sineSeries } from '@throughtime/datasets';
import {
  autoregression,
  ets,
  fromDataset,
  meanAbsoluteError,
  recurrent,
  seasonalNaive,
  seasonalScale,
  TimeSeries,
  transformed,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { defaultEngine, RecurrentStack } from '@throughtime/wasm-kernels';
import { arima, augursEts, augursMstl } from './forecast-peers.mjs';
import { besideStatsforecast } from './forecast-statsforecast.mjs';

export const description =
  'fitting and backtesting beside arima, @bsull/augurs and statsforecast; a hundred series as one batch';

/** @param {{ args: string[], report: (line: string) => void }} options */
export async function run({ report }) {
  return [
    ...(await airPassengers(report)),
    ...(await births(report)),
    ...(await besideStatsforecast(report)),
    ...(await cleanSine(report)),
    ...(await hundredSeries(report)),
  ];
}

/** Eight origins, each model fitted again at each, 24 months ahead. */
async function airPassengers(report) {
  report(
    '\nAirPassengers: 24 months ahead from 8 origins, fitted again at each; MASE, and milliseconds per fit and forecast',
  );
  const { values } = fromDataset(await loadSeries('air-passengers'));
  const yearly = [{ kind: 'log' }, { kind: 'difference', lag: 12 }];
  const gru = () =>
    recurrent({
      cell: 'gru',
      random: Random.seeded(1),
      hiddenSize: 16,
      contextLength: 24,
      epochs: 40,
      learningRate: 0.01,
    });
  return backtests(
    report,
    'AirPassengers',
    values,
    { start: 92, stride: 4, horizon: 24, period: 12 },
    {
      'seasonal naive': ours(() => seasonalNaive({ period: 12 })),
      'AR(13), yearly log changes': ours(() => transformed(autoregression({ order: 13 }), yearly)),
      'GRU, yearly log changes': ours(() => transformed(gru(), yearly)),
      'ETS, MAM': ours(() => ets({ model: 'MAM', period: 12 })),
      ETS: ours(() => ets({ period: 12 })),
      'arima: (0,1,1)(0,1,1)12': arima({ p: 0, d: 1, q: 1, P: 0, D: 1, Q: 1, s: 12 }),
      'arima: auto, s = 12': arima({ auto: true, s: 12 }),
      'augurs: AutoETS': await augursEts(12),
      'augurs: MSTL': await augursMstl(12),
    },
  );
}

/** The last three years of daily births: longer series are beyond what the peers fit in minutes. */
async function births(report) {
  report('\nUS births: 28 days ahead from 6 origins, fitted again on about two years');
  const all = fromDataset(await loadSeries('us-births')).values;
  const values = all.subarray(all.length - 3 * 365);
  return backtests(
    report,
    'US births',
    values,
    { start: 730, stride: 60, horizon: 28, period: 7 },
    {
      'seasonal naive': ours(() => seasonalNaive({ period: 7 })),
      'AR(28)': ours(() => autoregression({ order: 28 })),
      'AR, order by AICc': ours(() => autoregression({ maxOrder: 28 })),
      ETS: ours(() => ets({ period: 7 })),
      'arima: (1,0,1)(0,1,1)7': arima({ p: 1, d: 0, q: 1, P: 0, D: 1, Q: 1, s: 7 }),
      'augurs: AutoETS': await augursEts(7),
      'augurs: MSTL': await augursMstl(7),
    },
  );
}

/** Two lags are exact on a sine without noise. */
async function cleanSine(report) {
  report('\nClean sine: AR(2) from 600 values, the largest error of 64 steps');
  const sine = sineSeries({ random: Random.seeded(1), noise: 0 }).values.x;
  const methods = {
    'AR(2)': ours(() => autoregression({ order: 2 })),
    'arima: (2,0,0)': arima({ p: 2, d: 0, q: 0 }),
  };
  const rows = [];
  for (const [name, method] of Object.entries(methods)) {
    const { forecast, milliseconds } = await timed(() => method(sine.subarray(0, 600), 64));
    const error = Math.max(...Array.from(forecast, (value, i) => Math.abs(value - sine[600 + i])));
    report(
      `  ${name.padEnd(30)} ${error.toExponential(1).padStart(10)}  ${milliseconds.toFixed(1).padStart(8)} ms`,
    );
    rows.push({ name: `clean sine, largest error: ${name}`, value: error, unit: '' });
    rows.push({ name: `clean sine, fit and forecast: ${name}`, value: milliseconds, unit: 'ms' });
  }
  return rows;
}

/** A GRU for each of a hundred series, and one for all of them, with the same updates per epoch. */
async function hundredSeries(report) {
  const epochs = 30;
  report(
    `\nA hundred series of 120 values: a GRU (16 units, context 24, ${epochs} epochs of one update) for each, and one for all`,
  );
  const random = Random.seeded(7);
  const series = Array.from({ length: 100 }, (_, s) =>
    TimeSeries.of({
      name: `series ${s}`,
      values: Array.from({ length: 120 }, (_, t) => {
        return (s + 1) * (10 + Math.sin((2 * Math.PI * (t + s)) / 12) + 0.2 * random.normal());
      }),
    }),
  );
  const rows = [];
  for (const path of /** @type {const} */ (['fused', 'reference'])) {
    if (path === 'reference') await useTensorBackend();
    const model = () =>
      recurrent({
        cell: 'gru',
        path,
        epochs,
        hiddenSize: 16,
        contextLength: 24,
        windowStride: 96,
        batchSize: 100,
        scaleBy: 'series',
        random: Random.seeded(1),
      });
    await model().fit(series.slice(0, 10));
    const together = await timed(() => model().fit(series));
    // The reference path is slow: ten of the hundred stand for all.
    const alone = path === 'reference' ? series.slice(0, 10) : series;
    const apart = await timed(async () => {
      for (const one of alone) await model().fit(one);
    });
    const oneByOne = (apart.milliseconds * series.length) / alone.length;
    const ratio = oneByOne / together.milliseconds;
    report(
      `  ${path.padEnd(10)} one by one ${oneByOne.toFixed(0)} ms, as one batch ${together.milliseconds.toFixed(0)} ms: ${ratio.toFixed(1)} times faster`,
    );
    rows.push({
      name: `a hundred series as one batch, ${path}`,
      value: together.milliseconds,
      unit: 'ms',
      peer: 'one by one',
      peerValue: oneByOne,
      ratio,
    });
    if (path === 'fused') rows.push(...batchFloor(report));
  }
  return rows;
}

/**
 * What a batch can gain at most on the engine: the network's own passes take what their arithmetic takes, be the rows in one call or
 * in a hundred; only what an update costs beside them is spared.
 */
function batchFloor(report) {
  const engine = defaultEngine();
  const [hidden, steps, gates] = [16, 24, 3];
  const layer = () => ({
    weightIh: engine.allocate(gates * hidden),
    weightHh: engine.allocate(gates * hidden * hidden),
    biasIh: engine.allocate(gates * hidden),
    biasHh: engine.allocate(gates * hidden),
  });
  const [one, hundred] = [1, 100].map((batchSize) => {
    const stack = new RecurrentStack(engine, {
      cell: 'gru',
      inputSize: 1,
      hiddenSize: hidden,
      batchSize,
      steps,
      parameters: [layer()],
      gradients: [layer()],
    });
    const passes = 3000 / batchSize ** 0.5;
    const times = Array.from({ length: 5 }, () => {
      const began = performance.now();
      for (let i = 0; i < passes; i++) {
        stack.forward();
        stack.backward();
      }
      return (performance.now() - began) / passes;
    });
    stack.free();
    return times.sort((a, b) => a - b)[2];
  });
  report(
    `  its floor   forward and backward of the layer alone: ${(one * 1000).toFixed(0)} us for one row, ${(hundred * 1000).toFixed(0)} us for a hundred`,
  );
  return [
    { name: 'forward and backward of the layer alone, one row', value: one, unit: 'ms' },
    { name: 'forward and backward of the layer alone, a hundred rows', value: hundred, unit: 'ms' },
  ];
}

async function useTensorBackend() {
  await import('@tensorflow/tfjs-backend-wasm');
  const tf = await import('@tensorflow/tfjs-core');
  await tf.setBackend('wasm');
}

/** One of our forecasters in the shape of the peers. */
function ours(create) {
  return async (values, horizon) => {
    const model = await create().fit(TimeSeries.of({ values }));
    return (await model.predict(horizon)).mean;
  };
}

async function backtests(report, series, values, { start, stride, horizon, period }, methods) {
  const scale = seasonalScale(values.subarray(0, start), period).absolute;
  const rows = [];
  for (const [name, method] of Object.entries(methods)) {
    const errors = [];
    const times = [];
    for (let origin = start; origin + horizon <= values.length; origin += stride) {
      const { forecast, milliseconds } = await timed(() => method(values.slice(0, origin), horizon));
      errors.push(meanAbsoluteError(values.subarray(origin, origin + horizon), forecast) / scale);
      times.push(milliseconds);
    }
    const mase = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
    report(`  ${name.padEnd(30)} MASE ${mase.toFixed(3)}  ${median.toFixed(1).padStart(8)} ms`);
    rows.push({ name: `${series}, MASE: ${name}`, value: mase, unit: '' });
    rows.push({ name: `${series}, fit and forecast: ${name}`, value: median, unit: 'ms' });
  }
  return rows;
}

async function timed(work) {
  const began = performance.now();
  const forecast = await work();
  return { forecast, milliseconds: performance.now() - began };
}

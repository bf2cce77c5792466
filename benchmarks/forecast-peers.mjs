// The npm packages `arima` and `@bsull/augurs` behind one shape: values and a horizon in, point forecasts out.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** @typedef {(values: Float64Array, horizon: number) => number[] | Float64Array | Promise<number[] | Float64Array>} FitAndForecast */

/** @param {object} options of the package's ARIMA @returns {FitAndForecast} */
export function arima(options) {
  const ARIMA = require('arima');
  return (values, horizon) => {
    const model = new ARIMA({ verbose: false, ...options }).train([...values]);
    const [forecast] = model.predict(horizon);
    model.destroy();
    return forecast;
  };
}

/** augurs' automatic exponential smoothing. @param {number} period @returns {Promise<FitAndForecast>} */
export async function augursEts(period) {
  const { AutoETS, initSync } = await import('@bsull/augurs/ets');
  initSync({ module: wasmOf('ets') });
  return (values, horizon) => {
    const model = new AutoETS(period, 'ZZZ');
    model.fit(values);
    const { point } = model.predict(horizon);
    model.free();
    return point;
  };
}

/** augurs' seasonal decomposition, its trend by exponential smoothing. @param {number} period @returns {Promise<FitAndForecast>} */
export async function augursMstl(period) {
  const { MSTL, initSync } = await import('@bsull/augurs/mstl');
  initSync({ module: wasmOf('mstl') });
  return (values, horizon) => {
    const model = MSTL.ets([period]);
    model.fit(values);
    const { point } = model.predict(horizon);
    model.free();
    return point;
  };
}

/** The package's loader fetches a URL, which Node's fetch cannot do for files: the bytes are given to it. */
function wasmOf(name) {
  return readFileSync(new URL(`${name}_bg.wasm`, import.meta.resolve('@bsull/augurs')));
}

// A GRU forecaster with conformal intervals, of a series that the program has as numbers.
import { conformal, recurrent, TimeSeries } from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { loadEngine } from '@throughtime/wasm-kernels';

export async function forecast(): Promise<string> {
  await loadEngine();
  const values = Float64Array.from({ length: 120 }, (_, t) => Math.sin(t / 3) + t / 60);
  const gru = recurrent({
    cell: 'gru',
    hiddenSize: 8,
    contextLength: 12,
    epochs: 5,
    random: Random.seeded(1),
  });
  const model = await conformal(gru, { horizon: 3, origins: 12 }).fit(TimeSeries.of({ values }));
  const { mean, quantiles } = await model.predict(3, { levels: [0.05, 0.95] });
  const [low, high] = quantiles.map((quantile) => quantile.values[0]);
  if (!(low < mean[0] && mean[0] < high)) throw new Error(`${mean[0]} is not between ${low} and ${high}`);
  return `${mean.length} forecasts`;
}

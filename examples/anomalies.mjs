// Finds what does not fit into a series: values outside the interval that a model forecast for them from the values before.
// The series is a real one, with two mistakes put in as a tired typist would.
import { mkdir, writeFile } from 'node:fs/promises';
import { columnOf, loadSeries } from '@throughtime/datasets';
import { forecastIntervalFigure } from '@throughtime/figures';
import { figureToSvg } from '@throughtime/figures/node';
import { ets, TimeSeries, transformed } from '@throughtime/forecasting';

const values = Array.from(columnOf(await loadSeries('air-passengers')));
const month = (row) => `${1949 + Math.floor(row / 12)}-${String((row % 12) + 1).padStart(2, '0')}`;

const mistakes = { 100: 535, 125: 742 }; // thousands of passengers, two digits exchanged
for (const [row, typed] of Object.entries(mistakes)) {
  console.log(`${month(row)}: ${values[row]} typed as ${typed}`);
  values[row] = typed;
}

// From year seven on, one month ahead each. A value that does not fit is passed on as what was forecast: otherwise the months after it
// would be judged by a forecast that starts from the mistake.
const start = 72;
const coverage = 0.99;
const levels = [(1 - coverage) / 2, (1 + coverage) / 2];
// By default smoothing is fitted by errors up to a year ahead; here only the next month counts.
const model = transformed(ets({ period: 12, steps: 1 }), [{ kind: 'log' }]);
await model.fit(TimeSeries.from(values.slice(0, start), { period: 12 }));
const judged = [];
for (let row = start; row < values.length; row++) {
  const { mean, quantiles } = await model.predict(1, { levels });
  const [forecast, lower, upper, value] = [
    mean[0],
    quantiles[0].values[0],
    quantiles[1].values[0],
    values[row],
  ];
  const isOutside = value < lower || value > upper;
  judged.push({ row, value, forecast, lower, upper, isOutside });
  if (isOutside) console.log(`${month(row)}: ${value} is outside ${lower.toFixed(0)} to ${upper.toFixed(0)}`);
  model.update(TimeSeries.from([isOutside ? forecast : value]));
}
const found = judged.filter(({ isOutside }) => isOutside);
console.log(`${judged.length} months judged, ${found.length} outside`);

const figure = forecastIntervalFigure(
  judged.map(({ row, value }) => ({ time: row, value })),
  judged.map(({ row, forecast, lower, upper }) => ({ time: row, value: forecast, lower, upper })),
  {
    title: 'Air passengers: what does not fit',
    timeLabel: 'months since January 1949',
    valueLabel: 'thousands',
    level: coverage,
    marked: found.map(({ row, value }) => ({ time: row, value })),
  },
);
await mkdir('out/exercises/examples', { recursive: true });
await writeFile('out/exercises/examples/anomalies.svg', figureToSvg(figure));

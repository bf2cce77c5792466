/** Methods by the first word of their names, as people write them. */
const methods: Readonly<Record<string, string>> = {
  naive: 'Naive',
  'seasonal-naive': 'Seasonal naive',
  drift: 'Drift',
  theta: 'Theta',
  ar: 'AR',
  arima: 'ARIMA',
  ets: 'ETS',
  croston: 'Croston',
  tsb: 'TSB',
  linear: 'Linear',
  mlp: 'MLP',
  rnn: 'RNN',
  gru: 'GRU',
  lstm: 'LSTM',
  ensemble: 'Ensemble',
};

/** A model's name as a title: GRU for `gru`, AR(28) for `ar(28)`, Seasonal naive (12) for `seasonal-naive(12)`. */
export function modelTitle(name: string): string {
  const end = name.search(/[^a-z-]/);
  const [method, rest] = end === -1 ? [name, ''] : [name.slice(0, end), name.slice(end)];
  const title = methods[method];
  if (title === undefined) return name;
  const isWord = title !== title.toUpperCase();
  return `${title}${isWord && rest.startsWith('(') ? ' ' : ''}${rest}`;
}

/** What the columns of the embedded series hold, with their units. */
const columns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'air-passengers': { '*': 'Passengers per month, thousands' },
  'us-births': { '*': 'Births per day' },
  'seattle-weather': {
    precipitation: 'Precipitation, mm per day',
    temp_max: 'Highest temperature, °C',
    temp_min: 'Lowest temperature, °C',
    wind: 'Wind, m/s',
  },
  sunspots: { '*': 'Sunspot number' },
  'global-temperature': { '*': 'Anomaly, °C' },
  etth1: { OT: 'Oil temperature, °C' },
  'monthly-sunspots': { '*': 'Sunspot number' },
  'daily-minimum-temperatures': { '*': 'Lowest temperature, °C' },
};

/** What a column holds, as the name of an axis. */
export function columnTitle(series: string, column: string): string {
  const own = columns[series];
  return own?.[column] ?? own?.['*'] ?? column;
}

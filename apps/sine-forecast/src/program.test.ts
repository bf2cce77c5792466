import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { events, forecast, forecastWatched } from './fixtures/run-forecast.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forecast '));
});

afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  await rm(folder, { recursive: true });
});

describe('forecast run', () => {
  it('prints the k-step table of a linear model, an MLP and the naive baseline, and the noise floor', async () => {
    const { stdout, code } = await forecast('run', '--model', 'linear,mlp');
    expect(code).toBe(0);
    expect(stdout).toContain('learned from the first 604; MSE of 333 forecasts');
    for (const row of ['linear', 'mlp', 'naive', 'noise floor'])
      expect(stdout).toMatch(new RegExp(`^${row} `, 'm'));
  });

  it('speaks JSON lines alone under --json, the last of them done', async () => {
    const { stdout } = await forecast('run', '--json', '--horizons', '1,4');
    const lines = events(stdout);
    expect(lines[0]).toMatchObject({ event: 'start', series: 'sine', length: 1000, train: 604 });
    expect(lines.filter(({ event }) => event === 'epoch').length).toBeGreaterThan(0);
    const done = lines.at(-1);
    expect(done).toMatchObject({
      event: 'done',
      measure: 'MSE',
      horizons: [1, 4],
      noiseFloor: expect.closeTo(0.04),
    });
    expect(done.models.linear[0]).toBeLessThan(done.models.naive[0]);
  });

  it('gives the same numbers for the same seed, whatever else is asked for', async () => {
    const alone = events((await forecast('run', '--json', '--model', 'mlp')).stdout).at(-1).models.mlp;
    const beside = events((await forecast('run', '--json', '--model', 'linear,mlp')).stdout).at(-1).models
      .mlp;
    expect(beside).toEqual(alone);
  });

  it('saves a model that predict continues with, tables and figures', async () => {
    const out = join(folder, 'a model');
    await forecast('run', '--series', 'air-passengers', '--lags', '12', '--horizons', '1,12', '--out', out);
    const figures = [
      ...(['data', 'error-by-horizon', 'forecast', 'k-step', 'multi-step', 'one-step'] as const),
      ...(['residual-autocorrelation', 'residual-quantiles', 'residuals'] as const),
    ];
    expect((await readdir(out)).sort()).toEqual(
      [
        'card.json',
        'config.json',
        'model.safetensors',
        ...['errors.csv', 'forecast.csv', 'forecasts.csv'],
        ...['linear', 'naive', 'seasonal-naive'],
        ...figures.flatMap((name) => [`${name}.png`, `${name}.svg`]),
      ].sort(),
    );
    expect(await readFile(join(out, 'errors.csv'), 'utf8')).toMatch(/^model,1,12\nlinear,/);
    const { stdout } = await forecast('predict', '--model', out, '--horizon', '3', '--json');
    const times = events(stdout).map(({ time }) => time);
    // The series ends in December 1960.
    expect(times.slice(0, 3)).toEqual(['1961-01-01', '1961-02-01', '1961-03-01']);

    const [told] = events((await forecast('info', '--model', out, '--json')).stdout);
    expect(told).toMatchObject({
      method: 'linear(12)',
      series: [{ name: 'air-passengers', length: 144, from: '1949-01-01', to: '1960-12-01' }],
      card: {
        history: [{ command: 'forecast run', versions: { node: process.version } }],
        data: { name: 'air-passengers', sizes: { values: 144 } },
        settings: { model: 'linear', lags: 12, seed: 1 },
        figures: { measure: 'MASE', errorsByHorizon: { 1: expect.any(Number), 12: expect.any(Number) } },
      },
    });
    const people = (await forecast('info', '--model', out)).stdout;
    expect(people).toContain('errorsByHorizon    {"1":');

    // A damaged card is one line, and the model is as good as before.
    await writeFile(join(out, 'card.json'), '{');
    const { stdout: rest, code } = await forecast('info', '--model', out, '--json');
    expect(code).toBe(0);
    expect(events(rest).map(({ event }) => event)).toEqual(['warning', 'done']);
    expect((await forecast('predict', '--model', out, '--horizon', '3', '--json')).stdout).toBe(stdout);
  });

  it('leaves out horizons that a short series has no room for', async () => {
    const { stdout } = await forecast('run', '--series', 'air-passengers', '--json');
    // 44 months are left to forecast.
    expect(events(stdout).at(-1).horizons).toEqual([1, 4, 16]);
  });

  it('reads a file with semicolons, text in other columns, and no line of names', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `shop ${i % 3};${Math.sin(i)}`);
    await writeFile(join(folder, 'wave.csv'), `shop;y\n${rows.join('\n')}\n`);
    const argv = ['--series', join(folder, 'wave.csv'), '--lags', '2', '--horizons', '1', '--json'];
    expect(events((await forecast('run', ...argv)).stdout)[0]).toMatchObject({ series: 'wave', length: 60 });
    await writeFile(join(folder, 'wave.csv'), rows.map((row) => `${row.split(';')[1]}\n`).join(''));
    expect(events((await forecast('run', ...argv)).stdout)[0]).toMatchObject({ length: 60 });
  });

  it('reads a CSV file of the user', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${Math.sin(i)}`);
    await writeFile(join(folder, 'wave.csv'), `t,y\n${rows.join('\n')}\n`);
    const argv = ['--series', join(folder, 'wave.csv'), '--column', 'y', '--lags', '2', '--horizons', '1,2'];
    const { stdout, code } = await forecast('run', '--json', ...argv);
    expect(code).toBe(0);
    expect(events(stdout).at(-1)).toMatchObject({ event: 'done', measure: 'MASE' });
  });
});

describe('a file that leaves two ways open', () => {
  const day = (i: number) => new Date(Date.UTC(2021, 0, 1 + i)).toISOString().slice(0, 10);
  const value = (i: number) => (100 + 10 * Math.sin(i)).toFixed(2);
  const table = (head: string, row: (i: number) => string, rows = 60) =>
    `${head}\n${Array.from({ length: rows }, (_, i) => row(i)).join('\n')}\n`;
  it.each([
    [
      'a day or a month',
      table('date,y', (i) => `0${i + 1}/01/2021,${value(i)}`, 9),
      '--time-format dmy or --time-format mdy',
      ['--time-format', 'dmy'],
    ],
    [
      'a date of its own kind',
      table('date,y', (i) => `on ${day(i)},${value(i)}`),
      '--time-format "%d.%m.%Y %H:%M" or --no-time',
      ['--time-format', 'on %Y-%m-%d'],
    ],
    [
      'numbers for dates',
      table('date,y', (i) => `${44_200 + i},${value(i)}`),
      '--time-format excel or --no-time',
      ['--time-format', 'excel'],
    ],
    [
      'a mark for decimals or thousands',
      table('t;y', (i) => `${i};1.${100 + i}`),
      '--decimal . or --decimal ","',
      ['--decimal', ','],
    ],
    [
      'two series',
      table('date,shop,y', (i) => `${day(i >> 1)},${'AB'[i % 2]},${value(i)}`, 120),
      '--id shop=A or --id shop=B',
      ['--id', 'shop=B'],
    ],
    [
      'an hour that comes twice',
      table('time,y', (i) => `2021-10-31 0${i < 3 ? i : i - 1}:00,${value(i)}`, 8),
      '--zone Europe/Berlin or --no-time',
      ['--zone', 'Europe/Berlin'],
    ],
    ['dates in no order', table('date,y', (i) => `${day((i * 7) % 60)},${value(i)}`), '--sort', ['--sort']],
    ['dates twice', table('date,y', (i) => `${day(i >> 1)},${value(i)}`), '--no-time', ['--no-time']],
    [
      'a stray time',
      table('date,y', (i) => `${day(i)}${i === 9 ? ' 05:00' : ''},${value(i)}`),
      '--no-time takes them as equal steps',
      ['--no-time'],
    ],
    [
      'several columns',
      table('date,x,y', (i) => `${day(i)},${i},${value(i)}`),
      '--column: expected the name of a column',
      ['--column', 'y'],
    ],
    [
      'a missing value of its own spelling',
      table('date,y', (i) => `${day(i)},${i === 9 ? 'lost' : value(i)}`),
      "got 'lost' at line 11; give --missing lost",
      ['--missing', 'lost', '--allow-missing'],
    ],
  ])('is refused with the option that decides: %s', async (_, content, advice, options) => {
    const path = join(folder, 'wave.csv');
    await writeFile(path, content);
    const argv = [
      'backtest',
      '--series',
      path,
      '--models',
      'drift',
      '--horizon',
      '1',
      '--train',
      '4',
      '--period',
      '1',
    ];
    const refused = await forecast(...argv);
    expect(refused.stderr).toContain(advice);
    expect(refused.stderr.trim().split('\n')).toHaveLength(1);
    expect(refused.code).toBe(2);
    const { stderr, code } = await forecast(...argv, ...options);
    expect({ stderr, code }).toMatchObject({ code: 0 });
  });

  it('is told what was done to read it', async () => {
    const path = join(folder, 'wave.csv');
    await writeFile(
      path,
      table(
        'Datum;Wert',
        (i) =>
          `${day(59 - i)
            .split('-')
            .reverse()
            .join('.')};${value(i).replace('.', ',')}`,
      ),
    );
    const argv = ['--series', path, '--models', 'drift', '--horizon', '1'];
    const { stderr } = await forecast('backtest', ...argv);
    expect(stderr).toBe(
      'forecast: read 60 rows, between semicolons; newest first: reversed; decimal comma\n',
    );
  });

  it.each([
    ['biz.csv', [], ['2021-05-24', '2021-05-25']],
    ['bill30.csv', [], ['2021-08-30', '2021-09-30']],
    ['p28.csv', [], ['2021-08-09', '2021-09-06']],
    ['dst_month.csv', [], ['2021-05-01', '2021-06-01']],
    ['dst_hour.csv', ['--zone', 'Europe/Berlin'], ['2021-11-02T00:00:00+01:00', '2021-11-02T01:00:00+01:00']],
    ['panel.csv', ['--id', 'id=2'], ['2021-03-05', '2021-03-06']],
    ['utf16.csv', [], ['2021-03-05', '2021-03-06']],
  ])('is forecast on the calendar that it is on: %s', async (name, options, expected) => {
    const cases = new URL('../../../packages/datasets/src/csv/fixtures/cases/', import.meta.url);
    const out = join(folder, 'out');
    const series = ['--series', fileURLToPath(new URL(name, cases)), ...options];
    const { stderr, code } = await forecast(
      'run',
      ...series,
      '--model',
      'drift',
      '--horizons',
      '1',
      '--out',
      out,
    );
    expect({ stderr, code }).toMatchObject({ code: 0 });
    const { stdout } = await forecast('predict', '--model', out, '--horizon', '2', '--json');
    expect(
      events(stdout)
        .slice(0, 2)
        .map(({ time }) => time),
    ).toEqual(expected);
  });

  it('keeps the day, the hour and the zone of its time stamps in forecasts', async () => {
    const path = join(folder, 'wave.csv');
    const out = join(folder, 'out');
    for (const [stamp, next] of [
      ['T00:00:00+01:00', '2021-03-02'],
      ['T18:00:00Z', '2021-03-02T18:00:00Z'],
      ['', '2021-03-02'],
    ]) {
      await writeFile(
        path,
        table('date,y', (i) => `${day(i)}${stamp},${value(i)}`),
      );
      await forecast('run', '--series', path, '--model', 'drift', '--horizons', '1', '--out', out);
      const { stdout } = await forecast('predict', '--model', out, '--horizon', '1', '--json');
      expect(events(stdout)[0].time).toBe(next);
    }
  });
});

describe('--allow-missing', () => {
  it('leaves out gaps and missing values in learning, judging and forecasting', async () => {
    const days = Array.from({ length: 150 }, (_, i) => i).filter((i) => i !== 60 && i !== 140);
    const rows = days.map((i) => {
      const day = new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10);
      return `${day},${i % 29 === 3 ? '' : (Math.sin((2 * Math.PI * i) / 7) + (i % 5) / 10).toFixed(3)}`;
    });
    const path = join(folder, 'holes.csv');
    await writeFile(path, `day,y\n${rows.join('\n')}\n`);
    const argv = ['--series', path, '--column', 'y', '--allow-missing'];
    const some = ['--models', 'ar,ets,linear,gru', '--epochs', '3'];
    const { stdout, stderr } = await forecast('backtest', ...argv, ...some, '--json');
    expect(stderr).toBe('forecast: 2 times have no row: their values are missing\n');
    for (const { scores } of events(stdout).at(-1).scores) {
      expect(scores.mase).toBeGreaterThan(0);
      expect(scores.coverage[0].measured).toBeGreaterThan(0.5);
    }
    const out = join(folder, 'out');
    await forecast('run', ...argv, '--horizons', '1,7', '--epochs', '20', '--out', out);
    expect(await readFile(join(out, 'multi-step.svg'), 'utf8')).not.toContain('NaN');
    const { stdout: later, code } = await forecast('predict', '--model', out, '--horizon', '1', '--json');
    expect(code).toBe(0);
    expect(events(later)[0]).toMatchObject({ time: '2023-05-31', value: expect.any(Number) });
  });
});

describe('Ctrl-C', () => {
  it('saves what was trained and exits with 130', async () => {
    let interrupted = false;
    const stop = (text: string) => {
      if (interrupted || !text.includes('"epoch":2')) return;
      interrupted = true;
      process.emit('SIGINT');
    };
    const argv = ['run', '--model', 'mlp', '--epochs', '100000', '--json', '--out', folder];
    const { stdout, code } = await forecastWatched(stop, ...argv);
    expect(code).toBe(130);
    expect(events(stdout).at(-1)).toEqual({ event: 'done', reason: 'interrupted', out: folder });
    const { code: after } = await forecast('predict', '--model', folder, '--horizon', '2');
    expect(after).toBe(0);
  });
});

describe('forecast backtest', () => {
  it('compares models with the seasonal naive baseline', async () => {
    const argv = ['--series', 'air-passengers', '--models', 'ar,drift', '--horizon', '12', '--train', '100'];
    const { stdout } = await forecast('backtest', ...argv, '--json', '--out', folder);
    const done = events(stdout).at(-1);
    expect(done.scores.map(({ name }: { name: string }) => name).sort()).toEqual(
      ['ar(12)', 'drift', 'naive', 'seasonal-naive(12)'].sort(),
    );
    expect(await readFile(join(folder, 'scores.csv'), 'utf8')).toMatch(
      /^model,mase,rmsse,mae,rmse,mape,smape,crps,coverage,p\n/,
    );
  });
});

describe('forecast backtest by default', () => {
  it('learns four times, forecasts the horizon at once, and judges 90% intervals', async () => {
    const argv = ['--series', 'air-passengers', '--models', 'gru', '--horizon', '6', '--stride', '3'];
    const { stdout, code } = await forecast('backtest', ...argv, '--epochs', '1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^global gru /m);
    expect(stdout).toMatch(/^model .* CRPS +in 90% +p$/m);
  });
});

describe('forecast auto', () => {
  it('tries models, advises one in a paragraph, forecasts with it, and saves it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'forecast auto '));
    const out = join(folder, 'auto');
    const path = join(folder, 'months.csv');
    const values = Array.from({ length: 72 }, (_, i) => (Math.sin(i) + (i % 12)).toFixed(3));
    await writeFile(path, `y\n${values.join('\n')}\n`);
    const argv = ['auto', '--series', path, '--horizon', '2', '--train', '66', '--json', '--out', out];
    const { stdout, code } = await forecast(...argv);
    expect(code).toBe(0);
    const all = events(stdout);
    const done = all.at(-1);
    const errors: Record<string, number> = done.models;
    expect(errors[done.model]).toBe(Math.min(...Object.values(errors)));
    expect(Object.keys(errors)).toEqual(expect.arrayContaining(['naive', 'theta', 'ets', 'ar', 'gru']));
    expect(done.advice).toMatch(/^Use .* Expect an error of about .* one step ahead/);
    expect(all.filter(({ event }) => event === 'forecast')).toHaveLength(2);
    const again = await forecast('predict', '--model', out, '--horizon', '2', '--coverage', '0.9', '--json');
    expect(events(again.stdout).filter(({ event }) => event === 'forecast')).toEqual(
      all.filter(({ event }) => event === 'forecast'),
    );
    await rm(folder, { recursive: true });
  });
});

describe('a network that loses to what learns nothing', () => {
  it('is named in a sentence, by run and by backtest', async () => {
    const few = ['--series', 'global-temperature', '--epochs', '1', '--lr', '0.5'];
    const { stdout } = await forecast('run', '--model', 'gru', ...few);
    expect(stdout).toMatch(/^gru is worse here than naive.*: what learns nothing does better\.$/m);
    const backtested = await forecast('backtest', '--models', 'gru', '--stride', '9', ...few);
    expect(backtested.stdout).toMatch(/^gru is worse here than naive.*: what learns nothing does better\.$/m);
  });
});

describe('forecast backtest with intervals', () => {
  it('measures the coverage of models with a distribution and of models whose errors are calibrated', async () => {
    const argv = ['--series', 'sunspots', '--models', 'ar,linear', '--horizon', '3', '--coverage', '.8'];
    const { stdout } = await forecast('backtest', ...argv, '--json');
    for (const { scores } of events(stdout).at(-1).scores) {
      expect(scores.coverage[0].nominal).toBe(0.8);
      expect(scores.coverage[0].measured).toBeGreaterThan(0.5);
      expect(scores.crps).toBeGreaterThan(0);
    }
  });
});

describe('forecast chapter', () => {
  it('reproduces an edition, and sweeps tau', async () => {
    const { stdout } = await forecast(
      'chapter',
      '--edition',
      '1.0',
      '--sweep',
      '2,4',
      '--json',
      '--out',
      folder,
    );
    const [two, four] = events(stdout);
    expect(two).toMatchObject({ model: 'linear', lags: 2, table: [935, 66] });
    expect(four).toMatchObject({ lags: 4, table: [933, 68] });
    const table = await readFile(join(folder, 'k-step-lags-4.csv'), 'utf8');
    expect(table.trim().split('\n').length).toBe(934);
    for (const name of ['one-step', 'multi-step', 'k-step']) {
      const figure = await readFile(join(folder, `${name}-lags-4.svg`), 'utf8');
      expect(figure).toContain(name === 'k-step' ? '64 steps ahead' : 'Linear, one step');
      if (name === 'multi-step') expect(figure).toContain('Linear, free running');
      expect(figure).not.toMatch(/NaN|undefined/);
    }
  });

  it('takes another size of the hidden layers', async () => {
    const trained = async (...hidden: string[]) => {
      const { stdout } = await forecast('chapter', '--edition', '0.17', '--epochs', '2', '--json', ...hidden);
      return events(stdout)[0].validationError;
    };
    const [ten, same, other] = [
      await trained(),
      await trained('--hidden', '10'),
      await trained('--hidden', '24'),
    ];
    expect(same).toBe(ten);
    expect(other).not.toBe(ten);
  });
});

describe('bad input is one line and exit code 2', () => {
  it.each([
    [['run', '--series', 'nothing'], "'nothing'"],
    [['run', '--series', 'none.csv'], "--series: expected a file that can be read, got 'none.csv' (ENOENT)"],
    [
      ['run', '--model', 'oracle'],
      "--model: expected some of naive, seasonal-naive, drift, theta, ar, arima, ets, croston, tsb, linear, mlp, rnn, gru, lstm, ensemble, got 'oracle'",
    ],
    [
      ['backtest', '--series', 'nosuch', '--models', 'ar'],
      'forecast: --series: expected a series of the catalog',
    ],
    [['run', '--frequency', 'x'], 'forecast: --frequency: expected one of ms, s, min, h,'],
    [['run', '--frequency', 'x'], "M, Q, Y, MS, ME, QS, QE, YS, YE, with a count in front (15min), got 'x'"],
    [['run', '--modle', 'linear'], "unknown option '--modle'"],
    [['run', '--lags', '0'], "Expected a whole number of at least 1, got '0'"],
    [['run', '--horizons', '1,x'], "got 'x'"],
    [
      ['run', '--train', '990', '--horizons', '64'],
      "series 'sine': expected at least 1054 values (990 to learn from and 64 to forecast), got 1000",
    ],
    [['run', '--series', 'seattle-weather'], 'forecast: --column: expected the name of a column'],
    [['run', '--series', 'seattle-weather', '--column', 'snow'], "got 'snow'"],
    [['backtest', '--series', 'sine', '--models', 'ar,oracle'], '--models: expected some of naive'],
    [['chapter', '--lr', '1e9'], 'linear: expected the loss to stay finite'],
    [['backtest', '--series', 'sine', '--models', 'ar', '--refit', 'never'], "--refit: expected 'once'"],
    [['predict', '--model', 'nowhere'], 'expected a file of a saved forecaster, got none'],
    [['chapter', '--edition', '2'], '--edition: expected one of 0.6'],
  ])('%j', async (argv, message) => {
    const { stderr, code } = await forecast(...argv);
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(message);
  });

  it.each([
    ['NaN', 't,y\n1,2\n2,NaN\n3,4\n', 'line 3'],
    ['a missing value', 't,y\n1,2\n2,\n3,4\n', 'line 3'],
    ['text', 't,y\n1,2\n2,high\n3,4\n', 'high'],
    ['nothing', '', 'wave: expected rows of values, got an empty file'],
    ['too few rows', 't,y\n1,2\n2,4\n', 'expected at least'],
    [
      'a gap',
      'day,y\n2020-01-01,1\n2020-01-02,2\n2020-01-04,3\n',
      'expected 2020-01-03, got 2020-01-04, a gap; --allow-missing',
    ],
  ])('a file with %s', async (_, content, message) => {
    await writeFile(join(folder, 'wave.csv'), content);
    const columns = content.startsWith('day') ? ['--column', 'y'] : ['--column', 'y'];
    const { stderr, code } = await forecast(
      'run',
      '--series',
      join(folder, 'wave.csv'),
      ...columns,
      '--horizons',
      '1',
    );
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(message);
  });

  it('a model directory that was cut short', async () => {
    await forecast('run', '--out', folder);
    const path = join(folder, 'model.safetensors');
    await writeFile(path, (await readFile(path)).subarray(0, 40));
    const { stderr, code } = await forecast('predict', '--model', folder);
    expect(code).toBe(2);
    expect(stderr).toContain('model.safetensors');
  });
});

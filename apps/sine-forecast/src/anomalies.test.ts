import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@throughtime/random';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { strideOfSeveral } from './core/compare-models.js';
import { events, forecast } from './fixtures/run-forecast.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anomalies '));
});

afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  await rm(folder, { recursive: true });
});

const dayOf = (i: number) => new Date(Date.UTC(2021, 0, 1 + i)).toISOString().slice(0, 10);

/** Writes columns under names, with a column of days. */
async function writeTable(
  name: string,
  columns: Record<string, readonly (number | string)[]>,
): Promise<string> {
  const names = Object.keys(columns);
  const rows = Array.from(columns[names[0]], (_, i) =>
    [dayOf(i), ...names.map((key) => columns[key][i])].join(),
  );
  const path = join(folder, `${name}.csv`);
  await writeFile(path, `date,${names.join()}\n${rows.join('\n')}\n`);
  return path;
}

/** The rows of a CSV file without quotes. */
async function readTable(path: string): Promise<string[][]> {
  return (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((row) => row.split(','));
}

/** A week's wave with noise, the same for the same seed. */
function noisyWave(length: number, seed = 1): number[] {
  const random = Random.seeded(seed);
  return Array.from({ length }, (_, i) => 100 + 10 * Math.sin((2 * Math.PI * i) / 7) + random.normal());
}

describe('forecast anomalies', () => {
  it('names the observations outside the calibrated interval, with threshold, table and figure', async () => {
    const values = noisyWave(400);
    values[300] += 15;
    values[350] -= 20;
    const path = await writeTable('wave', { y: values });
    const { stdout, code } = await forecast(
      'anomalies',
      '--series',
      path,
      '--json',
      '--out',
      join(folder, 'out'),
    );
    expect(code).toBe(0);
    const found = events(stdout).filter(({ event }) => event === 'anomaly');
    const times = found.map(({ time }) => time);
    expect(times).toContain(dayOf(300));
    expect(times).toContain(dayOf(350));
    // Two were made, about two come by chance, and a large one may unsettle the days after it.
    expect(found.length).toBeLessThan(14);
    for (const { value, forecast: center, lower, upper, score } of found) {
      expect(value < lower || value > upper).toBe(true);
      expect(score).toBeGreaterThan(1);
      expect(score).toBeCloseTo(
        Math.abs(value - center) / (value > center ? upper - center : center - lower),
        9,
      );
    }
    const best = found.reduce((most, one) => (one.score > most.score ? one : most));
    expect(best.time).toBe(dayOf(350));
    expect(events(stdout).at(-1)).toMatchObject({
      event: 'done',
      coverage: 0.99,
      judged: 200,
      anomalies: found.length,
    });
    const rows = (await readFile(join(folder, 'out', 'anomalies.csv'), 'utf8')).trim().split('\n');
    expect(rows[0]).toBe('time,value,forecast,lower,upper,score');
    expect(rows.slice(1).map((row) => row.split(',')[0])).toEqual(times);
    const svg = await readFile(join(folder, 'out', 'anomalies.svg'), 'utf8');
    expect(svg.match(/<circle/g)).toHaveLength(found.length);
    expect(svg).toContain('Outside the 99% interval');
    const { stdout: said } = await forecast('anomalies', '--series', path);
    expect(said).toContain(
      `wave: ${found.length} of 200 values after the first 200 are outside the 99% interval of ets(`,
    );
    expect(said).toContain('about 2 would be by chance');
  });

  it('finds few where nothing is unusual, and takes no missing value for one', async () => {
    const values: (number | string)[] = noisyWave(400, 2);
    for (const hole of [250, 251, 320]) values[hole] = '';
    const path = await writeTable('calm', { y: values });
    const argv = ['--series', path, '--model', 'ar', '--allow-missing', '--json'];
    const done = events((await forecast('anomalies', ...argv)).stdout).at(-1);
    expect(done.judged).toBe(197);
    expect(done.anomalies).toBeLessThan(10);
  });

  it('learns by default from as many values as intervals take, where one is left to judge', async () => {
    for (const [series, after] of [
      ['air-passengers', 128],
      [await writeTable('enough', { y: noisyWave(130) }), 118],
    ] as const) {
      const { stdout, stderr, code } = await forecast('anomalies', '--series', series);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`values after the first ${after} are outside the 99% interval of ets(`);
    }
  });

  it('says how many values intervals take, and which take fewer', async () => {
    const path = await writeTable('short', { y: noisyWave(60) });
    const short = await forecast('anomalies', '--series', path);
    expect([short.code, short.stderr]).toEqual([
      2,
      expect.stringMatching(
        /^forecast: --train: expected at least \d+ values \(\d+ for the model, 99 whose errors set the interval\), got a series of 60,.*--coverage is 0\.99; --coverage 0\.95 takes \d+\)\n$/,
      ),
    ]);
    expect((await forecast('anomalies', '--series', path, '--coverage', '0.95')).code).toBe(0);
    const early = await forecast('anomalies', '--series', 'air-passengers', '--train', '60');
    expect([early.code, early.stderr]).toEqual([
      2,
      expect.stringContaining('got 60 (--coverage is 0.99; --coverage 0.95 takes 48)'),
    ]);
    const argv = ['--series', 'air-passengers', '--train', '60', '--coverage', '0.95'];
    expect((await forecast('anomalies', ...argv)).code).toBe(0);
  });
});

describe('--transform', () => {
  const grown = noisyWave(200).map((value, i) => value * 1.01 ** i);

  it('takes a difference of differences: the forecast continues the last slope', async () => {
    const path = await writeTable('rising', { y: Array.from({ length: 60 }, (_, i) => i * i) });
    const out = join(folder, 'out');
    const argv = ['--series', path, '--transform', 'difference,difference', '--model', 'drift'];
    const { stdout } = await forecast('run', ...argv, '--horizons', '1', '--out', out);
    expect(stdout).toContain('see the series after: difference, difference.');
    const predicted = await forecast('predict', '--model', out, '--horizon', '3', '--json');
    // The second differences of squares are all 2.
    expect(
      events(predicted.stdout)
        .slice(0, 3)
        .map(({ value }) => value),
    ).toEqual([60, 61, 62].map((i) => expect.closeTo(i * i, 6)));
    expect((await forecast('info', '--model', out)).stdout).toContain('drift of diff 1, diff 1');
  });

  it.each(['log', 'box-cox', 'difference', 'seasonal-difference', 'mstl', 'log,seasonal-difference'])(
    '%s: in run and backtest, saved with the model',
    async (transform) => {
      const path = await writeTable('grown', { y: grown });
      const argv = ['--series', path, '--transform', transform];
      const out = join(folder, 'out');
      const run = await forecast('run', ...argv, '--model', 'ar', '--horizons', '1,14', '--out', out);
      expect([run.code, run.stderr]).toEqual([0, '']);
      expect(run.stdout).toContain(
        `Models other than the baselines see the series after: ${transform.replaceAll(',', ', ')}.`,
      );
      const { stdout } = await forecast(
        'predict',
        '--model',
        out,
        '--horizon',
        '14',
        '--coverage',
        '.9',
        '--json',
      );
      const rows = (await readFile(join(out, 'forecast.csv'), 'utf8'))
        .split('\n')
        .filter((row) => /^ar,/.test(row));
      expect(
        events(stdout)
          .slice(0, -1)
          .map(({ value }) => value),
      ).toEqual(rows.map((row) => Number(row.split(',')[2])));
      const test = await forecast('backtest', ...argv, '--models', 'ar,linear', '--horizon', '14', '--json');
      const { scores } = events(test.stdout).at(-1);
      const named = scores.map(({ name }: { name: string }) => name).sort();
      expect(named).toEqual([
        expect.stringMatching(/^ar\(12\) of /),
        expect.stringMatching(/^linear\(12\) of /),
        'naive',
        'seasonal-naive(7)',
      ]);
      for (const { scores: own } of scores) expect(own.coverage[0].measured).toBeGreaterThanOrEqual(0);
    },
  );

  it('names what is not known, and a season that is missing', async () => {
    const path = await writeTable('grown', { y: grown });
    const wrong = await forecast('run', '--series', path, '--transform', 'sqrt');
    expect(wrong.stderr).toContain(
      "--transform: expected some of log, box-cox, difference, seasonal-difference, mstl, got 'sqrt'",
    );
    const none = await forecast(
      'run',
      '--series',
      path,
      '--transform',
      'seasonal-difference',
      '--period',
      '1',
    );
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--period names it')]);
  });
});

describe('--covariates and --calendar', () => {
  // Sales are twice what the price says, and the price is known a week ahead.
  const random = Random.seeded(5);
  const price = Array.from({ length: 207 }, () => Number(random.normal().toFixed(3)));
  const sales: (number | string)[] = price
    .slice(0, 200)
    .map((value) => 50 + 2 * value + 0.01 * random.normal());
  for (let i = 0; i < 7; i++) sales.push('');

  it('are seen in training, in judging and after the end', async () => {
    const path = await writeTable('shop', { sales, price });
    const argv = ['--series', path, '--column', 'sales', '--covariates', 'price', '--horizons', '1,7'];
    const out = join(folder, 'out');
    const run = await forecast('run', ...argv, '--model', 'linear,ar', '--json', '--out', out);
    expect([run.code, run.stderr]).toEqual([0, expect.not.stringContaining('error')]);
    expect(events(run.stdout)[0]).toMatchObject({ length: 200 });
    const { models } = events(run.stdout).at(-1);
    expect(models.linear[1]).toBeLessThan(0.1 * models.ar[1]);
    const rows = (await readFile(join(out, 'forecast.csv'), 'utf8'))
      .trim()
      .split('\n')
      .filter((row) => /^linear,/.test(row));
    expect(rows).toHaveLength(7);
    rows.forEach((row, i) => {
      const [, time, value] = row.split(',');
      expect(time).toBe(dayOf(200 + i));
      expect(Math.abs(Number(value) - (50 + 2 * price[200 + i]))).toBeLessThan(0.2);
    });
    expect((await forecast('run', ...argv, '--model', 'linear,ar')).stdout).toContain(
      'Without a look at the covariates price: ar.',
    );
    const far = await forecast('predict', '--model', join(out, 'linear'), '--horizon', '8');
    expect(far.stderr).toContain('expected at most 7, the rows of known covariates after the end');
  });

  it('name a hole, and a column that is not there', async () => {
    const holes: (number | string)[] = [...price];
    holes[20] = '';
    const path = await writeTable('shop', { sales, price: holes });
    const argv = ['run', '--series', path, '--column', 'sales', '--covariates'];
    expect((await forecast(...argv, 'price')).stderr).toContain(
      "--covariates: expected columns with a number at every time, got none in 'price' of shop, row 21",
    );
    expect((await forecast(...argv, 'holiday')).stderr).toContain(
      "--covariates: expected some columns of numbers (sales, price), got 'holiday'",
    );
    const gap: (number | string)[] = [...sales];
    gap[30] = '';
    const other = await writeTable('gap', { sales: gap, price });
    expect(
      (await forecast('run', '--series', other, '--column', 'sales', '--covariates', 'price')).stderr,
    ).toContain('sales: expected a number, got a missing value at 2021-01-31; --allow-missing');
  });

  it('the calendar teaches a linear model the days of the week', async () => {
    const weekly = Array.from({ length: 210 }, (_, i) => (i % 7 === 2 ? 10 : 0) + 0.01 * random.normal());
    const path = await writeTable('week', { y: weekly });
    const argv = ['--series', path, '--model', 'linear', '--lags', '1', '--horizons', '1', '--json'];
    const error = async (...more: string[]) =>
      events((await forecast('run', ...argv, ...more)).stdout).at(-1).models.linear[0];
    expect(await error('--calendar', 'day-of-week')).toBeLessThan(0.1 * (await error('--calendar', 'none')));
    const wrong = await forecast('run', '--series', path, '--calendar', 'moon');
    expect(wrong.stderr).toContain(
      "--calendar: expected some of hour-of-day, day-of-week, month-of-year, day-of-year, got 'moon'",
    );
  });
});

describe('several series at once', () => {
  it('are judged together by backtest, each in its own units', async () => {
    const path = await writeTable('shops', {
      a: noisyWave(150, 1),
      b: noisyWave(150, 2).map((value) => 1000 * value),
      c: noisyWave(150, 3),
    });
    const argv = ['--series', path, '--models', 'ar,ets,linear', '--horizon', '3', '--json'];
    const out = join(folder, 'out');
    const { stdout, stderr, code } = await forecast('backtest', ...argv, '--column', 'a,b,c', '--out', out);
    expect([stderr, code]).toEqual(['', 0]);
    const { scores } = events(stdout).at(-1);
    const ets = scores.find(({ name }: { name: string }) => name.startsWith('ets'));
    const alone: number[] = [];
    for (const column of ['a', 'b', 'c']) {
      const own = events((await forecast('backtest', ...argv, '--column', column)).stdout).at(-1);
      alone.push(own.scores.find(({ name }: { name: string }) => name.startsWith('ets')).scores.mase);
    }
    expect(ets.scores.mase).toBeCloseTo(alone.reduce((sum, mase) => sum + mase) / 3, 6);
    const eachScore = await readTable(join(out, 'scores-by-series.csv'));
    expect(eachScore[0].slice(-2)).toEqual(['crps', 'coverage']);
    expect(eachScore.slice(1).every((row) => Number(row.at(-2)) > 0 && Number(row.at(-1)) > 0.5)).toBe(true);
    const rows = await readTable(join(out, 'forecasts.csv'));
    expect(rows[0].slice(0, 3)).toEqual(['model', 'series', 'origin']);
    expect(new Set(rows.slice(1).map(([, name]) => name))).toEqual(
      new Set(['shops a', 'shops b', 'shops c']),
    );
  });

  it('have a row and files of each in run, and forecasts of each in predict', async () => {
    const path = await writeTable('shops', { a: noisyWave(60, 1), b: noisyWave(60, 2) });
    const out = join(folder, 'two');
    const argv = ['--column', 'a,b', '--model', 'linear', '--horizons', '1,3', '--out', out];
    const { stdout } = await forecast('run', '--series', path, ...argv);
    expect(stdout).toContain('shops: 2 series of 60 values, learned from the first 42; MASE of');
    expect(stdout).toMatch(
      /^MASE 1 step ahead, of each series\n\nseries +linear +naive +seasonal-naive\n-.*\nshops a .*\nshops b /m,
    );
    const rows = await readTable(join(out, 'forecast.csv'));
    expect(rows[0]).toEqual(['model', 'series', 'time', 'forecast', 'lower', 'upper']);
    expect(rows.filter(([model, series]) => model === 'linear' && series === 'shops b')).toHaveLength(3);
    expect(await readTable(join(out, 'errors-by-series.csv'))).toHaveLength(1 + 3 * 2);
    expect(await readdir(out)).toEqual(
      expect.arrayContaining(['1-shops-a', '2-shops-b', 'error-by-horizon.svg']),
    );
    const predicted = await forecast(
      'predict',
      '--model',
      out,
      '--horizon',
      '2',
      '--coverage',
      '.8',
      '--json',
    );
    const said = events(predicted.stdout).filter(({ event }) => event === 'forecast');
    const csv = Object.fromEntries(
      rows
        .slice(1)
        .filter(([model]) => model === 'linear')
        .map(([, series, time, value]) => [`${series} ${time}`, Number(value)]),
    );
    expect(said.map(({ series }) => series)).toEqual(['shops a', 'shops a', 'shops b', 'shops b']);
    for (const { series, time, value, quantiles } of said) {
      expect(value).toBe(csv[`${series} ${time}`]);
      const [low, high] = Object.values<number>(quantiles);
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });

  it('may stand one below the other, and begin and end at other times', async () => {
    const day = (row: number) => new Date(Date.UTC(2021, 0, 1 + row)).toISOString().slice(0, 10);
    const [a, b, c] = [1, 2, 3].map((seed) => noisyWave(80, seed));
    const lines = a.flatMap((value, row) => [
      `${day(row)},A,${value}`,
      ...(row >= 15 ? [`${day(row)},B,${1000 * b[row]}`] : []),
      ...(row >= 70 ? [`${day(row)},C,${c[row]}`] : []),
    ]);
    const path = join(folder, 'panel.csv');
    await writeFile(path, `date,shop,sales\n${lines.join('\n')}\n`);
    const bare = await forecast('run', '--series', path, '--model', 'drift');
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining('give --id shop or --id shop=A')]);
    for (const argv of [
      ['run', '--model', 'ets,linear,ar', '--horizons', '1'],
      ['backtest', '--models', 'ets,linear,ar', '--horizon', '3', '--stride', '3'],
    ]) {
      const { stdout, stderr, code } = await forecast(
        argv[0],
        '--series',
        path,
        '--id',
        'shop',
        ...argv.slice(1),
      );
      expect([code, stdout]).toEqual([0, expect.not.stringContaining('failed')]);
      expect(stderr).toContain('read 155 rows of 3 series');
      expect(stdout).toContain('Left out, with too few values among the first 56: shop=C.');
      expect(stdout).toMatch(/^shop=A .*\nshop=B /m);
    }
    const found = await forecast('anomalies', '--series', path, '--id', 'shop', '--coverage', '.9', '--json');
    const lists = events(found.stdout).filter(({ event }) => event === 'anomaly');
    expect(new Set(lists.map(({ series }) => series)).size).toBeGreaterThan(0);
    for (const { series, value } of lists) expect(value > 10_000).toBe(series === 'shop=B');
    // Each alone is what it is among the others, for a model of one series.
    const alone = await forecast(
      'run',
      '--series',
      path,
      '--id',
      'shop=A',
      '--model',
      'ets',
      '--horizons',
      '1',
      '--json',
    );
    const among = await forecast(
      'run',
      '--series',
      path,
      '--id',
      'shop',
      '--model',
      'ets',
      '--horizons',
      '1',
    );
    const error = events(alone.stdout).at(-1).models.ets[0];
    const [, shown] = among.stdout.match(/^shop=A +([\d.]+)/m)!;
    expect(Number(shown)).toBeCloseTo(error, 3);
  });

  it('are continued by new rows in a file of any name, by their columns or ids', async () => {
    const [a, b] = [noisyWave(60, 1), noisyWave(60, 2).map((value) => 1000 * value)];
    const date = (row: number) => new Date(Date.UTC(2021, 0, 1 + row)).toISOString().slice(0, 10);
    const write = async (name: string, lines: readonly string[]) => {
      await writeFile(join(folder, name), `${lines.join('\n')}\n`);
      return join(folder, name);
    };
    const rows = Array.from({ length: 50 }, (_, row) => row);
    const newRows = [50, 51, 52];
    const out = join(folder, 'saved');
    const run = (series: string, ...rest: string[]) =>
      forecast('run', '--series', series, '--model', 'naive', '--horizons', '1', '--out', out, ...rest);
    const predict = async (series: string, ...rest: string[]) => {
      const argv = ['--model', out, '--horizon', '1', '--series', series, '--json', ...rest];
      const { stdout, stderr, code } = await forecast('predict', ...argv);
      return { stderr, code, lines: code === 0 ? events(stdout).slice(0, -1) : [] };
    };
    const after = { time: '2021-02-23' };

    const wide = (of: readonly number[]) => of.map((row) => `${date(row)},${a[row]},${b[row]}`);
    await run(await write('shops.csv', ['date,a,b', ...wide(rows)]), '--column', 'all');
    expect((await predict(await write('new.csv', ['date,a,b', ...wide(newRows)]))).lines).toMatchObject([
      { ...after, series: 'shops a', value: a[52] },
      { ...after, series: 'shops b', value: b[52] },
    ]);
    const onlyB = ['date,b', ...newRows.map((row) => `${date(row)},${b[row]}`)];
    expect((await predict(await write('new.csv', onlyB))).lines).toMatchObject([{ ...after, value: b[52] }]);

    const panel = (of: readonly number[], shops = ['A', 'B']) => [
      'date,shop,y',
      ...of.flatMap((row) => shops.map((shop) => `${date(row)},${shop},${shop === 'A' ? a[row] : b[row]}`)),
    ];
    const id = ['--id', 'shop'];
    await run(await write('panel.csv', panel(rows)), ...id);
    expect((await predict(await write('new.csv', panel(newRows)), ...id)).lines).toMatchObject([
      { ...after, series: 'shop=A', value: a[52] },
      { ...after, series: 'shop=B', value: b[52] },
    ]);
    for (const argv of [id, ['--id', 'shop=B']]) {
      const { lines } = await predict(await write('new.csv', panel(newRows, ['B'])), ...argv);
      expect(lines).toMatchObject([{ ...after, value: b[52] }]);
    }
    const unknown = await predict(await write('new.csv', panel(newRows, ['D'])), ...id);
    expect(unknown.stderr).toContain(
      "forecast: shop=D is none of the model's series (shop=A, shop=B): taken as a whole series",
    );

    // One series is continued by the only one of a file, whatever both are called.
    await run(await write('alone.csv', ['date,a', ...rows.map((row) => `${date(row)},${a[row]}`)]));
    expect((await predict(await write('new.csv', onlyB))).lines).toMatchObject([{ ...after, value: b[52] }]);
    const two = await predict(await write('new.csv', ['date,b,c', ...wide(newRows)]));
    expect(two.stderr).toContain("--column: expected a column of numbers (b, c), got 'a'");
  });

  it('of all sizes are learned by one network, and a constant among them has no scaled error', async () => {
    const path = await writeTable('sizes', {
      small: noisyWave(120, 1),
      large: noisyWave(120, 2).map((value) => 1e6 * value),
      flat: new Array(120).fill(7),
    });
    const argv = ['--column', 'all', '--model', 'linear', '--lags', '7', '--horizons', '1'];
    const { stdout } = await forecast('run', '--series', path, ...argv);
    expect(stdout).toContain('MASE 1 step ahead, of each series');
    expect(stdout).toMatch(/^sizes flat +- +- +-$/m);
    for (const name of ['small', 'large']) {
      const [, linear, , seasonal] = stdout.match(
        new RegExp(`^sizes ${name} +(\\S+) +(\\S+) +(\\S+)$`, 'm'),
      )!;
      expect(Number(linear)).toBeLessThan(1.2 * Number(seasonal));
    }
  });

  it('are judged from so many origins that their forecasts fit in memory', () => {
    for (const [left, horizon, count] of [
      [1000, 12, 1000],
      [2000, 64, 30],
      [50, 10, 48_000],
      [90, 1, 2],
    ]) {
      const stride = strideOfSeveral(left, horizon, count);
      const origins = Math.floor((left - horizon) / stride) + 1;
      expect(origins * count).toBeLessThanOrEqual(Math.max(4000, 10 * count) + count);
    }
    expect(strideOfSeveral(2000, 1, 1)).toBe(1);
  });
});

describe('a series that never changes', () => {
  it.each([
    ['run', '--model', 'ets,ar,linear,drift', '--horizons', '1,3', '--out', 'OUT'],
    ['backtest', '--models', 'ets,ar,linear', '--horizon', '3', '--out', 'OUT'],
    ['anomalies', '--coverage', '.9', '--out', 'OUT'],
  ])('forecasts its constant: %s', async (...argv) => {
    const path = await writeTable('flat', { y: new Array(60).fill(7) });
    const out = join(folder, 'flat out');
    const { stdout, stderr, code } = await forecast(
      argv[0],
      ...['--series', path],
      ...argv.slice(1).map((word) => (word === 'OUT' ? out : word)),
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('flat is 7 throughout: so is every forecast, and no error can be scaled.');
    if (argv[0] === 'backtest') expect(stdout).toMatch(/^ets\S* +- +- +0/m);
    if (argv[0] === 'anomalies') return expect(stdout).toContain('0 of 30 values');
    const name = argv[0] === 'run' ? 'forecast.csv' : 'forecasts.csv';
    const rows = await readTable(join(out, name));
    const [place] = [rows[0].indexOf('forecast')];
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows.slice(1)) expect(Number(row[place])).toBe(7);
  });

  it('and then does, is outside of an interval without width', async () => {
    const path = await writeTable('flat', { y: [...new Array(59).fill(7), 8] });
    const { stdout } = await forecast('anomalies', '--series', path, '--model', 'drift', '--coverage', '.9');
    expect(stdout).toContain('1 of 30 values');
    expect(stdout).toMatch(/ inf$/m);
  });
});

describe('predict --series', () => {
  const rowsFrom = (from: number, values: readonly number[], step = 1) =>
    `date,y\n${values.map((value, row) => `${new Date(Date.UTC(2021, 0, 1 + from + step * row)).toISOString().slice(0, 10)},${value}\n`).join('')}`;
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };

  it('takes a single new row, and refuses what does not follow, naming the time stamp expected', async () => {
    const out = join(folder, 'model');
    const wave = noisyWave(60, 1);
    await forecast(
      'run',
      '--series',
      await write('old.csv', rowsFrom(0, wave)),
      '--model',
      'drift',
      '--horizons',
      '1',
      '--out',
      out,
    );
    const predict = async (text: string) =>
      forecast('predict', '--model', out, '--horizon', '1', '--series', await write('new.csv', text));
    expect((await predict(rowsFrom(60, [5]))).stdout).toContain('2021-03-03');
    for (const [text, message] of [
      [rowsFrom(62, [5]), 'from 2021-03-02 on'],
      [rowsFrom(58, [5, 6, 7]), 'from 2021-03-02 on'],
      [
        rowsFrom(60, [5, 6, 7], 7),
        "the frequency D of the model's series, whose next time stamp is 2021-03-02, got W",
      ],
      [
        rowsFrom(0, wave, 7),
        "the frequency D of the model's series, whose next time stamp is 2021-03-02, got W",
      ],
      [rowsFrom(-700, wave, 28), 'whose next time stamp is 2021-03-02, got 4W'],
    ]) {
      const { stderr, code } = await predict(text);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
    expect((await predict(rowsFrom(-5, [1, 2, 3, 4]))).stdout).toContain('2020-12-31');
  });

  it('names a file of one row, and a folder, for what they are', async () => {
    const one = await forecast(
      'run',
      '--series',
      await write('one.csv', rowsFrom(0, [5])),
      '--model',
      'drift',
    );
    expect([one.code, one.stderr]).toEqual([
      2,
      "forecast: series 'one': expected at least 2 values (one to learn from and one to forecast), got 1\n",
    ]);
    const { stderr, code } = await forecast('run', '--series', folder, '--model', 'drift');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('--series: expected a CSV or JSON file, got the folder'),
    ]);
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@throughtime/random';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

  it('says how many values an interval takes', async () => {
    const path = await writeTable('short', { y: noisyWave(60) });
    const { stderr, code } = await forecast('anomalies', '--series', path);
    expect(code).toBe(2);
    expect(stderr).toContain('held out to calibrate intervals');
  });
});

describe('--transform', () => {
  const grown = noisyWave(200).map((value, i) => value * 1.01 ** i);

  it.each(['log', 'box-cox', 'difference', 'seasonal-difference', 'log,seasonal-difference'])(
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
        'seasonal-naive(7)',
      ]);
      for (const { scores: own } of scores) expect(own.coverage[0].measured).toBeGreaterThanOrEqual(0);
    },
  );

  it('names what is not known, and a season that is missing', async () => {
    const path = await writeTable('grown', { y: grown });
    const wrong = await forecast('run', '--series', path, '--transform', 'sqrt');
    expect(wrong.stderr).toContain(
      "--transform: expected some of log, box-cox, difference, seasonal-difference, got 'sqrt'",
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
      "expected a finite number in 'price', row 20",
    );
    expect((await forecast(...argv, 'holiday')).stderr).toContain(
      "--covariates: expected some of sales, price, got 'holiday'",
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
    const rows = (await readFile(join(out, 'forecasts.csv'), 'utf8'))
      .trim()
      .split('\n')
      .map((row) => row.split(','));
    expect(rows[0].slice(0, 3)).toEqual(['model', 'series', 'origin']);
    expect(new Set(rows.slice(1).map(([, name]) => name))).toEqual(
      new Set(['shops a', 'shops b', 'shops c']),
    );
  });

  it('are for backtest', async () => {
    const path = await writeTable('shops', { a: noisyWave(60, 1), b: noisyWave(60, 2) });
    const { stderr, code } = await forecast('run', '--series', path, '--column', 'a,b');
    expect([code, stderr]).toEqual([2, expect.stringContaining('`forecast backtest` takes several at once')]);
  });
});

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { modelTitle } from './core/labels.js';
import { events, forecast } from './fixtures/run-forecast.js';

/** Small files on which a result was once wrong. */
const cases = fileURLToPath(new URL('./fixtures/series/', import.meta.url));
const file = (name: string) => join(cases, `${name}.csv`);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'numbers '));
});

afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  await rm(folder, { recursive: true });
});

const read = (...path: string[]) => readFile(join(folder, ...path), 'utf8');
const table = async (...path: string[]) =>
  (await read(...path))
    .trim()
    .split('\n')
    .map((line) => line.split(','));

/** The numbers beside the vertical axis of a figure. */
function axisOf(svg: string): number[] {
  return [...svg.matchAll(/<text y="0.32em"[^>]*>([−\d,.]+)</g)].map(([, text]) =>
    Number(text.replace('−', '-').replaceAll(',', '')),
  );
}

async function writeSeries(name: string, values: readonly (number | string)[], start = Date.UTC(2021, 0, 1)) {
  const rows = values.map(
    (value, i) => `${new Date(start + i * 86_400_000).toISOString().slice(0, 10)},${value}`,
  );
  await writeFile(join(folder, `${name}.csv`), `date,value\n${rows.join('\n')}\n`);
  return join(folder, `${name}.csv`);
}

const wave = (length: number, from = 0) =>
  Array.from({ length }, (_, i) => 100 + 10 * Math.sin((2 * Math.PI * (from + i)) / 7) + ((from + i) % 5));

describe('missing values', () => {
  it('are a break in every figure and an empty cell in every table, never 0', async () => {
    const argv = ['--series', file('gap'), '--model', 'drift', '--allow-missing', '--horizons', '1,4'];
    await forecast('run', ...argv, '--out', folder);
    for (const name of ['data', 'one-step', 'multi-step', 'k-step', 'forecast']) {
      const axis = axisOf(await read(`${name}.svg`));
      expect(axis.length).toBeGreaterThan(1);
      // The values lie between 100 and 175.
      expect(Math.min(...axis)).toBeGreaterThanOrEqual(80);
    }
    expect(await read('data.svg')).not.toContain('NaN');
    for (const [, , , , actual] of (await table('forecasts.csv')).slice(1)) {
      if (actual !== '') expect(Number(actual)).toBeGreaterThan(80);
    }
  });
});

describe('Diebold-Mariano', () => {
  it("is '-' where there are no more origins than steps", async () => {
    const { stdout } = await forecast('backtest', '--series', file('m60'), '--models', 'ets,ar');
    expect(stdout).toContain('7 origins from 42 on, horizon 12');
    for (const row of stdout.split('\n').filter((line) => /^(ets|ar|seasonal)/.test(line))) {
      expect(row.trim()).toMatch(/ -$/);
    }
  });
});

describe('the default season', () => {
  it('of half hours is a day, and is told', async () => {
    const argv = ['--series', file('hh'), '--models', 'drift', '--horizon', '48', '--stride', '48'];
    const { stdout } = await forecast('backtest', ...argv);
    expect(stdout).toContain('Season: 48 steps, a day; --period names another.');
    const [, mae] = stdout.match(/^seasonal-naive\(48\) +[\d.]+ +[\d.]+ +([\d.]+)/m) ?? [];
    // 270 with a season of an hour.
    expect(Number(mae)).toBeLessThan(40);
    const [start] = events((await forecast('backtest', ...argv, '--json')).stdout);
    expect(start.period).toBe(48);
  });

  it('is none where the training values do not show it twice', async () => {
    const path = await writeSeries('short', wave(19));
    const { stdout } = await forecast('run', '--series', path, '--horizons', '1', '--model', 'drift');
    expect(stdout).toContain('Season: none; 7 steps, a week is more than half of the 13 training values.');
    expect(stdout).not.toContain('seasonal-naive');
    const asked = await forecast(
      'run',
      '--series',
      path,
      '--horizons',
      '1',
      '--model',
      'drift',
      '--period',
      '3',
    );
    expect(asked.stdout).toContain('Season: 3 steps, as asked for.');
  });
});

describe('an infinite interval', () => {
  it('is no coverage, and is told', async () => {
    const argv = ['--series', file('m60'), '--models', 'linear', '--horizon', '3', '--coverage', '.99'];
    const { stdout } = await forecast('backtest', ...argv, '--lags', '4', '--out', folder);
    expect(stdout).toMatch(/^linear\(4\) .* - +\S+$/m);
    expect(stdout).toContain(
      'No 99% interval at some steps, which are not counted: linear(4). It takes the errors of 99',
    );
    const [header, ...rows] = await table('forecasts.csv');
    expect(header.slice(-2)).toEqual(['lower', 'upper']);
    const linear = rows.filter(([model]) => model === 'linear(4)');
    expect(new Set(linear.map((row) => row.slice(-2).join()))).toEqual(new Set([',']));
    for (const row of rows.filter(([model]) => model !== 'linear(4)'))
      expect(Number(row.at(-1))).not.toBeNaN();
  });
});

describe('a model that fails', () => {
  it('costs its own row', async () => {
    const path = await writeSeries('days', wave(60));
    const argv = ['--series', path, '--model', 'drift,gru', '--horizons', '1', '--train', '20'];
    const { stdout, code } = await forecast('run', ...argv, '--out', folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^gru +- *$/m);
    expect(stdout).toMatch(/^drift +\d/m);
    expect(stdout).toContain("gru failed: series 'days': expected at least");
    expect((await table('errors.csv')).map(([name]) => name)).toEqual([
      'model',
      'drift',
      'naive',
      'seasonal-naive',
    ]);
    const done = events(
      (
        await forecast(
          'backtest',
          ...argv.slice(0, 2),
          '--models',
          'drift,gru',
          '--train',
          '20',
          '--horizon',
          '2',
          '--json',
        )
      ).stdout,
    ).at(-1);
    expect(done.failed).toEqual(['gru']);
    expect(done.scores).toHaveLength(3);
  });

  it('ends the run where nothing else was asked for, after the table', async () => {
    const path = await writeSeries('days', wave(60));
    const { stdout, stderr, code } = await forecast(
      'run',
      '--series',
      path,
      '--model',
      'gru',
      '--horizons',
      '1',
      '--train',
      '20',
    );
    expect(code).toBe(2);
    expect(stdout).toMatch(/^naive +\d/m);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('a window that never changes', () => {
  it('is forecast, and judged in the units of the series', async () => {
    const argv = ['--series', file('inter'), '--models', 'ar,ets'];
    const { stdout, stderr, code } = await forecast('backtest', ...argv, '--json');
    expect([stderr, code]).toEqual(['', 0]);
    const { scores } = events(stdout).at(-1);
    expect(scores).toHaveLength(4);
    const errors = scores.map(({ scores: { mae } }: { scores: { mae: number } }) => mae);
    expect(errors).toEqual([...errors].sort((a, b) => a - b));
    expect((await forecast('backtest', ...argv)).stdout).not.toContain('inf');
    const run = await forecast(
      'run',
      '--series',
      file('inter'),
      '--model',
      'ar',
      '--horizons',
      '1',
      '--train',
      '80',
    );
    expect(run.stdout).toContain('MAE: the mean absolute error; the training values never change');
  });
});

describe('several models', () => {
  it('have each its own figures and rows; single figures show the best, by name, to the last value', async () => {
    const path = await writeSeries('days', wave(120));
    // The worst is named first.
    await forecast('run', '--series', path, '--model', 'drift,ar', '--horizons', '1,4,8', '--out', folder);
    const errors = Object.fromEntries(
      (await table('errors.csv')).slice(1).map(([name, first]) => [name, Number(first)]),
    );
    const best = Object.keys(errors).reduce((least, name) => (errors[name] < errors[least] ? name : least));
    expect(best).toBe('ar');
    for (const name of ['one-step', 'multi-step', 'k-step', 'residuals', 'forecast']) {
      expect(await read(`${name}.svg`)).toContain(`: ${modelTitle(best)}`);
      for (const model of Object.keys(errors))
        expect(await read(model, `${name}.svg`)).toContain(`: ${modelTitle(model)}`);
    }
    const [header, ...rows] = await table('forecast.csv');
    expect(header).toEqual(['model', 'time', 'forecast', 'lower', 'upper']);
    for (const model of Object.keys(errors)) {
      const own = rows.filter(([name]) => name === model);
      expect(own.map(([, time]) => time)).toEqual(
        Array.from({ length: 8 }, (_, i) => new Date(Date.UTC(2021, 4, 1 + i)).toISOString().slice(0, 10)),
      );
    }
    expect(rows[0][0]).toBe(best);
  });

  it('are listed by predict, which wants one', async () => {
    const path = await writeSeries('days', wave(60));
    await forecast('run', '--series', path, '--model', 'drift,ets', '--horizons', '1', '--out', folder);
    const { stderr, code } = await forecast('predict', '--model', folder);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `--model: expected the folder of one model, got one that holds ${join(folder, 'drift')}, ${join(folder, 'ets')}`,
    );
  });
});

describe('forecast predict', () => {
  it.each(['linear', 'mlp', 'gru', 'naive', 'ar', 'ets', 'ar --transform log'])(
    '%s: has the interval that run calibrated',
    async (asked) => {
      const [model, ...transform] = asked.split(' ');
      const path = await writeSeries('days', wave(150));
      const argv = ['--series', path, '--model', model, '--horizons', '1,4', '--epochs', '2', ...transform];
      await forecast('run', ...argv, '--out', folder);
      const own = (await table('forecast.csv')).filter(([name]) => name === model);
      const { stdout, code } = await forecast(
        'predict',
        '--model',
        folder,
        '--horizon',
        '4',
        '--coverage',
        '.9',
        '--json',
      );
      expect(code).toBe(0);
      const lines = events(stdout).slice(0, -1);
      expect(lines.map(({ time }) => time)).toEqual(own.map(([, time]) => time));
      lines.forEach(({ value, quantiles }, i) => {
        expect(value).toBe(Number(own[i][2]));
        const [lower, upper] = Object.values(quantiles) as number[];
        expect([lower, upper]).toEqual([Number(own[i][3]), Number(own[i][4])]);
        expect(upper).toBeGreaterThan(lower);
      });
      const predict = (horizon: string, ...rest: string[]) =>
        forecast('predict', '--model', folder, '--horizon', horizon, ...rest);
      const wide = await predict('1', '--coverage', '.99');
      const far = await predict('6', '--coverage', '.9', '--json');
      expect((await predict('6')).code).toBe(0);
      expect(wide.stdout).toContain('inf');
      expect(wide.stderr).toContain('too few errors calibrate so wide an interval');
      if (['linear', 'mlp', 'gru'].includes(model)) {
        expect(far.stderr).toContain(
          '--horizon: expected at most 4, which intervals were calibrated for, got 6',
        );
        return;
      }
      // Further ahead, the model says by itself how far it may be off; but not where intervals are without bounds.
      const both = await predict('6', '--coverage', '.99', '--json');
      for (const { quantiles } of events(both.stdout).slice(0, -1)) {
        expect(Object.values(quantiles)).toEqual(['-Infinity', 'Infinity']);
      }
      expect(far.stderr).toContain("intervals further than 4 steps ahead: those are the model's own");
      const steps = events(far.stdout).slice(0, -1);
      expect(steps.slice(0, 4)).toEqual(lines);
      for (const { value, quantiles } of steps) {
        const [lower, upper] = Object.values(quantiles) as number[];
        expect(lower).toBeLessThan(value);
        expect(upper).toBeGreaterThan(value);
      }
    },
  );

  it('continues a model with a distribution of its own after new rows, with the intervals that were calibrated', async () => {
    const path = await writeSeries('days', wave(100));
    await forecast('run', '--series', path, '--model', 'ets', '--horizons', '1,4', '--out', folder);
    const rows = await writeSeries('days', wave(3, 100), Date.UTC(2021, 0, 1) + 100 * 86_400_000);
    const widths = async (...series: string[]) => {
      const argv = ['--model', folder, '--horizon', '4', '--coverage', '.8', '--json', ...series];
      const { stdout, code } = await forecast('predict', ...argv);
      expect(code).toBe(0);
      return events(stdout)
        .slice(0, -1)
        .map(({ quantiles: { '0.1': lower, '0.9': upper } }) => Number((upper - lower).toPrecision(9)));
    };
    expect(await widths('--series', rows)).toEqual(await widths());
    expect((await forecast('info', '--model', folder)).stdout).toContain('days, 100 values');
  });

  it('continues with rows that follow, and names the time stamp where they do not', async () => {
    const path = await writeSeries('days', wave(60));
    await forecast('run', '--series', path, '--model', 'seasonal-naive', '--horizons', '1', '--out', folder);
    const predict = (series: string) =>
      forecast('predict', '--model', folder, '--horizon', '2', '--series', series, '--json');
    const first = Date.UTC(2021, 0, 1);
    const day = 86_400_000;
    const next = await writeSeries('next', wave(10, 60), first + 60 * day);
    expect(events((await predict(next)).stdout)[0]).toMatchObject({ time: '2021-03-12' });
    const whole = await writeSeries('whole', wave(70));
    expect((await predict(whole)).stdout).toBe((await predict(next)).stdout);

    const gap = await predict(await writeSeries('later', wave(10, 62), first + 62 * day));
    expect(gap.code).toBe(2);
    expect(gap.stderr).toContain("rows that follow the model's series, from 2021-03-02 on");
    expect(gap.stderr).toContain('got one from 2021-03-04 on (a gap)');
    const overlap = await predict(await writeSeries('earlier', wave(10, 58), first + 58 * day));
    expect(overlap.stderr).toContain('got one from 2021-02-28 on (an overlap)');
    await writeFile(join(folder, 'weeks.csv'), 'date,value\n2021-03-02,1\n2021-03-09,2\n2021-03-16,3\n');
    const weeks = await predict(join(folder, 'weeks.csv'));
    expect([weeks.code, weeks.stderr]).toEqual([
      2,
      expect.stringContaining(
        "expected the frequency D of the model's series, whose next time stamp is 2021-03-02, got W",
      ),
    ]);
  });

  it('prints large values with the digits that differ', async () => {
    await forecast('run', '--series', file('big'), '--model', 'drift', '--horizons', '1', '--out', folder);
    const { stdout } = await forecast('predict', '--model', folder, '--horizon', '5');
    const values = stdout
      .trim()
      .split('\n')
      .slice(2)
      .map((line) => line.trim().split(/\s+/)[1]);
    expect(new Set(values).size).toBe(5);
    for (const value of values) expect(value).toMatch(/^\d{10}(\.\d+)?$/);
  });
});

it('leaves nothing beside what it names', async () => {
  const path = await writeSeries('days', wave(60));
  await forecast(
    'run',
    '--series',
    path,
    '--model',
    'drift',
    '--horizons',
    '1',
    '--out',
    join(folder, 'out'),
  );
  const names = (await readdir(join(folder, 'out'))).filter((name) => !name.includes('.'));
  expect(names.sort()).toEqual(['drift', 'naive', 'seasonal-naive']);
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '@throughtime/command-line';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { forecast as forecastText } from './fixtures/run-forecast.js';
import { commands, createProgram } from './program.js';

// Models that `forecast run --out` saved in format 1, and what `forecast predict` said of them then; fixtures/format-1/make-fixtures.mjs
// wrote them. Every later version must say the same. Never write them again.
const fixtures = fileURLToPath(new URL('./fixtures/format-1/', import.meta.url));

interface ForecastLine {
  readonly event: 'forecast';
  readonly time: number | string;
  readonly value: number;
  readonly quantiles?: Readonly<Record<string, number>>;
}

interface Expected {
  /** Of `predict`, beside the model. */
  readonly args: readonly string[];
  readonly lines: readonly ForecastLine[];
  /** The forecaster's name. */
  readonly model: string;
}

const expected: Readonly<Record<string, Expected>> = JSON.parse(
  await readFile(join(fixtures, 'expected.json'), 'utf8'),
);

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** The JSON lines of a command, run in this process. */
async function forecast(...argv: string[]): Promise<Record<string, unknown>[]> {
  let stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  process.exitCode = 0;
  await runProgram(createProgram(), [...argv, '--json'], commands);
  expect(process.exitCode).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The numbers of a line: the forecast, and quantiles where there are any. */
const numbersOf = ({ value, quantiles = {} }: ForecastLine) => [value, ...Object.values(quantiles)];

/** Asked for years after a model of months, which later versions refuse: the model says what follows its own series. */
const refused = 'air-mlp';

describe.each(Object.entries(expected).filter(([name]) => name !== refused))(
  'forecast predict with %s of format 1',
  (name, answers) => {
    it('says what it said', async () => {
      const said = await forecast('predict', '--model', join(fixtures, name), ...answers.args);
      expect(said.at(-1)).toMatchObject({ event: 'done', model: answers.model });
      // Warnings, as of a model that was saved before models had a checksum, are not what it forecasts.
      const lines = said.filter(({ event }) => event === 'forecast') as unknown as ForecastLine[];
      expect(lines.map(({ time }) => time)).toEqual(answers.lines.map(({ time }) => time));
      const values = lines.flatMap(numbersOf);
      const wanted = answers.lines.flatMap(numbersOf);
      expect(values.length).toBe(wanted.length);
      const scale = Math.max(...wanted.map(Math.abs));
      // Another engine may round differently.
      values.forEach((value, i) => {
        expect(Math.abs(value - wanted[i])).toBeLessThan(1e-4 * scale);
      });
    });
  },
);

it('a model is read as before, and refuses a series of another frequency, which it once took', async () => {
  const { args, model } = expected[refused];
  const own = await forecast('predict', '--model', join(fixtures, refused), '--horizon', '4');
  expect(own.at(-1)).toMatchObject({ event: 'done', model });
  const { stderr, code } = await forecastText('predict', '--model', join(fixtures, refused), ...args);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining(
      "the frequency M of the model's series, whose next time stamp is 1961-01-01, got Y",
    ),
  ]);
});

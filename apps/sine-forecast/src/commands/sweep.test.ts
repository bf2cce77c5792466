import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '@throughtime/command-line';
import { sweepCommand } from '@throughtime/sweep';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forecast } from '../fixtures/run-forecast.js';
import { comparisonSweep } from './sweep.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forecast sweep '));
});
afterAll(() => rm(folder, { recursive: true }));

describe('forecast sweep', () => {
  it('scores runs by the error of the model asked for, one step ahead', async () => {
    // The built command runs them.
    const entry = fileURLToPath(new URL('../../build/forecast.js', import.meta.url));
    const program = new Command('forecast').addCommand(sweepCommand({ ...comparisonSweep, entry }));
    process.exitCode = 0;
    const args = ['--vary', 'model=drift,ar', '--', '--series', 'air-passengers', '--horizons', '1,12'];
    await runProgram(program, ['sweep', '--out', folder, ...args]);
    expect(process.exitCode).toBe(0);
    const [header, best, second] = (await readFile(join(folder, 'sweep.csv'), 'utf8')).split('\n');
    expect(header).toBe('run,model,MASE 1 step ahead,MASE 12 steps ahead,seconds,error');
    expect(best).toMatch(/^2,ar,/);
    expect(second).toMatch(/^1,drift,/);
    const errors = await readFile(join(folder, 'runs/0002/model/errors.csv'), 'utf8');
    expect(errors).toContain(`ar,${best.split(',').slice(2, 4).join(',')}`);
  });

  it('takes the best of several models', () => {
    const models = { naive: [1, 2], gru: [3, 1], mlp: [2, 5] };
    const done = { measure: 'MSE', horizons: [1, 4], asked: ['gru', 'mlp'], models };
    expect(comparisonSweep.score(done)).toEqual({
      ...{ measure: 'MSE 1 step ahead', value: 2, figures: { 'MSE 4 steps ahead': 5 } },
    });
  });

  it.each([
    [['--vary', 'model=gru,gruu'], /^forecast: run 2 \(model gruu\): --model: expected some of/],
    [
      ['--vary', 'transform=log,seasonal-difference', '--', '--model', 'gru'],
      /run 2 .*--transform: expected a series with a season/,
    ],
    [['--vary', 'hidden=8', '--', '--series', 'none'], /run 1 .*expected a series of the catalog/],
  ])('refuses %j before anything runs', async (args, problem) => {
    const { code, stderr } = await forecast('sweep', '--out', join(folder, 'new'), ...args);
    expect(stderr).toMatch(problem);
    expect(code).toBe(2);
  });
});

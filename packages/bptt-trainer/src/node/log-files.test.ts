import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@throughtime/random';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../fixtures/collect.js';
import { ElmanModel } from '../fixtures/elman-model.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import { withLoggers } from '../loggers/logger.js';
import { sgd } from '../optimizers/sgd.js';
import { BpttTrainer } from '../trainer.js';
import { csvFile, jsonLinesFile, tensorBoardFile } from './log-files.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logs-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('log files', () => {
  it('are made with their folders, and continued by a resumed run', async () => {
    const log = join(folder, 'run');
    const trainer = new BpttTrainer(new ElmanModel(), { optimizer: sgd(0.1), random: Random.seeded(1) });
    for (const epochs of [1, 2]) {
      const resume = epochs === 2 ? { resume: trainer.snapshot() } : {};
      const events = trainer.fit(tokenBatches(), { epochs, ...resume });
      const loggers = [
        jsonLinesFile(join(log, 'log.jsonl')),
        csvFile(join(log, 'log.csv')),
        tensorBoardFile(log),
      ];
      await collect(withLoggers(events, ...loggers));
    }
    const lines = async (name: string) => (await readFile(join(log, name), 'utf8')).trimEnd().split('\n');
    const events = (await lines('log.jsonl')).map((line) => JSON.parse(line));
    expect(events.filter(({ type }) => type === 'step').map(({ step }) => step)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    const rows = await lines('log.csv');
    expect(rows.length).toBe(1 + 8 + 2);
    expect(rows.filter((row) => row.startsWith('type,')).length).toBe(1);
    const boards = (await readdir(log)).filter((name) => name.startsWith('events.out.tfevents.'));
    expect(boards.length).toBe(2);
  });
});

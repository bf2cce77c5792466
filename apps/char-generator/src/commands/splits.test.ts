// --split, on a data set that is published in parts: one of three lines of verse, in place of Penn Treebank, which no test may bring.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TextPart } from '@throughtime/datasets';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeRecord } from '../core/run-record.js';
import { evaluateCommand } from './evaluate.js';
import { ngramCommand } from './ngram.js';
import { textStatsCommand } from './text-stats.js';
import { trainCommand } from './train.js';

const parts: Readonly<Record<TextPart, string>> = {
  train: 'the cat sat on the mat\n'.repeat(40),
  validation: 'the dog sat on the log\n'.repeat(20),
  test: 'the rat ran to the barn\n'.repeat(30),
};

vi.mock('@throughtime/datasets', async (original) => ({
  ...(await original<typeof import('@throughtime/datasets')>()),
  loadTextSplit: async () =>
    Object.fromEntries(Object.entries(parts).map(([part, text]) => [part, { text }])),
}));

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'splits '));
});

afterAll(() => rm(folder, { recursive: true }));

/** The command's last event, and its first. */
async function run(command: Command, ...args: string[]) {
  let out = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  try {
    await command.parseAsync(['--corpus', 'penn-treebank', '--json', ...args], { from: 'user' });
  } finally {
    write.mockRestore();
  }
  const events = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { first: events[0], last: events[events.length - 1] };
}

const small = '--hidden 8 --batch 4 --steps 8 --epochs 1 --dropout 0 --threads 1'.split(' ');
const tenth = (text: string) => [text.length - Math.round(text.length / 10), Math.round(text.length / 10)];

describe('--split', () => {
  it('trains on a part, and validates on the end of it; without, on the part published for that', async () => {
    const whole = await run(trainCommand(), ...small, '--out', at('whole'));
    expect([whole.first.tokens, whole.first.validationTokens]).toEqual([
      parts.train.length,
      parts.validation.length,
    ]);
    const test = await run(trainCommand(), ...small, '--split', 'test', '--out', at('test'));
    expect([test.first.tokens, test.first.validationTokens]).toEqual(tenth(parts.test));
    const counted = await run(ngramCommand(), '--split', 'test', '--length', '5', '--out', at('counted'));
    expect([counted.first.tokens, counted.first.validationTokens]).toEqual(tenth(parts.test));
  });

  it('is of the run: it is recorded, kept by --resume, and another part is refused', async () => {
    await run(trainCommand(), ...small, '--split', 'validation', '--out', at('kept'));
    const { settings } = decodeRecord(await readFile(join(at('kept'), 'training.json'), 'utf8'), 'record');
    expect(settings.split).toBe('validation');
    const more = await run(trainCommand(), '--resume', '--epochs', '2', '--out', at('kept'));
    expect(more.first.tokens).toBe(tenth(parts.validation)[0]);
    await expect(run(trainCommand(), '--resume', '--split', 'test', '--out', at('kept'))).rejects.toThrow(
      "split: expected 'validation', as the run in",
    );
  });

  it('reads the part alone in evaluate and text-stats', async () => {
    const read = await run(evaluateCommand(), '--model', at('whole'), '--split', 'test');
    expect(read.last.tokens).toBe(parts.test.length);
    const training = await run(evaluateCommand(), '--model', at('whole'));
    expect(training.last.tokens).toBe(parts.train.length);
    const { last: stats } = await run(textStatsCommand(), '--split', 'test', '--tokens', 'char');
    expect(stats.tokens).toBe(parts.test.length);
  });
});

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCorpus } from '@throughtime/char-generator/core/corpus';
import { fitOptions } from '@throughtime/char-generator/core/training-run';
import { presetNames } from '@throughtime/lang-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programs } from '../scripts/workspace.mjs';
import { trainChapterPreset } from './chapter-protocol.mjs';
import { pennTreebankRun } from './ptb-protocol.mjs';

/** @type {string} */
let folder;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chapter-'));
});

afterAll(() => rm(folder, { recursive: true }));

/**
 * The last epoch of `generate train`, as it tells programs.
 * @param {string[]} args
 * @returns {Promise<Record<string, unknown>>}
 */
function lastEpoch(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [programs.generate, 'train', '--json', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece) => {
      text += piece;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`generate train ended with ${code}`));
      const events = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      resolve(events.filter(({ event }) => event === 'epoch').at(-1));
    });
  });
}

describe('a reproduction of the chapter', () => {
  const names = presetNames.filter((name) => name.startsWith('d2l'));

  it.each(names)('%s gives the digits of the command', async (name) => {
    const corpus = await loadCorpus('moby-dick');
    const epochs = process.env.THROUGHTIME_LONG ? 2 : 1;
    const { training, validation } = await trainChapterPreset(name, { report: () => {}, epochs, corpus });
    const options = ['--preset', name, '--corpus', 'moby-dick', '--epochs', String(epochs)];
    const told = await lastEpoch(...options, '--out', join(folder, name));
    expect(told.perplexity).toBe(training);
    expect(told.validationPerplexity).toBe(validation);
    expect(validation === undefined).toBe(!name.startsWith('d2l-1.0'));
  });
});

describe('a reproduction of Penn Treebank', () => {
  it.each(['ptb-test', 'ptb-small'])('%s gives the digits of the command', async (name) => {
    const corpus = await loadCorpus('alice');
    if (!corpus) throw new Error('alice: not in the catalog');
    // Words enough for a batch of either, of both parts.
    const [text, validationText] = [corpus.text.slice(0, 20_000), corpus.text.slice(20_000, 30_000)];
    const files = [join(folder, `${name}.txt`), join(folder, `${name}-validation.txt`)];
    await writeFile(files[0], text);
    await writeFile(files[1], validationText);
    const run = pennTreebankRun(name, { name: 'alice', text, validationText }, { epochs: 1 });
    /** @type {import('@throughtime/bptt-trainer').EpochEvent | undefined} */
    let last;
    for await (const event of run.trainer.fit(run.batches, fitOptions(run)))
      if (event.type === 'epoch') last = event;
    const options = [
      '--preset',
      name,
      '--corpus',
      files[0],
      '--validation-corpus',
      files[1],
      '--epochs',
      '1',
    ];
    const told = await lastEpoch(...options, '--out', join(folder, name));
    expect(told.perplexity).toBe(last?.perplexity);
    expect(told.validationPerplexity).toBe(last?.validation?.perplexity);
    expect(last?.validation?.perplexity).toBeGreaterThan(1);
  });
});

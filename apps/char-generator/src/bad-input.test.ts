import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate, quick } from './fixtures/run-cli.js';

let folder: string;
let model: string;

const at = (...parts: string[]) => join(folder, ...parts);

// Side by side: most of each is a process starting.
describe.concurrent('bad input is one clear line and exit code 2', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'generate bad input '));
    model = at('model');
    expect((await generate('train', ...quick, '--epochs', '1', '--out', model)).code).toBe(0);
    await writeFile(at('empty.txt'), '');
    await writeFile(at('short.txt'), 'Call me Ishmael.');
    await writeFile(at('latin1.txt'), Buffer.from([0x63, 0x61, 0x66, 0xe9]));
    await generate('train', ...quick, '--epochs', '1', '--out', at('cut'));
    await truncate(at('cut', 'model.safetensors'), 500);
    await generate('train', ...quick, '--cell', 'mingru', '--epochs', '1', '--out', at('mingru'));
    await mkdir(at('hollow'));
    for (const name of ['config.json', 'model.safetensors'])
      await writeFile(at('hollow', name), await readFile(join(model, name)));
    await writeFile(at('file'), '');
    for (const name of ['config.json', 'model.safetensors', 'training.json']) {
      await cp(model, at(`folder for ${name}`), { recursive: true });
      await rm(at(`folder for ${name}`, name));
      await mkdir(at(`folder for ${name}`, name));
    }
  });

  afterAll(() => rm(folder, { recursive: true }));

  const cases: [string, () => string[], RegExp][] = [
    [
      'a run that would overwrite what it starts from',
      () => ['train', ...quick, '--init-from', model, '--out', model, '--overwrite'],
      /--init-from: expected another folder than --out/,
    ],
    [
      'to continue a run and to replace it',
      () => ['train', '--out', model, '--resume', '--overwrite'],
      /--overwrite.*cannot be used with.*--resume/,
    ],
    [
      'a size of a vocabulary that is not learned',
      () => ['train', ...quick, '--vocabulary-size', '300', '--out', at('x')],
      /--vocabulary-size: expected none for tokens 'char'/,
    ],
    [
      'the same of an n-gram model',
      () => ['ngram', '--vocabulary-size', '300', '--out', at('x')],
      /--vocabulary-size: expected none for tokens 'char'/,
    ],
    [
      "another smoothing's number",
      () => ['ngram', '--k', '3', '--out', at('x')],
      /--k: expected none with --smoothing kneser-ney, got 3; add-k has it/,
    ],
    [
      'a text whose tokens are all too rare',
      () => ['train', ...quick, '--min-frequency', '100000', '--out', at('x')],
      /--min-frequency: expected a count that some token of the text reaches/,
    ],
    [
      'a prompt of unknown characters for the sample',
      () => ['ngram', '--max-tokens', '2000', '--prompt', '\u2603', '--out', at('x')],
      /prompt.*\u2603/,
    ],
    [
      "to export a model over another run's",
      () => ['export', '--model', model, '--format', 'folder', '--out', at('cut')],
      /--out: expected a folder without a training run/,
    ],
    [
      'a graph of a cell that has none',
      () => ['export', '--model', at('mingru'), '--format', 'onnx', '--out', at('x.onnx')],
      /cell: expected/,
    ],
    [
      'a way to count unknown tokens where none is counted apart',
      () => ['evaluate', '--model', model, '--corpus', 'alice', '--dynamic', '--unknown', 'srilm'],
      /--dynamic.*cannot be used with.*--unknown/,
    ],
    ['an empty corpus', () => ['train', '--corpus', at('empty.txt'), '--out', at('x')], /--corpus.*empty/],
    [
      'a corpus shorter than one batch',
      () => ['train', '--corpus', at('short.txt'), '--validation', '0', '--out', at('x')],
      /at least 1121 tokens, for one batch of 32 rows of 35 steps, got 16/,
    ],
    [
      'a schedule that waits for validation, without any',
      () => ['train', ...quick, '--schedule', 'on-plateau', '--validation', '0', '--out', at('x')],
      /--schedule: expected a text to validate on, which on-plateau waits for, got none/,
    ],
    [
      'a model larger than memory',
      () => ['train', ...quick, '--hidden', '100000', '--out', at('x')],
      /memory: \d+ MiB needed, .*; take a smaller model or batch/,
    ],
    [
      'an unknown option',
      () => ['train', '--layer', '2', '--out', at('x')],
      /unknown option '--layer'.*--layers/,
    ],
    ['an unknown command', () => ['learn'], /unknown command 'learn'/],
    ['no folder', () => ['train'], /required option '--out <folder>'/],
    [
      'an unknown data set',
      () => ['train', '--corpus', 'ulysses', '--out', at('x')],
      /moby-dick.*got 'ulysses', which is neither/,
    ],
    [
      'a missing file',
      () => ['train', '--corpus', at('none.txt'), '--out', at('x')],
      /none\.txt', which is neither/,
    ],
    [
      'a folder without texts',
      () => ['train', '--corpus', at('hollow'), '--out', at('x')],
      /expected a folder with files \*\.txt, got '.*', which has none/,
    ],
    [
      'a file that is not UTF-8',
      () => ['train', '--corpus', at('latin1.txt'), '--out', at('x')],
      /latin1\.txt: .*byte offset 3/,
    ],
    [
      'an unknown cell',
      () => ['train', '--cell', 'elman', '--out', at('x')],
      /--cell.*'elman'.*rnn, gru, lstm/,
    ],
    [
      'a count that is none',
      () => ['train', '--epochs', '1.5', '--out', at('x')],
      /--epochs.*whole number of at least 1, got '1\.5'/,
    ],
    ['a file for a folder', () => ['train', '--out', at('file', 'x')], /--out.*file/],
    ['a folder that holds a model', () => ['train', '--out', model], /--out.*--resume.*--overwrite/],
    ['nothing to resume', () => ['train', '--out', at('x'), '--resume'], /--resume: expected a training run/],
    [
      'a run of other settings',
      () => ['train', '--out', model, '--resume', '--hidden', '99'],
      /--hidden: expected 8, as the run in '.*' was started with, got 99/,
    ],
    [
      'tied weights that do not fit',
      () => ['train', '--tied', '--out', at('x')],
      /--tied: expected an embedding/,
    ],
    [
      'a size for each layer that does not fit the layers',
      () => ['train', '--hidden', '8,9', '--layers', '3', '--out', at('x')],
      /--hidden: expected one size for each of 3 layers, got \[8, 9\]/,
    ],
    [
      'line ends as words of a text that is no words',
      () => ['train', '--clean', 'eos', '--out', at('x')],
      /--tokens: expected 'word' for a text cleaned by 'eos'.*got 'char'/,
    ],
    ...['config.json', 'model.safetensors'].map((name): [string, () => string[], RegExp] => [
      `a folder for ${name}`,
      () => ['sample', '--model', at(`folder for ${name}`)],
      new RegExp(`${name.replace('.', '\\.')}: expected a file, got a folder`),
    ]),
    [
      'a folder for the record of a run',
      () => ['train', '--out', at('folder for training.json'), '--resume'],
      /illegal operation on a directory \(EISDIR\)/,
    ],
    ['a name that is too long to train into', () => ['train', '--out', at('x'.repeat(300))], /ENAMETOOLONG/],
    [
      'a name that is too long to export to',
      () => ['export', '--model', model, '--out', at('x'.repeat(256))],
      /--out: .*ENAMETOOLONG/,
    ],
    ['a name that is too long to read', () => ['sample', '--model', at('x'.repeat(300))], /ENAMETOOLONG/],
    ['a device to train into', () => ['train', '--out', '/dev/null'], /--out: expected a folder.*ENOTDIR/],
    [
      'a model folder without a file',
      () => ['sample', '--model', at('hollow')],
      /vocabulary\.json: expected a file/,
    ],
    [
      'a model folder that is not there',
      () => ['sample', '--model', at('y')],
      /config\.json: expected a file/,
    ],
    ['a model file cut short', () => ['sample', '--model', at('cut')], /model\.safetensors: cut short/],
    [
      'a prompt outside the vocabulary',
      () => ['sample', '--model', model, '--prompt', 'ψ 42'],
      /--prompt: .*got 'ψ'/,
    ],
    [
      'an impossible probability',
      () => ['sample', '--model', model, '--top-p', '2'],
      /--top-p.*from 0 to 1, got '2'/,
    ],
    [
      'an empty text to evaluate',
      () => ['evaluate', '--model', model, '--corpus', at('empty.txt')],
      /--corpus: expected at least 2/,
    ],
  ];

  it.each(cases)('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await generate(...args());
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n').length).toBe(1);
    expect(stderr).toMatch(/^generate: /);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it.skipIf(process.platform !== 'linux')('also where the disk is full', async () => {
    const full = [
      ['export', '--model', model, '--out', '/dev/full'],
      ['ngram', '--max-tokens', '500', '--order', '2', '--out', at('n'), '--arpa', '/dev/full', '--json'],
    ];
    for (const args of full) {
      const { code, stderr } = await generate(...args);
      expect(stderr.split('\n').filter((line) => line.startsWith('generate: '))).toEqual([
        expect.stringContaining('ENOSPC'),
      ]);
      expect(stderr).not.toContain('    at ');
      expect(code).toBe(2);
    }
  });

  it('and leaves a model that was there as it was', async () => {
    const before = await readFile(join(model, 'model.safetensors'));
    await generate('train', '--corpus', at('empty.txt'), '--out', model, '--overwrite');
    expect(await readFile(join(model, 'model.safetensors'))).toEqual(before);
  });
});

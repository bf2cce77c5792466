import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointFolder } from '@throughtime/bptt-trainer/node';
import { readSafetensorsFile } from '@throughtime/safetensors/node';
import { defaultEngine } from '@throughtime/wasm-kernels';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, eventsOf, generate, quick, startGenerate } from './fixtures/run-cli.js';

let folder: string;
let model: string;
let trained: Awaited<ReturnType<typeof generate>>;

const at = (...parts: string[]) => join(folder, ...parts);

beforeAll(async () => {
  // With a space, which must not matter.
  folder = await mkdtemp(join(tmpdir(), 'generate cli '));
  model = at('model');
  trained = await generate('train', ...quick, '--epochs', '2', '--out', model);
});

afterAll(() => rm(folder, { recursive: true }));

/** On Windows one process cannot send another Ctrl-C: `kill` ends it at once. */
const noSignals = process.platform === 'win32';

describe('generate train', () => {
  it('writes JSON lines only on stdout: start, epochs, done', () => {
    expect(trained.code).toBe(0);
    const events = eventsOf(trained.stdout);
    expect(events.map(({ event }) => event)).toEqual(['start', 'epoch', 'epoch', 'done']);
    expect(events[0]).toMatchObject({ tokens: 1350, validationTokens: 150 });
    expect(events[1]).toMatchObject({ epoch: 1, epochs: 2 });
    const [first, second] = events.slice(1, 3).map(({ perplexity }) => perplexity as number);
    expect(second).toBeLessThan(first);
    expect(events[3]).toMatchObject({ reason: 'finished', model, perplexity: second });
    expect(events[3].unigramPerplexity).toBe(events[0].unigramPerplexity);
  });

  it('writes a model directory with its record and its last checkpoints', async () => {
    expect((await readdir(model)).sort()).toEqual([
      'card.json',
      'checkpoints',
      'config.json',
      'model.safetensors',
      'training.json',
      'vocabulary.json',
    ]);
    expect((await readdir(join(model, 'checkpoints'))).length).toBe(2);
  });

  it('prints a table for people, with the unigram beside the model', async () => {
    const args = quick.filter((arg) => arg !== '--json');
    const { code, stdout, stderr } = await generate('train', ...args, '--epochs', '1', '--out', at('people'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/epoch +training +validation/);
    expect(stdout).toMatch(/1\/1 +\d+\.\d\d +\d+\.\d\d/);
    expect(stdout).toMatch(/perplexity of the model +\d+.*\nperplexity of the unigram +\d+/);
    expect(stdout).toContain(`generate sample --model "${at('people')}"`);
    expect(stderr).toContain('unigram');
  });

  it('gives the same model for the same seed, and another for another', async () => {
    const weights = async (name: string, seed: string) => {
      await generate('train', ...quick, '--epochs', '2', '--seed', seed, '--out', at(name));
      return readFile(at(name, 'model.safetensors'));
    };
    // The model of all these tests was trained with seed 1.
    const first = await readFile(join(model, 'model.safetensors'));
    expect(await weights('seed-1', '1')).toEqual(first);
    expect(await weights('seed-2', '2')).not.toEqual(first);
  });

  it('gives the same model however many threads the engine has', async () => {
    const threads = ['--threads', '1', '--epochs', '2', '--out', at('one thread')];
    expect((await generate('train', ...quick, ...threads)).code).toBe(0);
    const weights = await readFile(at('one thread', 'model.safetensors'));
    expect(weights).toEqual(await readFile(join(model, 'model.safetensors')));
  });

  it('follows a published protocol where options do not say otherwise', async () => {
    const options = ['--preset', 'ptb-test', '--corpus', at('lines.txt'), '--epochs', '1', '--json'];
    await writeFile(at('lines.txt'), 'call me ishmael\nsome years ago\n'.repeat(40));
    const { code, stdout } = await generate('train', ...options, '--out', at('protocol'));
    expect(code).toBe(0);
    expect(eventsOf(stdout)[0].settings).toMatchObject({
      corpus: at('lines.txt'),
      ...{ tokens: 'word', clean: 'eos', cell: 'lstm', hiddenSize: 2, embedding: 2, batch: 20, steps: 2 },
      ...{ optimizer: 'sgd', lr: 1, clip: 1, forgetBias: 0, reduction: 'sum-over-time' },
      initializer: { kind: 'uniform', limit: 0.1 },
      decay: { after: 1, factor: 0.5 },
    });
    // call me ishmael <eos> some years ago <unk>, in the order of their ids.
    const vocabulary = JSON.parse(await readFile(at('protocol', 'vocabulary.json'), 'utf8'));
    expect(vocabulary.tokens).toContain('<eos>');
    expect(vocabulary.tokens.length).toBe(8);
  });

  it.skipIf(noSignals)(
    'interrupted by Ctrl-C saves, exits with 130, and resumes to the very model of an uninterrupted run',
    async () => {
      const options = [...quick, '--epochs', '12'];
      await generate('train', ...options, '--out', at('whole'));
      let asked = false;
      const interrupted = await startGenerate(
        ['train', ...options, '--out', at('parts')],
        (stdout, child) => {
          if (!asked && stdout.includes('"epoch":3')) asked = child.kill('SIGINT');
        },
      ).result;
      expect(interrupted.code).toBe(130);
      expect(eventsOf(interrupted.stdout).at(-1)).toMatchObject({ event: 'done', reason: 'interrupted' });
      const resumed = await generate('train', '--out', at('parts'), '--resume', '--json');
      expect(resumed.code).toBe(0);
      const [first] = eventsOf(resumed.stdout).filter(({ event }) => event === 'epoch');
      expect(first.epoch).toBeGreaterThanOrEqual(3);
      const nothingLeft = await generate('train', '--out', at('parts'), '--resume', '--json');
      expect(nothingLeft.code).toBe(0);
      expect(nothingLeft.stderr).toContain('ask for more with --epochs');
      expect(await readFile(at('parts', 'model.safetensors'))).toEqual(
        await readFile(at('whole', 'model.safetensors')),
      );
    },
  );

  it.skipIf(noSignals)(
    'holds its folder: a second run is refused in one line, until the first one ends',
    async () => {
      const out = at('held');
      const options = [...quick, '--epochs', '100000', '--out', out];
      const refused: Promise<CliResult>[] = [];
      const first = await startGenerate(['train', ...options], (stdout, child) => {
        if (refused.length > 0 || !stdout.includes('"epoch":2')) return;
        for (const how of [['--resume'], ['--overwrite'], []])
          refused.push(generate('train', ...quick, '--out', out, ...how));
        refused.push(generate('ngram', '--max-tokens', '500', '--overwrite', '--out', out));
        Promise.all(refused).then(() => child.kill('SIGINT'));
      }).result;
      for (const { code, stderr, stdout } of await Promise.all(refused)) {
        expect(code).toBe(2);
        const complaints = stderr.split('\n').filter((line) => line.startsWith('generate: '));
        expect(complaints).toHaveLength(1);
        expect(complaints[0]).toMatch(/expected one that no other run uses, got one held by process \d+/);
        expect(stdout).not.toContain('"done"');
      }
      expect(first.code).toBe(130);
      expect(eventsOf(first.stdout).at(-1)).toMatchObject({ reason: 'interrupted' });
      expect(await readdir(out)).not.toContain('.lock');

      // The next run removes the files that a run leaves behind when it is killed while it writes.
      const leftOver = '.model.safetensors.01234567-89ab-cdef-0123-456789abcdef.tmp';
      await writeFile(join(out, leftOver), 'half');
      expect((await generate('train', '--out', out, '--resume', '--time-limit', '1')).code).toBe(0);
      expect((await readdir(out)).filter((name) => name.startsWith('.'))).toEqual([]);
    },
  );

  it('refuses to continue from a checkpoint of another run, as two runs in one folder would leave it', async () => {
    const [mine, other] = [at('mine'), at('other run')];
    await generate('train', ...quick, '--epochs', '1', '--out', mine);
    await generate('train', ...quick, '--epochs', '1', '--seed', '9', '--out', other);
    await cp(join(other, 'checkpoints'), join(mine, 'checkpoints'), { recursive: true });
    const { code, stderr } = await generate('train', '--out', mine, '--resume', '--epochs', '2');
    expect(stderr).toMatch(/^generate: --resume: expected the last checkpoint in '.*mine' to be of the run/m);
    expect(code).toBe(2);
    // A model of another run is no more than a note: it is replaced.
    await cp(join(other, 'model.safetensors'), join(other, 'checkpoints', 'x'));
    await cp(join(mine, 'model.safetensors'), join(other, 'model.safetensors'));
    const resumed = await generate('train', '--out', other, '--resume', '--epochs', '2');
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain('is of another run');
    expect((await generate('train', '--out', other, '--resume')).stderr).not.toContain('is of another run');
  });

  it('says when another engine than before continues a run', async () => {
    const out = at('other engine');
    await generate('train', ...quick, '--epochs', '1', '--out', out);
    const store = checkpointFolder(join(out, 'checkpoints'));
    const { memory, tensors } = (await store.latest())!;
    expect(memory.run).toMatchObject({
      id: expect.stringMatching(/^[\da-f]{32}$/),
      engine: defaultEngine().simd,
    });
    await store.save({ memory: { ...memory, run: { ...memory.run!, engine: 'ternary' } }, tensors });
    const resumed = await generate('train', '--out', out, '--resume', '--epochs', '2', '--json');
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain("Warning: the run was computed by the engine 'ternary' so far");
    expect(eventsOf(resumed.stdout)[0]).toMatchObject({ event: 'warning' });
    // It says so once: from here on the checkpoints are its own.
    const again = await generate('train', '--out', out, '--resume', '--epochs', '3', '--json');
    expect(eventsOf(again.stdout)[0]).toMatchObject({ event: 'start' });
  });

  it.skipIf(noSignals).each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('saves on %s, too, and exits with %i', async (name, code) => {
    const out = at(name);
    const options = ['train', ...quick, '--epochs', '100000', '--out', out];
    const ended = await startGenerate(options, (stdout, child) => {
      if (stdout.includes('"epoch":1,')) child.kill(name);
    }).result;
    expect(ended.code).toBe(code);
    expect(eventsOf(ended.stdout).at(-1)).toMatchObject({ reason: 'interrupted' });
    expect((await generate('train', '--out', out, '--resume', '--time-limit', '0')).code).toBe(0);
  });

  it.skipIf(noSignals)('saves when nobody reads its output any more', async () => {
    const out = at('closed pipe');
    const run = ['train', ...quick, '--epochs', '100000', '--out', out];
    const { code, stderr } = await startGenerate(run, (_, child) => child.stdout?.destroy()).result;
    expect(code).toBe(141);
    expect(stderr).not.toContain('    at ');
    expect((await readdir(join(out, 'checkpoints'))).length).toBeGreaterThan(0);
    expect((await generate('sample', '--model', out, '--length', '5')).code).toBe(0);
  });

  it('ends at a time limit as if finished', async () => {
    const { code, stdout } = await generate(
      'train',
      ...quick,
      '--epochs',
      '100000',
      '--time-limit',
      '1',
      '--out',
      at('limit'),
    );
    expect(code).toBe(0);
    expect(eventsOf(stdout).at(-1)).toMatchObject({ event: 'done', reason: 'time-limit' });
    expect((await generate('sample', '--model', at('limit'), '--length', '5')).code).toBe(0);
  });

  it.concurrent.each([
    [
      'random sampling, no clipping, no validation',
      ['--sampling', 'random', '--clip', '0', '--validation', '0'],
    ],
    ['full truncation', ['--truncation', 'full']],
    ['randomized truncation', ['--truncation', 'randomized']],
    ['chunks of random lengths', ['--truncation', 'random-lengths']],
    [
      'words, embedded and tied, with dropout',
      ['--tokens', 'word', '--clean', 'letters', '--tied', '--dropout', '0.2', '--batch', '2'],
    ],
    [
      'bytes, two layers of lstm by plain descent',
      ['--tokens', 'byte', '--cell', 'lstm', '--layers', '2', '--optimizer', 'sgd'],
    ],
  ])('trains with %s', async (name, options) => {
    const out = at(name);
    const { code, stderr, stdout } = await generate(
      'train',
      ...quick,
      '--epochs',
      '1',
      ...options,
      '--out',
      out,
    );
    expect(stderr.split('\n').filter((line) => line.startsWith('generate:'))).toEqual([]);
    expect(code).toBe(0);
    expect(Number.isFinite(eventsOf(stdout).at(-1)?.perplexity)).toBe(true);
    expect((await generate('sample', '--model', out, '--length', '5')).code).toBe(0);
  });
});

describe('generate sample', () => {
  it('searches instead of drawing, and draws by the power of the chapter', async () => {
    const options = ['sample', '--model', model, '--prompt', 'the ', '--length', '12', '--json'];
    const one = await generate(...options, '--beams', '1');
    const greedy = await generate(...options, '--temperature', '0');
    expect(eventsOf(one.stdout).at(-1)?.text).toBe(eventsOf(greedy.stdout).at(-1)?.text);
    const events = eventsOf((await generate(...options, '--beams', '5')).stdout);
    const found = events.filter(({ event }) => event === 'hypothesis').map((h) => h.logProbability as number);
    expect(found.length).toBe(5);
    const [{ logProbability }] = eventsOf(one.stdout) as { logProbability: number }[];
    expect(Math.max(...found)).toBeGreaterThanOrEqual(logProbability);
    const by = async (...how: string[]) => eventsOf((await generate(...options, ...how)).stdout).at(-1)?.text;
    expect(await by('--power', '2')).toBe(await by('--temperature', '0.5'));
    const both = await generate(...options, '--beams', '2', '--top-k', '3');
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('--top-k');
  });

  it('continues a prompt with so many tokens, alike for the same seed', async () => {
    const options = ['--model', model, '--prompt', 'the ', '--length', '40'];
    const { code, stdout } = await generate('sample', ...options);
    expect(code).toBe(0);
    expect(stdout.startsWith('the ')).toBe(true);
    expect([...stdout.trimEnd()].length).toBeLessThanOrEqual(44);
    expect((await generate('sample', ...options)).stdout).toBe(stdout);
    expect((await generate('sample', ...options, '--seed', '2')).stdout).not.toBe(stdout);
  });

  it('gives JSON lines when asked', async () => {
    const { stdout } = await generate('sample', '--model', model, '--prompt', 'a', '--length', '3', '--json');
    const events = eventsOf(stdout);
    expect(events.map(({ event }) => event)).toEqual(['text', 'text', 'text', 'done']);
    expect(events[3]).toMatchObject({
      prompt: 'a',
      text: events
        .slice(0, 3)
        .map(({ text }) => text)
        .join(''),
    });
  });
});

describe('a model with a flipped bit', () => {
  const damaged = () => at('damaged');

  beforeAll(async () => {
    await cp(model, damaged(), { recursive: true });
    const path = join(damaged(), 'model.safetensors');
    const weights = await readFile(path);
    weights[weights.length - 4] ^= 1;
    await writeFile(path, weights);
  });

  it.each([
    ['sample', (): string[] => []],
    ['evaluate', () => ['--corpus', 'moby-dick', '--max-tokens', '100']],
    ['export', () => ['--out', at('damaged.safetensors')]],
  ])('is refused by %s, and read when that is accepted', async (name, more) => {
    const args = [name, '--model', damaged(), ...more(), '--json'];
    const refused = await generate(...args);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^generate: .*model\.safetensors: damaged: the data do not match their checksum/,
    );
    const accepted = await generate(...args, '--accept-damage');
    expect(accepted.code).toBe(0);
    expect(accepted.stderr).toMatch(/^Warning: .*model\.safetensors: damaged/);
    expect(eventsOf(accepted.stdout)[0]).toMatchObject({
      event: 'warning',
      message: expect.stringContaining('damaged'),
    });
  });
});

describe('generate evaluate', () => {
  it('prints perplexity beside the unigram, and how many tokens were unknown', async () => {
    await writeFile(at('other.txt'), `${'the whale '.repeat(30)}ξ`);
    const { code, stdout } = await generate(
      'evaluate',
      '--model',
      model,
      '--corpus',
      at('other.txt'),
      '--json',
    );
    expect(code).toBe(0);
    expect(eventsOf(stdout)[0]).toMatchObject({ event: 'done', tokens: 301, unknownTokens: 1 });
    const people = await generate('evaluate', '--model', model, '--corpus', at('other.txt'));
    expect(people.stdout).toMatch(/perplexity +\d+\.\d+\nbits per token +\d+\.\d+\nunigram perplexity +\d+/);
  });

  it('reproduces the validation perplexity that training reported', async () => {
    const text = await readFile(
      new URL('../../../packages/datasets/data/moby-dick-chapters-1-17.txt', import.meta.url),
      'utf8',
    );
    await writeFile(at('held-out.txt'), [...text].slice(1350, 1500).join(''));
    const { stdout } = await generate(
      'evaluate',
      '--model',
      model,
      '--corpus',
      at('held-out.txt'),
      '--streams',
      '1',
      '--json',
    );
    const [{ perplexity }] = eventsOf(stdout);
    const reported = eventsOf(trained.stdout).at(-1)?.validationPerplexity as number;
    // Training evaluates in several streams, each of which starts without context.
    expect(Math.abs((perplexity as number) / reported - 1)).toBeLessThan(0.1);
  });
});

describe('generate export', () => {
  it('writes the weights as PyTorch names them', async () => {
    const { code, stdout } = await generate(
      'export',
      '--model',
      model,
      '--out',
      at('weights.safetensors'),
      '--json',
    );
    expect(code).toBe(0);
    // What they were saved with, a model's own file says besides.
    const tensors = (file: string) => readSafetensorsFile(file).then((read) => [...read.tensors]);
    const exported = await tensors(at('weights.safetensors'));
    expect(exported).toEqual(await tensors(join(model, 'model.safetensors')));
    expect(exported.map(([name]) => name)).toContain('rnn.weight_hh_l0');
    expect(eventsOf(stdout)[0]).toMatchObject({ event: 'done', format: 'safetensors' });
  });

  it('writes a folder of int8 weights, which evaluate, sample and export read', async () => {
    const small = at('small model');
    const { code, stdout } = await generate(
      ...['export', '--model', model, '--format', 'folder', '--int8', '--out', small, '--json'],
    );
    expect(code).toBe(0);
    expect(eventsOf(stdout)[0]).toMatchObject({ event: 'done', format: 'folder', out: small });
    expect((await readdir(small)).sort()).toEqual([
      'card.json',
      'config.json',
      'model.safetensors',
      'vocabulary.json',
    ]);
    const perplexity = async (folder: string, ...more: string[]) => {
      const args = ['evaluate', '--model', folder, '--corpus', 'moby-dick', '--max-tokens', '2000', '--json'];
      const done = await generate(...args, ...more);
      expect(done.code).toBe(0);
      return eventsOf(done.stdout)[0].perplexity as number;
    };
    const [before, rounded] = [await perplexity(model), await perplexity(small)];
    expect(await perplexity(model, '--int8')).toBe(rounded);
    expect(rounded).not.toBe(before);
    expect(Math.abs(rounded / before - 1)).toBeLessThan(0.005);
    const text = async (folder: string, ...more: string[]) =>
      (await generate('sample', '--model', folder, '--length', '40', ...more)).stdout;
    expect(await text(small)).toBe(await text(model, '--int8'));
    const file = at('small.safetensors');
    await generate('export', '--model', small, '--out', file);
    const tensors = await readSafetensorsFile(file).then((read) => new Map(read.tensors));
    expect(tensors.get('rnn.weight_hh_l0')?.dtype).toBe('I8');
    expect(tensors.get('rnn.weight_hh_l0.scales')?.dtype).toBe('F32');
  });

  it('has no int8 weights in ONNX', async () => {
    const out = ['--out', at('none.onnx')];
    const refused = await generate('export', '--model', model, '--format', 'onnx', '--int8', ...out);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--int8: expected --format safetensors or folder, got onnx');
  });

  it('writes a graph for onnxruntime', async () => {
    const { code } = await generate(
      'export',
      '--model',
      model,
      '--format',
      'onnx',
      '--out',
      at('model.onnx'),
    );
    expect(code).toBe(0);
    // ModelProto begins with ir_version (field 1, a varint): 8.
    expect([...(await readFile(at('model.onnx')))].slice(0, 2)).toEqual([8, 8]);
  });
});

describe('help', () => {
  it.each(['train', 'sample', 'evaluate', 'export', 'text-stats', 'compress', 'decompress'])(
    'of %s names defaults and how long it takes',
    async (name) => {
      const { code, stdout, stderr } = await generate(name, '--help');
      expect(code).toBe(0);
      expect(stderr).toBe('');
      expect(stdout).toMatch(/default/);
      expect(stdout).toMatch(/How long it takes/);
      expect(stdout).toMatch(/Example/);
    },
  );
});

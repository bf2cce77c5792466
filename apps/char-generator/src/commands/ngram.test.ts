import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArpaFile } from '@throughtime/lang-model/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCorpus } from '../core/corpus.js';
import { baselines } from '../core/ngram.js';
import { completeSettings, pageRecipe } from '../core/settings.js';
import { eventsOf, generate } from '../fixtures/run-cli.js';

const fixtures = new URL('../../../../packages/lang-model/src/ngram/fixtures/', import.meta.url);

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const quick = ['--clean', 'letters', '--max-tokens', '20000', '--length', '20'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generate ngram '));
  for (const name of ['train.txt', 'heldout.txt'])
    await writeFile(at(name), await readFile(new URL(name, fixtures)));
});

afterAll(() => rm(folder, { recursive: true }));

describe('generate ngram', () => {
  it('trains, evaluates, samples and saves, in JSON lines', async () => {
    const { code, stdout } = await generate('ngram', ...quick, '--out', at('json'), '--json');
    expect(code).toBe(0);
    const events = eventsOf(stdout);
    // Characters have no rare ones: the discounts of order 1 are the fallback's.
    expect(events.map(({ event }) => event)).toEqual(['start', 'warning', 'model', 'done']);
    expect(events[0]).toMatchObject({
      order: 5,
      smoothing: 'kneser-ney',
      tokens: 18_000,
      validationTokens: 2000,
    });
    expect(events[1]).toMatchObject({ order: 1, fallback: [0.5, 1, 1.5] });
    const { validationPerplexity, unigramValidationPerplexity, sample } = events[3];
    expect(validationPerplexity).toBeLessThan(0.6 * (unigramValidationPerplexity as number));
    expect([...(sample as string)].length).toBe(20);
    expect((await readdir(at('json'))).sort()).toEqual([
      'card.json',
      'config.json',
      'model.safetensors',
      'vocabulary.json',
    ]);
  });

  it('is told to people, alike for the same seed', async () => {
    const args = ['ngram', ...quick, '--overwrite', '--out', at('people')];
    const { code, stdout, stderr } = await generate(...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/order +n-grams +bytes\n +1 /);
    expect(stdout).toMatch(/validation perplexity +\d+\.\d+ .*\nperplexity of the unigram +\d+/);
    expect(stderr).toContain('Note: order 1');
    expect((await generate(...args)).stdout).toBe(stdout);
  });

  it('makes KenLM’s model of the same lines, in a file that says so', async () => {
    const options = [
      '--tokens',
      'word',
      '--clean',
      'letters',
      '--lines',
      '--order',
      '3',
      '--validation',
      '0',
    ];
    const arpa = at('model.arpa');
    const args = ['ngram', '--corpus', at('train.txt'), ...options, '--arpa', arpa, '--out', at('words')];
    expect((await generate(...args)).code).toBe(0);
    const evaluated = await generate(
      'evaluate',
      '--model',
      at('words'),
      '--corpus',
      at('heldout.txt'),
      '--json',
    );
    // KenLM's query, on its own model: the figures of the fixtures' README.
    const [figures] = eventsOf(evaluated.stdout);
    expect(figures).toMatchObject({ tokens: 2624, unknownTokens: 450 });
    expect(figures.perplexity as number).toBeCloseTo(398.526, 2);
    expect(figures.perplexityWithoutUnknown as number).toBeCloseTo(197.135, 2);
    const { model } = await readArpaFile(arpa);
    expect([1, 2, 3].map((order) => model.trie.countOf(order))).toEqual([2422, 7765, 9338]);
  });

  it.each([
    ['kneser-ney-backoff', '--prune', '0,0,1'],
    ['witten-bell'],
    ['laplace', '--epsilon', '2', '--order', '3'],
    ['add-k', '--k', '0.1', '--tokens', 'word'],
    ['maximum-likelihood', '--tokens', 'byte', '--lines'],
  ])('smooths by %s, for sample and evaluate to read', async (smoothing, ...options) => {
    const out = at(smoothing);
    const { code, stdout } = await generate(
      'ngram',
      ...quick,
      '--smoothing',
      smoothing,
      ...options,
      '--out',
      out,
      '--json',
    );
    expect(code).toBe(0);
    expect(eventsOf(stdout).at(-1)?.event).toBe('done');
    const sampled = await generate('sample', '--model', out, '--length', '30', '--seed', '3');
    expect(sampled.code).toBe(0);
    expect(sampled.stdout.length).toBeGreaterThan(20);
    const evaluated = await generate('evaluate', '--model', out, '--corpus', at('heldout.txt'));
    expect(evaluated.code).toBe(0);
    expect(evaluated.stdout).toMatch(/perplexity +(\d|Infinity)/);
  });

  it('makes the model that the page compares its networks with', async () => {
    const { stdout } = await generate(
      'ngram',
      '--corpus',
      'alice',
      '--length',
      '5',
      '--out',
      at('alice'),
      '--json',
    );
    const { validationPerplexity, unigramValidationPerplexity } = eventsOf(stdout).at(-1)!;
    const corpus = (await loadCorpus('alice'))!;
    expect(baselines(corpus, completeSettings({}, pageRecipe))).toEqual({
      ngram: validationPerplexity,
      unigram: unigramValidationPerplexity,
    });
  });

  it('explains itself', async () => {
    const { code, stdout } = await generate('ngram', '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/default/);
    expect(stdout).toMatch(/How long it takes/);
    expect(stdout).toMatch(/Example/);
  });

  it.each<[string, () => string[], RegExp]>([
    ['an order of 0', () => ['--order', '0'], /--order.*whole number from 1 to 16, got '0'/],
    ['an unknown smoothing', () => ['--smoothing', 'good-turing'], /--smoothing.*'good-turing'.*kneser-ney/],
    [
      'an ARPA file of counts',
      () => ['--smoothing', 'laplace', '--arpa', at('x.arpa')],
      /--arpa: expected a smoothing/,
    ],
    [
      'thresholds that fall',
      () => ['--prune', '0,2,1'],
      /prune\[2\]: expected a whole number of at least 2, got 1/,
    ],
    ['a k of 0', () => ['--smoothing', 'add-k', '--k', '0'], /k: expected a finite number above 0, got 0/],
    ['no text', () => ['--corpus', at('none.txt')], /none\.txt', which is neither/],
    ['a prompt outside the vocabulary', () => ['--prompt', 'ψ'], /--prompt: .*got 'ψ'/],
  ])('answers %s with one line and exit code 2, and saves nothing', async (_, args, message) => {
    const { code, stdout, stderr } = await generate(
      'ngram',
      ...quick,
      '--json',
      '--out',
      at('none'),
      ...args(),
    );
    const complaints = stderr.split('\n').filter((line) => line.startsWith('generate: '));
    expect(complaints.length).toBe(1);
    expect(complaints[0]).toMatch(message);
    expect(code).toBe(2);
    expect(stdout).not.toContain('"done"');
    expect(await readdir(folder)).not.toContain('none');
  });

  it('keeps a model that is there, unless told otherwise', async () => {
    const out = at('kept');
    await generate('ngram', ...quick, '--out', out);
    const before = await readFile(join(out, 'model.safetensors'));
    const again = await generate('ngram', ...quick, '--order', '2', '--out', out);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/--out: .* holds a model; replace it with --overwrite/);
    expect(await readFile(join(out, 'model.safetensors'))).toEqual(before);
    expect((await generate('ngram', ...quick, '--order', '2', '--overwrite', '--out', out)).code).toBe(0);
    expect(await readFile(join(out, 'model.safetensors'))).not.toEqual(before);
  });
});

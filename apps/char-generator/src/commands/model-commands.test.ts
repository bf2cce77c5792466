// The commands that read models and texts, run in this process: compress, decompress, info, text-stats, datasets, evaluate token by token.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reporter } from '@throughtime/command-line';
import { loadText } from '@throughtime/datasets';
import { saveNgramModel } from '@throughtime/lang-model/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCorpus } from '../core/corpus.js';
import { trainNgram } from '../core/ngram.js';
import { type NgramSettings, ngramRecipe } from '../core/settings.js';
import { compressText, decompressText } from './compress.js';
import { evaluate } from './evaluate.js';
import { info } from './info.js';
import { textStats } from './text-stats.js';
import { train } from './train.js';

let folder: string;
let book: string;
const at = (...parts: string[]) => join(folder, ...parts);
const never = new AbortController().signal;

function recorded() {
  const events: Record<string, unknown>[] = [];
  const lines: string[] = [];
  const nothing = () => {};
  const reporter: Reporter = {
    event: (event, fields) => void events.push({ event, ...fields }),
    print: (text) => void lines.push(text),
    ...{ note: nothing, write: nothing, warn: nothing, progress: nothing },
  };
  return { events, lines, reporter, done: () => events.at(-1)! };
}

async function ngram(name: string, text: string, given: Partial<NgramSettings> = {}) {
  const settings = { ...ngramRecipe, validation: 0, ...given };
  const corpus = encodeCorpus({ name, text }, settings);
  const { vocabulary, tokenizer, form } = corpus;
  await saveNgramModel(at(name), trainNgram(corpus, settings).model, {
    vocabulary,
    tokenizer,
    notes: form.notes,
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model commands '));
  book = (await loadText('alice')).text;
  await writeFile(at('text.txt'), book.slice(0, 30_000));
  await writeFile(at('rest.txt'), book.slice(30_000, 40_000));
  const given = {
    corpus: at('text.txt'),
    hiddenSize: 24,
    dropout: 0,
    epochs: 2,
    batch: 8,
    steps: 16,
    validation: 0,
  };
  const request = { given, resume: false, overwrite: false, threads: 1 };
  await train({ ...request, out: at('gru') }, recorded().reporter, never);
  await train({ ...request, given: { ...given, seed: 2 }, out: at('gru 2') }, recorded().reporter, never);
  await ngram('five', book.slice(0, 30_000));
});

afterAll(() => rm(folder, { recursive: true }));

const evaluated = async (options: Partial<Parameters<typeof evaluate>[0]>) => {
  const { reporter, done } = recorded();
  await evaluate(
    { model: at('gru'), corpus: at('rest.txt'), unknown: 'kenlm', streams: 1, ...options },
    reporter,
    never,
  );
  return done() as { perplexity: number; bitsPerToken: number; weights?: number[]; tokens: number };
};

describe('evaluate --per-token', () => {
  it('reads a line of any length', async () => {
    await ngram('lines', 'a b\nb a\n', { lines: true, tokens: 'word', order: 2 });
    await writeFile(at('long.txt'), 'a b '.repeat(100_000));
    const options = { model: at('lines'), corpus: at('long.txt') };
    const whole = await evaluated(options);
    const each = await evaluated({ ...options, perToken: at('long.tsv') });
    expect(each.tokens).toBe(whole.tokens);
    expect(each.perplexity / whole.perplexity).toBeCloseTo(1, 9);
  });
});

const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (error: Error) => error.message,
  );

describe('generate compress and decompress', () => {
  const packed = async (model: string, corpus: string) => {
    const { reporter, done } = recorded();
    await compressText({ model: at(model), corpus, out: at('packed') }, reporter, never);
    return done() as { bitsPerToken: number; bitsPerCharacter: number; unknownTokens: number };
  };
  const unpack = (model: string) =>
    decompressText({ model: at(model), file: at('packed'), out: at('unpacked') }, recorded().reporter, never);

  it.each(['gru', 'five'])(
    'give a text back byte for byte, in the bits that evaluate tells (%s)',
    async (model) => {
      const told = await packed(model, at('text.txt'));
      const { bitsPerToken } = await evaluated({ model: at(model), corpus: at('text.txt') });
      expect(Math.abs(told.bitsPerCharacter / bitsPerToken - 1)).toBeLessThan(0.005);
      await unpack(model);
      expect(await readFile(at('unpacked'))).toEqual(await readFile(at('text.txt')));
    },
  );

  it('give back what the model has never seen', async () => {
    await writeFile(at('strange.txt'), `${book.slice(0, 400)}ψ 👍🏽\r\n<unk>\n\u0000é`);
    const { unknownTokens } = await packed('five', at('strange.txt'));
    expect(unknownTokens).toBeGreaterThan(3);
    await unpack('five');
    expect(await readFile(at('unpacked'))).toEqual(await readFile(at('strange.txt')));
  });

  it('give a megabyte back', async () => {
    const text = book.repeat(8).slice(0, 1_050_000);
    expect(new TextEncoder().encode(text).length).toBeGreaterThan(1e6);
    await writeFile(at('large.txt'), text);
    await packed('five', at('large.txt'));
    await unpack('five');
    expect(Buffer.compare(await readFile(at('unpacked')), await readFile(at('large.txt')))).toBe(0);
  });

  it('refuse another model, another variant, what is damaged, and a text that tokens would change', async () => {
    await packed('gru', at('rest.txt'));
    expect(await problemOf(unpack('gru 2'))).toMatch(
      /^--model: expected the model that .* was compressed with/,
    );
    const file = await readFile(at('packed'));
    const changed = (from: string, to: string) =>
      writeFile(at('packed'), Buffer.from(file.toString('latin1').replace(from, to), 'latin1'));
    await changed('"variant":"', '"variant":"other ');
    expect(await problemOf(unpack('gru'))).toMatch(/^--file: expected one that was compressed by/);
    await changed('"version":1', '"version":2');
    expect(await problemOf(unpack('gru'))).toMatch(/was it written by a later release\?$/);
    const flipped = Buffer.from(file);
    flipped[flipped.length >> 1] ^= 4;
    await writeFile(at('packed'), flipped);
    expect(await problemOf(unpack('gru'))).toMatch(/which is damaged: its text is not the one/);
    await writeFile(at('packed'), 'no such file\n');
    expect(await problemOf(unpack('gru'))).toMatch(/^--file: expected what 'generate compress' wrote/);
    await ngram('words', book.slice(0, 3000), { tokens: 'word', clean: 'letters' });
    expect(await problemOf(packed('words', at('rest.txt')))).toMatch(
      /^--corpus: expected a text that the model's tokens/,
    );
  });
});

describe('generate evaluate', () => {
  it('mixes models, caches, adapts, and tells each token', async () => {
    const plain = await evaluated({});
    const five = await evaluated({ model: at('five') });
    const mixed = await evaluated({ mixture: [at('five')] });
    expect(mixed.weights!.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    // Not the very same tokens: the first tenth is what the weights are fitted on.
    expect(mixed.perplexity).toBeLessThan(1.02 * Math.min(plain.perplexity, five.perplexity));
    expect((await evaluated({ dynamic: true })).perplexity).toBeLessThan(plain.perplexity);
    expect((await evaluated({ cache: true })).perplexity).not.toBe(plain.perplexity);
    expect((await evaluated({ perToken: at('tokens.tsv') })).perplexity).toBeCloseTo(plain.perplexity, 3);
    const rows = (await readFile(at('tokens.tsv'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'));
    expect(rows[0]).toEqual(['place', 'token', 'probability', 'bits']);
    expect(
      rows
        .slice(1)
        .map(([, token]) => JSON.parse(token))
        .join(''),
    ).toBe(book.slice(30_001, 40_000));
    const bits = rows.slice(1).reduce((sum, row) => sum + Number(row[3]), 0);
    expect(bits / (rows.length - 1)).toBeCloseTo(plain.bitsPerToken, 3);
  });

  it('tells what each token of lines takes, their ends included', async () => {
    await writeFile(at('lines.txt'), 'the cat sat\nthe dog sat\n');
    await ngram('lines', 'the cat sat\nthe dog sat\na cat\n', { tokens: 'word', lines: true, order: 2 });
    const told = await evaluated({ model: at('lines'), corpus: at('lines.txt'), perToken: at('lines.tsv') });
    expect(told.perplexity).toBeCloseTo(
      (await evaluated({ model: at('lines'), corpus: at('lines.txt') })).perplexity,
      9,
    );
    expect((await readFile(at('lines.tsv'), 'utf8')).split('\n').length).toBe(1 + 8 + 1);
  });

  it('refuses what a model cannot do', async () => {
    expect(await problemOf(evaluated({ model: at('five'), cache: true }))).toMatch(
      /^--cache: expected a recurrent/,
    );
    expect(await problemOf(evaluated({ model: at('five'), dynamic: true }))).toMatch(
      /^--dynamic: expected a recurrent/,
    );
    await ngram('other', 'abcabc'.repeat(20));
    expect(await problemOf(evaluated({ mixture: [at('other')] }))).toMatch(
      /^--mixture: expected a model of the same/,
    );
    expect(await problemOf(evaluated({ split: 'test' }))).toMatch(
      /^--split: expected a data set that is published in/,
    );
  });
});

describe('generate info', () => {
  it('says what a model is and where it comes from', async () => {
    const { reporter, lines, done } = recorded();
    await info({ model: at('gru') }, reporter);
    expect(done()).toMatchObject({
      kind: 'recurrent',
      parameters: expect.any(Number),
      notes: { cleaning: 'none' },
      card: {
        history: [{ command: 'generate train', versions: { engine: expect.any(String) } }],
        data: {
          sha256: expect.stringMatching(/^[\da-f]{64}$/),
          sizes: { trainingTokens: expect.any(Number) },
        },
        settings: { hiddenSize: 24 },
        figures: { epoch: expect.any(Number), trainingPerplexity: expect.any(Number) },
      },
    });
    expect(done().run).toMatchObject({ settings: { hiddenSize: 24, seed: 1 } });
    expect(lines.join('\n')).toMatch(/gru, 1 x 24 units/);
    expect(lines.join('\n')).toMatch(/the card\ngenerate train +\d{4}-/);
    const other = recorded();
    await info({ model: at('five') }, other.reporter);
    expect(other.done()).toMatchObject({ kind: 'n-gram', order: 5 });
    expect(other.done().hash).not.toBe(done().hash);
  });
});

describe('generate text-stats', () => {
  it('tells counts, n-grams, Zipf exponents and sizes of vocabularies', async () => {
    const { reporter, events, done } = recorded();
    const settings = { tokens: 'word', clean: 'd2l-0.17', validation: 0.1 } as const;
    await textStats(
      {
        ...settings,
        corpus: 'moby-dick',
        order: 3,
        top: 3,
        minFrequencies: [1, 2, 10],
        figures: at('figures'),
      },
      reporter,
      never,
    );
    // As in text-preprocess, from Python.
    expect(done()).toMatchObject({
      tokens: 33_412,
      types: 5646,
      vocabularySizes: { 1: 5647, 2: 2375, 10: 402 },
    });
    const orders = events.filter(({ event }) => event === 'ngrams') as {
      types: number;
      zipf: { exponent: number };
    }[];
    expect(orders.map(({ types }) => types)).toEqual([5646, 22_757, 31_597]);
    expect(orders[0].zipf.exponent).toBeCloseTo(1.07196, 4);
    const { rate } = done().outOfVocabulary as { rate: number };
    expect(rate).toBeGreaterThan(0.01);
    expect(rate).toBeLessThan(0.5);
    expect(await readFile(at('figures', 'zipf.svg'), 'utf8')).toContain('<svg');
  });

  it('looks another text up', async () => {
    await writeFile(at('one.txt'), 'a b a b c');
    await writeFile(at('two.txt'), 'a d d b');
    const { reporter, done } = recorded();
    const settings = {
      tokens: 'word',
      clean: 'none',
      validation: 0.1,
      order: 1,
      top: 1,
      minFrequencies: [1],
    } as const;
    await textStats({ ...settings, corpus: at('one.txt'), against: at('two.txt') }, reporter, never);
    expect(done().outOfVocabulary).toEqual({ rate: 0.5, tokens: 4, types: 1 });
  });
});

describe('the commands', () => {
  it('have options that go together', async () => {
    const { compressCommand, decompressCommand } = await import('./compress.js');
    const { evaluateCommand } = await import('./evaluate.js');
    const { infoCommand } = await import('./info.js');
    const { sampleCommand } = await import('./sample.js');
    const { datasetsCommand } = await import('./datasets.js');
    const { textStatsCommand } = await import('./text-stats.js');
    const commands = [compressCommand, decompressCommand, evaluateCommand, infoCommand, sampleCommand];
    for (const make of [...commands, datasetsCommand, textStatsCommand]) {
      const command = make()
        .exitOverride()
        .configureOutput({ writeErr: () => {}, writeOut: () => {} });
      expect(command.helpInformation()).toContain('--json');
    }
    const evaluating = evaluateCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    const both = ['--model', 'm', '--corpus', 'c', '--dynamic', '--cache'];
    await expect(evaluating.parseAsync(both, { from: 'user' })).rejects.toThrow('cannot be used with');
  });
});

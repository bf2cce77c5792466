// What `generate train` reaches of the library, run in this process on a small model.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reporter } from '@throughtime/command-line';
import { loadModel } from '@throughtime/lang-model/node';
import { BpeTokenizer } from '@throughtime/text-preprocess';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeRecord } from '../core/run-record.js';
import { completeSettings, type TrainSettings } from '../core/settings.js';
import { optimizerFor } from '../core/training-run.js';
import { requestOf, type TrainRequest, train, trainCommand } from './train.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

const verse = 'the cat sat on the mat\nthe dog sat on the log\n';
const small = { hiddenSize: 8, batch: 4, steps: 8, epochs: 2, dropout: 0, seed: 3 } as const;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train options '));
  await mkdir(at('books'));
  await writeFile(at('books', 'a.txt'), verse.repeat(6).trimEnd());
  await writeFile(at('books', 'b.txt'), 'the rat ate the cat\n'.repeat(8));
  await writeFile(at('books', 'notes.md'), 'XYZ');
  await writeFile(at('verse.txt'), verse.repeat(10));
  await writeFile(at('other.txt'), 'the dog ate the mat\nthe cat sat on a log\n'.repeat(6));
});

afterAll(() => rm(folder, { recursive: true }));

type Events = Record<string, unknown>[];

async function trained(
  name: string,
  given: Partial<Omit<TrainSettings, 'initFrom'>>,
  request: Partial<TrainRequest> = {},
) {
  const events: Events = [];
  const notes: string[] = [];
  const nothing = () => {};
  const reporter: Reporter = {
    event: (event, fields) => void events.push({ event, ...fields }),
    note: (text) => void notes.push(text),
    ...{ print: nothing, write: nothing, warn: nothing, progress: nothing },
  };
  const all = { given: { ...small, ...given }, out: at(name), resume: false, overwrite: false, threads: 1 };
  await train({ ...all, ...request }, reporter, new AbortController().signal);
  const { model, tokenizer } = await loadModel(at(name));
  return { events, notes, model, tokenizer };
}

const refused = (given: Parameters<typeof trained>[1], request: Partial<TrainRequest> = {}) =>
  trained('refused', given, request).then(
    () => 'nothing',
    (error: Error) => error.message,
  );

describe('generate train', () => {
  it('reads several files, folders of *.txt, and another text to validate on', async () => {
    const corpus = [at('books'), at('verse.txt')];
    const { events, model } = await trained('several', {
      corpus,
      validationCorpus: at('other.txt'),
      validation: 0,
    });
    // A line end between the two files of the folder, and none after the second.
    const characters = verse.length * 6 + 20 * 8 + verse.length * 10;
    expect(events[0]).toMatchObject({ tokens: characters, validationTokens: 41 * 6 });
    expect(model.vocabulary?.has('X')).toBe(false);
    expect(events.at(-1)?.validationPerplexity).toBeGreaterThan(1);
    const again = await trained(
      'several',
      { epochs: 3, validationCorpus: at('other.txt') },
      { resume: true },
    );
    expect(again.events.filter(({ event }) => event === 'epoch').map(({ epoch }) => epoch)).toEqual([3]);
    await writeFile(at('third.txt'), 'the cat\n'.repeat(20));
    await expect(trained('several', { validationCorpus: at('third.txt') }, { resume: true })).rejects.toThrow(
      '--resume: expected the text that the run was started on',
    );
    expect(await refused({ corpus: at('books', 'none') })).toMatch(/^--corpus: expected a data set/);
    expect(await refused({ validationCorpus: at('none') })).toMatch(
      /^--validation-corpus: expected a data set/,
    );
    await mkdir(at('empty'));
    expect(await refused({ corpus: at('empty') })).toMatch(/^--corpus: expected a folder with files \*\.txt/);
  });

  it('learns byte pairs of the text that it trains on', async () => {
    const { model, tokenizer, events } = await trained('pairs', {
      corpus: at('verse.txt'),
      ...{ tokens: 'bpe', vocabularySize: 270, embedding: 6, batch: 2 },
    });
    expect(tokenizer).toBeInstanceOf(BpeTokenizer);
    expect(model.vocabularySize).toBe(270);
    expect(events[0].tokens).toBeLessThan(verse.length * 9 * 0.6);
    // Every text has tokens, and none is unknown.
    expect(model.vocabulary?.unknownId).toBeNull();
  });

  it.each(['wordpiece', 'unigram'] as const)('learns %s of the text that it trains on', async (tokens) => {
    const { model, tokenizer, events } = await trained(tokens, {
      corpus: at('verse.txt'),
      ...{ tokens, vocabularySize: 30, embedding: 6, batch: 2 },
    });
    expect(tokenizer?.type).toBe(tokens);
    expect(model.vocabularySize).toBeLessThanOrEqual(30);
    expect(model.vocabulary?.unknown).toBe(tokens === 'unigram' ? '<unk>' : '[UNK]');
    expect(events[0].tokens).toBeLessThan(verse.length * 9 * 0.6);
    expect(events.at(-1)?.validationPerplexity).toBeLessThan(30);
  });

  it('passes on nonlinearity and accumulation', async () => {
    const plain = { corpus: at('verse.txt'), cell: 'rnn', optimizer: 'sgd' } as const;
    const relu = await trained('relu', { ...plain, nonlinearity: 'relu', lr: 0.1 });
    expect(relu.model.config.nonlinearity).toBe('relu');
    const once = await trained('once', { ...plain, batch: 8, validation: 0, sampling: 'windows', epochs: 1 });
    const twice = await trained('twice', {
      ...{ ...plain, batch: 4, validation: 0, sampling: 'windows', epochs: 1 },
      accumulate: 2,
    });
    // Two batches of four windows to an update are one of eight.
    for (const [i, { data }] of once.model.parameters.entries())
      for (const [j, value] of twice.model.parameters[i].data.entries())
        expect(value).toBeCloseTo(data[j], 4);
  });

  it('ends early with the weights of the best validation', async () => {
    const { events, model } = await trained('early', {
      ...{ corpus: at('verse.txt'), optimizer: 'sgd', lr: 30, clip: 5, epochs: 40 },
      earlyStopping: 2,
    });
    const epochs = events
      .filter(({ event }) => event === 'epoch')
      .map((e) => e.validationPerplexity as number);
    expect(epochs.length).toBeLessThan(40);
    const best = Math.min(...epochs);
    expect(epochs.length - 1 - epochs.indexOf(best)).toBe(3);
    expect(events.at(-1)).toMatchObject({ reason: 'early-stop' });
    expect(events.at(-1)?.validationPerplexity).toBeCloseTo(best, 9);
    expect(model.parameters.length).toBeGreaterThan(0);
    expect(await refused({ earlyStopping: 1, validation: 0, corpus: at('verse.txt') })).toMatch(
      /^earlyStopping: expected a text to validate on/,
    );
  });

  it('logs to TensorBoard and as CSV', async () => {
    await trained('logged', { corpus: at('verse.txt') }, { logDir: at('logs') });
    const files = (await readdir(at('logs'))).sort();
    expect(files.some((name) => name.startsWith('events.out.tfevents'))).toBe(true);
    const rows = (await readFile(at('logs', 'training.csv'), 'utf8')).trimEnd().split('\n');
    expect(rows[0]).toMatch(/^type,epoch,step,loss/);
    expect(rows.filter((row) => row.startsWith('epoch,')).length).toBe(2);
  });

  it('starts from the weights of a model, says what it took, and resumes exactly', async () => {
    const first = await trained('first', { corpus: at('verse.txt'), cell: 'lstm' });
    const still = { corpus: at('verse.txt'), lr: 0, optimizer: 'sgd' } as const;
    const { hiddenSize: _, ...free } = { ...small };
    const same = await trained('same', still, { initFrom: at('first'), given: { ...free, ...still } });
    expect(same.model.config).toMatchObject({ cell: 'lstm', hiddenSize: 8 });
    for (const [i, { data }] of first.model.parameters.entries())
      expect([...same.model.parameters[i].data]).toEqual([...data]);
    expect(same.notes.join('\n')).toContain(`Starts from ${at('first')}: 6 tensors of weights`);

    const given = { ...free, corpus: at('other.txt'), validation: 0, epochs: 4 };
    const whole = await trained('whole', {}, { initFrom: at('first'), given });
    await trained(
      'parts',
      {},
      { initFrom: at('first'), given: { ...given, epochs: 2, schedule: 'constant' } },
    );
    await trained('whole 2', {}, { initFrom: at('first'), given: { ...given, schedule: 'constant' } });
    const parts = await trained('parts', {}, { resume: true, given: { epochs: 4 } });
    const { model } = await loadModel(at('whole 2'));
    for (const [i, { data }] of model.parameters.entries())
      expect([...parts.model.parameters[i].data]).toEqual([...data]);
    expect(whole.events.some(({ event }) => event === 'init')).toBe(true);
    const record = decodeRecord(await readFile(at('parts', 'training.json'), 'utf8'), 'training.json');
    expect(record.settings.initFrom?.path).toBe(at('first'));
  });

  it('takes the moments of an optimizer of the same kind, says so, and another state makes another run', async () => {
    const { hiddenSize: _, ...free } = { ...small };
    const given = { ...free, corpus: at('other.txt'), validation: 0 };
    const adam = await trained('adam after adam', {}, { initFrom: at('first'), given });
    expect(adam.notes.join('\n')).toMatch(
      /The optimizer \(adam\) begins with the moments of its \d+ updates/,
    );
    const record = decodeRecord(
      await readFile(at('adam after adam', 'training.json'), 'utf8'),
      'training.json',
    );
    expect(record.settings.initFrom?.optimizer).toMatch(/^[0-9a-f]{64}$/);
    const sgd = await trained(
      'sgd after adam',
      {},
      { initFrom: at('first'), given: { ...given, optimizer: 'sgd' } },
    );
    expect(sgd.notes.join('\n')).toContain('The optimizer starts over.');

    // Without its checkpoints it is a model like any: weights alone.
    await cp(at('first'), at('bare'), { recursive: true });
    await rm(at('bare', 'checkpoints'), { recursive: true });
    const bare = await trained('after bare', {}, { initFrom: at('bare'), given });
    expect(bare.notes.join('\n')).toContain('The optimizer starts over.');
    expect([...bare.model.parameters[0].data]).not.toEqual([...adam.model.parameters[0].data]);
    await expect(
      trained('adam after adam', {}, { resume: true, initFrom: at('bare'), given: {} }),
    ).rejects.toThrow('--init-from: expected the model that the run was started from, got another');
  });

  it('refuses another architecture, other tokens, and another model than the run was started from', async () => {
    const from = { initFrom: at('first') };
    expect(await refused({ cell: 'gru', corpus: at('verse.txt') }, from)).toBe(
      `cell: expected 'lstm', as the model in '${at('first')}' has it, got 'gru'`,
    );
    await writeFile(at('greek.txt'), 'ψ'.repeat(200));
    // The model has <unk>, but a text to learn from must have its tokens.
    expect(await refused({ corpus: at('greek.txt') }, from)).toMatch(
      /^corpus: expected tokens of the model's vocab/,
    );
    expect(await refused({ corpus: at('verse.txt') }, { initFrom: at('nowhere') })).toMatch(/config\.json/);
    await expect(trained('parts', {}, { resume: true, initFrom: at('relu'), given: {} })).rejects.toThrow(
      '--init-from: expected the model that the run was started from, got another',
    );
  });
});

describe('every part of an architecture', () => {
  const given = (...args: string[]) => {
    let request: TrainRequest | undefined;
    const command = trainCommand().action((options) => {
      request = requestOf(options);
    });
    command.parse([...args, '--out', at('unused')], { from: 'user' });
    return request!.given;
  };

  it('is an option, reaches the model, and stays where the run continues and where another starts from it', async () => {
    const args = [
      ...['--cell', 'lstm', '--layers', '2', '--layer-norm', '--residual', '--peephole', '--projection', '6'],
      ...[
        '--zoneout',
        '0.1,0.05',
        '--activation-penalty',
        '2,1',
        '--weight-decay',
        '0.01',
        '--clip-value',
        '1',
      ],
      ...['--forget-bias', '2', '--dropout', 'input=0.1,recurrent-weights=0.3,locked'],
    ];
    const { model } = await trained('every part', { ...given(...args), epochs: 1 });
    const parts = { layerNorm: true, residual: true, peephole: true, projectionSize: 6 };
    expect(model.config).toMatchObject({
      ...parts,
      zoneout: { hidden: 0.1, cell: 0.05 },
      activationPenalty: { size: 2, change: 1 },
      dropout: { input: 0.1, recurrentWeights: 0.3, locked: true },
    });
    const record = decodeRecord(await readFile(at('every part', 'training.json'), 'utf8'), 'record');
    expect(record.settings).toMatchObject({ weightDecay: 0.01, clipValue: 1, forgetBias: 2 });
    const resumed = await trained('every part', {}, { given: { epochs: 2 }, resume: true });
    expect(resumed.model.config).toEqual(model.config);

    const further = await trained(
      'every part further',
      { cell: 'lstm', layers: 2 },
      { initFrom: at('every part') },
    );
    expect(further.model.config).toMatchObject(parts);
    expect(further.model.config.zoneout).toBeUndefined();
    await expect(
      trained('other parts', { cell: 'lstm', layers: 2, projectionSize: 4 }, { initFrom: at('every part') }),
    ).rejects.toThrow('projectionSize: expected 6, as the model in');
  });

  it('is refused where the cell has no such part', async () => {
    await expect(trained('none', { cell: 'gru', peephole: true })).rejects.toThrow(/peephole/);
    await expect(trained('none', { cell: 'rnn', projectionSize: 4 })).rejects.toThrow(/projectionSize/);
  });

  it('resets a GRU before its product, and leaves adamw without decay', () => {
    expect(given('--reset-before')).toMatchObject({ resetAfter: false });
    expect(given('--weight-decay', '0')).toMatchObject({ weightDecay: 0 });
    const settings = completeSettings({ optimizer: 'adamw', weightDecay: 0 });
    expect(optimizerFor(settings).weightDecay).toBe(0);
    expect(optimizerFor(completeSettings({ optimizer: 'adamw' })).weightDecay).toBe(0.01);
  });

  it.each([
    ['--dropout', 'input=2', /Expected a number/],
    ['--dropout', 'inside=0.2', /Expected a probability, or some of input=p/],
    ['--dropout', 'locked=1', /Expected a probability/],
    ['--zoneout', '0.1,0.2,0.3', /one number or two/],
    ['--activation-penalty', '-1', /at least 0/],
  ])('refuses %s %s', (option, value, message) => {
    const command = trainCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    expect(() => command.parse([option, value, '--out', at('unused')], { from: 'user' })).toThrow(message);
  });
});

// The page trains what the command trains: its worker, run here in Node, beside `generate train` with the same settings.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reporter } from '@throughtime/command-line';
import { decodeSafetensors } from '@throughtime/safetensors';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report, TextSource } from '../web/worker/protocol.js';
import { Workshop } from '../web/worker/workshop.js';
import { train } from './commands/train.js';
import { loadCorpus } from './core/corpus.js';
import { completeSettings, pageRecipe, type TrainSettings } from './core/settings.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-network-'));
});

afterEach(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** After each epoch. */
  readonly validation: readonly unknown[];
}

async function byPage(source: TextSource, given: Partial<TrainSettings>): Promise<Outcome> {
  const reports: Report[] = [];
  const workshop = new Workshop();
  const settings = completeSettings(given, pageRecipe);
  await workshop.train({ source, settings }, (report) => reports.push(report));
  return {
    files: unzipSync(workshop.archive()),
    validation: reports.flatMap((report) => (report.type === 'validation' ? [report.perplexity] : [])),
  };
}

async function byCommand(given: Partial<TrainSettings>): Promise<Outcome> {
  const validation: unknown[] = [];
  const reporter: Reporter = {
    event: (name, fields) => name === 'epoch' && validation.push(fields?.validationPerplexity),
    print() {},
    write() {},
    note() {},
    warn() {},
    progress() {},
  };
  const out = join(folder, 'model');
  const request = { given: { ...pageRecipe, ...given }, out, resume: false, overwrite: false };
  await train(request, reporter, new AbortController().signal);
  const names = ['config.json', 'vocabulary.json', 'model.safetensors'];
  const files = names.map(async (name) => [name, new Uint8Array(await readFile(join(out, name)))] as const);
  return { files: Object.fromEntries(await Promise.all(files)), validation };
}

/** All that was learned. The command also writes down which run a model is of; the page has no folders that could be mixed up. */
function learned({ files, validation }: Outcome) {
  const { tensors, metadata } = decodeSafetensors(files['model.safetensors']);
  const { 'throughtime.run': _, ...said } = metadata;
  return { ...files, 'model.safetensors': { tensors, said }, validation };
}

describe('the page’s network is the command’s, to the last bit', () => {
  const quick = { maxTokens: 1500, epochs: 2, steps: 16, batch: 8 } as const;

  it.each<[string, Partial<TrainSettings>]>([
    ['by default', {}],
    ['of two layers of lstm', { cell: 'lstm', layers: 2, hiddenSize: 12 }],
    ['by plain descent', { optimizer: 'sgd', hiddenSize: 12, seed: 7 }],
  ])('%s', async (_, given) => {
    const page = await byPage({ kind: 'corpus', name: 'moby-dick' }, { ...quick, ...given });
    const command = await byCommand({ ...quick, ...given });
    expect(page.validation).toEqual(command.validation);
    expect(page.validation.length).toBe(2);
    expect(learned(page)).toEqual(learned(command));
  });

  it('of a text of one’s own', async () => {
    const text = `\ufeff${(await loadCorpus('alice'))!.text.slice(0, 1500)}`;
    const file = join(folder, 'own.txt');
    await writeFile(file, text);
    const given = { ...quick, hiddenSize: 12, corpus: file };
    expect(learned(await byPage({ kind: 'text', text }, given))).toEqual(learned(await byCommand(given)));
  });
});

it('the page continues a saved run as the command does', async () => {
  const source: TextSource = { kind: 'corpus', name: 'moby-dick' };
  const given = { maxTokens: 3000, epochs: 4, steps: 16, batch: 8, hiddenSize: 12 };
  const request = { source, settings: completeSettings(given, pageRecipe) };
  const whole = new Workshop();
  await whole.train(request, () => {});

  const first = new Workshop();
  const stopped = await first.train(request, (report) => {
    if (report.type === 'validation' && report.epoch === 2) first.stop();
  });
  expect(stopped.reason).toBe('stopped');
  const second = new Workshop();
  expect(await second.open(first.files())).toMatchObject({ cell: 'gru', hiddenSize: '12', layers: 1 });
  expect((await second.trainFurther(request, () => {})).reason).toBe('finished');
  expect(unzipSync(second.archive())).toEqual(unzipSync(whole.archive()));
});

it('the page trains a model of a folder further, in its own tokens and its own form of text', async () => {
  const given = {
    ...{ maxTokens: 3000, epochs: 1, steps: 16, batch: 8, hiddenSize: 12 },
    ...{ clean: 'letters' as const },
  };
  const { files } = await byCommand(given);
  const workshop = new Workshop();
  await workshop.open(files);
  const settings = completeSettings({ ...given, clean: 'none', corpus: 'alice' }, pageRecipe);
  const source: TextSource = { kind: 'corpus', name: 'alice' };
  // Capitals would be refused, were they not cleaned as the model's own text was.
  expect((await workshop.trainFurther({ source, settings }, () => {})).reason).toBe('finished');
  const notes = JSON.parse(new TextDecoder().decode(unzipSync(workshop.archive())['config.json'])).notes;
  expect(notes).toEqual({ cleaning: 'letters', corpus: 'alice' });
});

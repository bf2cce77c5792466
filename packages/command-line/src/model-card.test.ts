import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CardFacts, cardRows, carryCard, readCard, saveCard } from './model-card.js';

let base: string;
let model: string;
let warnings: string[];
const warn = (text: string) => warnings.push(text);

const facts: CardFacts = {
  command: 'generate train',
  engine: 'relaxed',
  run: 'abc',
  data: { name: 'a book', sha256: '00ff', sizes: { characters: 1200, vocabulary: 28 } },
  settings: { seed: 3, hiddenSize: [8, 4], unset: undefined },
  figures: { validationPerplexity: 7.5 },
};

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'card-'));
  model = join(base, 'model');
  warnings = [];
  await mkdir(model);
  await writeFile(join(model, 'model.safetensors'), 'weights');
});

afterEach(async () => {
  vi.useRealTimers();
  await rm(base, { recursive: true, force: true });
});

const at = (date: string) => vi.useFakeTimers({ now: new Date(date), toFake: ['Date'] });

describe('the card of a model', () => {
  it('says who made it, when, of what, and how good it is', async () => {
    at('2026-01-02T03:04:05Z');
    await saveCard(model, facts);
    const card = await readCard(model, warn);
    const { data, figures, run } = facts;
    const now = '2026-01-02T03:04:05.000Z';
    const versions = {
      throughtime: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.version,
      engine: 'relaxed',
    };
    expect(card).toEqual({
      ...{ model: expect.stringMatching(/^[\da-f]{64}$/), run, data, figures },
      settings: { seed: 3, hiddenSize: [8, 4] },
      history: [{ command: 'generate train', from: now, to: now, versions }],
    });
    expect(warnings).toEqual([]);
    expect(cardRows(card!)).toEqual([
      [
        'generate train',
        expect.stringMatching(`^${now}, throughtime .*, node ${process.version}, engine relaxed$`),
      ],
      ['data', 'a book, characters 1,200, vocabulary 28, SHA-256 00ff'],
      ['seed', '3'],
      ['hiddenSize', '[8,4]'],
      ['validationPerplexity', '7.5'],
    ]);
  });

  it('is read as the first version wrote it', async () => {
    const card = await readCard(fileURLToPath(new URL('./fixtures/format-1/model', import.meta.url)), warn);
    expect(warnings).toEqual([]);
    expect(card?.data?.name).toBe('moby-dick');
    expect(card?.figures.updates).toBe(30);
  });

  it('continues with the run, with a new entry under another engine, and again with another run', async () => {
    at('2026-01-01T00:00:00Z');
    await saveCard(model, facts);
    at('2026-01-02T00:00:00Z');
    await writeFile(join(model, 'model.safetensors'), 'others');
    await saveCard(model, { ...facts, figures: undefined });
    at('2026-01-03T00:00:00Z');
    await saveCard(model, { ...facts, engine: 'plain', figures: { validationPerplexity: 7 } });
    const card = await readCard(model, warn);
    expect(
      card?.history.map(({ from, to, versions }) => [from.slice(8, 10), to.slice(8, 10), versions.engine]),
    ).toEqual([
      ['01', '02', 'relaxed'],
      ['03', '03', 'plain'],
    ]);
    expect(card?.figures).toEqual({ validationPerplexity: 7 });
    await saveCard(model, { ...facts, run: 'another' });
    expect((await readCard(model, warn))?.history.length).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('keeps the figures of the run where nothing new is known', async () => {
    await saveCard(model, facts);
    await saveCard(model, { ...facts, figures: undefined });
    expect((await readCard(model, warn))?.figures).toEqual(facts.figures);
  });

  it('is carried on to what is made of the model: a folder, or a file', async () => {
    await saveCard(model, facts);
    const [folder, file] = [join(base, 'small'), join(base, 'model.onnx')];
    await mkdir(folder);
    await writeFile(join(folder, 'model.safetensors'), 'bytes');
    await writeFile(file, 'graph');
    for (const to of [folder, file]) {
      await carryCard(model, to, 'generate export', warn);
      const card = await readCard(to, warn);
      expect(card?.history.map(({ command }) => command)).toEqual(['generate train', 'generate export']);
      expect(card?.data).toEqual(facts.data);
    }
    expect(await readFile(`${file}.card.json`, 'utf8')).toContain('generate export');
    await carryCard(model, '/dev/null', 'generate export', warn);
    expect(warnings).toEqual([]);
  });

  const path = () => join(model, 'card.json');
  it.each([
    ['missing', () => rm(path()), 'card.json: none, so nothing is known of where the model comes from'],
    [
      'cut short',
      () => writeFile(path(), '{"format":"throughtime-c'),
      'card.json: no card of a model: expected JSON',
    ],
    [
      'another file',
      () => writeFile(path(), '{"format":"x","version":1}'),
      "no card of a model: format: expected 'throughtime-card'",
    ],
    [
      'of a later version',
      () => writeFile(path(), '{"format":"throughtime-card","version":9}'),
      'version: expected at most 1, got 9',
    ],
    [
      'nested without end',
      () =>
        writeFile(
          path(),
          `{"format":"throughtime-card","version":1,"settings":${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
        ),
      'at most 100 levels',
    ],
    ['a folder', () => rm(path()).then(() => mkdir(path())), 'card.json: no card of a model'],
    [
      'of another model',
      () => writeFile(join(model, 'model.safetensors'), 'others'),
      'tells of another model than',
    ],
    ['of no model', () => rm(join(model, 'model.safetensors')), 'tells of another model than'],
  ])('is one warning where it is %s', async (_, damage, message) => {
    await saveCard(model, facts);
    await damage();
    expect(await readCard(model, warn)).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining(message)]);
    expect(warnings[0]).not.toContain('\n');
    // A copy of the model has none either, with the same words.
    await carryCard(model, base, 'generate export', warn);
    expect(warnings.length).toBe(2);
  });
});

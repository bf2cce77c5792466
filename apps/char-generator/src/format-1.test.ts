import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensorsFile } from '@throughtime/safetensors/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, generate } from './fixtures/run-cli.js';

// Folders that `generate train` and `generate ngram` left in format 1, most of the runs interrupted in the middle of an epoch;
// fixtures/format-1/make-fixtures.mjs wrote them. Every later version must read them and continue the runs to the weights that they end
// with when nothing stops them. Never write them again.
const fixtures = fileURLToPath(new URL('./fixtures/format-1/', import.meta.url));

/** What `sample` and `evaluate` said of a folder. */
interface Answers {
  readonly sample: string;
  readonly evaluated: { readonly loss: number; readonly tokens: number; readonly unknownTokens: number };
}

interface ExpectedRun extends Answers {
  /** Where the run was interrupted; absent of one that is finished. */
  readonly checkpoint?: { readonly epoch: number };
  /** Options that continue it, beside --resume. */
  readonly resume: readonly string[];
  /** Of the run that nothing stopped. */
  readonly end: { readonly reason: string; readonly validationPerplexity?: number };
  /** SHA-256 of its weights, by the engine's SIMD; absent of a model that the engine did not run at the time. */
  readonly hashes?: { readonly plain: string; readonly relaxed: string };
}

const expected: {
  readonly runs: Readonly<Record<string, ExpectedRun>>;
  readonly ngrams: Readonly<Record<string, Answers>>;
} = JSON.parse(await readFile(join(fixtures, 'expected.json'), 'utf8'));

let out: string;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'format-1 '));
});

afterAll(() => rm(out, { recursive: true }));

/** The JSON lines of a command that ends well. */
async function lines(...args: string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await generate(...args, '--json');
  expect(stderr.split('\n').filter((line) => line.startsWith('generate:'))).toEqual([]);
  expect(code).toBe(0);
  return eventsOf(stdout);
}

async function expectAnswers(folder: string, { sample, evaluated }: Answers): Promise<void> {
  const sampling = ['--length', '40', '--seed', '7', '--temperature', '0.8'];
  const said = (await lines('sample', '--model', folder, ...sampling)).at(-1);
  // Samples of lines had a blank on either side of each line end then.
  expect(said?.text).toBe(sample.replaceAll(' \n ', '\n'));
  const reading = ['--corpus', 'moby-dick', '--max-tokens', '1200'];
  // A model that was saved before models had a checksum is read with a warning.
  const figures = (await lines('evaluate', '--model', folder, ...reading)).find(
    ({ event }) => event !== 'warning',
  );
  const { loss, tokens, unknownTokens } = evaluated;
  expect(figures).toMatchObject({ tokens, unknownTokens, loss: expect.closeTo(loss, 4) });
}

/** SHA-256 of all weights as little-endian float32, by the order of their names. */
async function hashOf(folder: string): Promise<string> {
  const { tensors } = await readSafetensorsFile(join(folder, 'model.safetensors'));
  const hash = createHash('sha256');
  for (const [, { data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}

describe.concurrent.each(Object.entries(expected.runs))('the training run %s of format 1', (name, run) => {
  it('answers as it did', () => expectAnswers(join(fixtures, name), run));

  it('continues to the weights of the run that nothing stopped', async () => {
    const folder = join(out, name);
    await cp(join(fixtures, name), folder, { recursive: true });
    const events = await lines('train', '--out', folder, '--resume', ...run.resume);
    const epochs = events.filter(({ event }) => event === 'epoch').map(({ epoch }) => epoch);
    if (run.checkpoint) expect(epochs[0]).toBe(run.checkpoint.epoch);
    const { reason, validationPerplexity } = run.end;
    expect(events.at(-1)).toMatchObject({ event: 'done', reason });
    if (run.hashes) expect(Object.values(run.hashes)).toContain(await hashOf(folder));
    if (validationPerplexity !== undefined) {
      const reached = events.at(-1)?.validationPerplexity as number;
      expect(Math.abs(reached / validationPerplexity - 1)).toBeLessThan(0.01);
    }
  });
});

describe.concurrent.each(Object.entries(expected.ngrams))(
  'the n-gram model %s of format 1',
  (name, answers) => {
    it('answers as it did', () => expectAnswers(join(fixtures, name), answers));
  },
);

it('a training run of format 1 is known by its settings: others are refused', async () => {
  const folder = join(fixtures, 'gru-one-cycle');
  const { code, stderr } = await generate('train', '--out', folder, '--resume', '--hidden', '9');
  expect(code).toBe(2);
  expect(stderr).toMatch(/hidden: expected 5, .* got 9/);
});

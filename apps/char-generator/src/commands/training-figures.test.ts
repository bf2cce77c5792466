// What a run that ended early, or was interrupted within an epoch, says of its model.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reporter } from '@throughtime/command-line';
import { loadText } from '@throughtime/datasets';
import { loadModel } from '@throughtime/lang-model/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportPytorchRun } from './export-pytorch.js';
import { type TrainRequest, train } from './train.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const never = new AbortController().signal;

type Event = Record<string, unknown>;

function recorded(onProgress: () => void = () => {}) {
  const events: Event[] = [];
  const nothing = () => {};
  const reporter: Reporter = {
    event: (event, fields) => void events.push({ event, ...fields }),
    progress: onProgress,
    ...{ print: nothing, note: nothing, write: nothing, warn: nothing },
  };
  return { events, reporter, done: () => events.at(-1)! };
}

const request = (out: string, given: TrainRequest['given'], more: Partial<TrainRequest> = {}) => ({
  ...{ given: { corpus: at('text.txt'), batch: 4, steps: 10, dropout: 0, ...given }, out: at(out) },
  ...{ resume: false, overwrite: false, threads: 1, ...more },
});

const weightsIn = async (path: string) =>
  (await loadModel(path)).model.parameters.map(({ data }) => data.slice());

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'training figures '));
  const book = (await loadText('alice')).text;
  await writeFile(at('text.txt'), book.slice(0, 2500));
  // The same characters, one of them much more often.
  const text = book.slice(0, 2500);
  await writeFile(at('other.txt'), `${[...new Set(text)].at(-1)!.repeat(400)}${text}`);
});
afterAll(() => rm(folder, { recursive: true }));

describe('a run that ended early', () => {
  const early = { hiddenSize: 48, lr: 0.05, schedule: 'constant', epochs: 40, earlyStopping: 2 } as const;

  it('tells of the epoch whose weights it has, in its last line and its card', async () => {
    const { events, reporter, done } = recorded();
    await train(request('early', early), reporter, never);
    const epochs = events.filter(({ event }) => event === 'epoch');
    const least = Math.min(...epochs.map(({ validationPerplexity }) => validationPerplexity as number));
    const best = epochs.find(({ validationPerplexity }) => validationPerplexity === least)!;
    expect(done()).toMatchObject({ reason: 'early-stop', perplexity: best.perplexity });
    expect(best).not.toBe(epochs.at(-1));
    const { figures } = JSON.parse(await readFile(at('early', 'card.json'), 'utf8'));
    expect(figures).toMatchObject({ epoch: best.epoch, trainingPerplexity: best.perplexity });
  });

  it('goes to PyTorch with the model that it ended with', async () => {
    await exportPytorchRun(at('early'), at('early pytorch'), {
      reporter: recorded().reporter,
      signal: never,
    });
    expect(await weightsIn(at('early pytorch', 'model'))).toEqual(await weightsIn(at('early')));
  });
});

it('a run that was interrupted within an epoch tells of the whole epoch', async () => {
  const given = { hiddenSize: 8, epochs: 1, validation: 0 };
  const whole = recorded();
  await train(request('whole', given), whole.reporter, never);
  const stop = new AbortController();
  let steps = 0;
  const { reporter, done } = recorded(() => void (++steps === 20 && stop.abort()));
  await train(request('halves', given), reporter, stop.signal);
  expect(done()).toMatchObject({ reason: 'interrupted' });
  const rest = recorded();
  await train(request('halves', {}, { given: {}, resume: true }), rest.reporter, never);
  expect(rest.done()).toMatchObject({ reason: 'finished', perplexity: whole.done().perplexity });
});

describe('a run that starts from a model of other tokens', () => {
  it('goes to PyTorch in the tokens of that model', async () => {
    await train(request('start', { hiddenSize: 8, epochs: 1, validation: 0 }), recorded().reporter, never);
    const given = { corpus: at('other.txt'), epochs: 1, validation: 0 };
    await train(request('further', given, { initFrom: at('start') }), recorded().reporter, never);
    await exportPytorchRun(at('further'), at('pytorch'), { reporter: recorded().reporter, signal: never });
    const vocabulary = (path: string) => readFile(join(path, 'vocabulary.json'), 'utf8');
    expect(await vocabulary(at('pytorch', 'model'))).toBe(await vocabulary(at('further')));
    expect(await weightsIn(at('pytorch', 'model'))).toEqual(await weightsIn(at('further')));
    const ids = await readFile(at('pytorch', 'training.int32'));
    const { vocabulary: known } = (await loadModel(at('further'))).model;
    const text = await readFile(at('other.txt'), 'utf8');
    const written = new Int32Array(ids.buffer, ids.byteOffset, text.length);
    expect(Array.from(written, (id) => known!.tokenOf(id)).join('')).toBe(text);
  });

  it('learns both biases of its GRU, whatever a protocol has for its own', async () => {
    await train(
      request('gru', { hiddenSize: 8, epochs: 1, cell: 'gru', validation: 0 }),
      recorded().reporter,
      never,
    );
    const given = {
      preset: 'd2l-1.0-gru',
      corpus: at('other.txt'),
      clean: 'none',
      epochs: 1,
      validation: 0,
    } as const;
    await train(request('protocol', given, { initFrom: at('gru') }), recorded().reporter, never);
    const { settings } = JSON.parse(await readFile(at('protocol', 'training.json'), 'utf8'));
    expect(settings.resetAfter).toBe(true);
    const biasOf = async (path: string) =>
      (await loadModel(at(path))).model.parameters.find(({ name }) => name === 'rnn.bias_hh_l0')!.data;
    expect(await biasOf('protocol')).not.toEqual(await biasOf('gru'));
  });
});

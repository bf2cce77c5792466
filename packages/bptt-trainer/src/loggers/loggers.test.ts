import { describe, expect, it } from 'vitest';
import type { EpochEvent, StepEvent, TrainingEvent } from '../events.js';
import { csv } from './csv.js';
import { jsonLines } from './json-lines.js';
import { withLoggers } from './logger.js';
import { describeEvent, progressLine } from './progress-line.js';
import { tensorBoard } from './tensor-board.js';

const step: StepEvent = {
  type: 'step',
  ...{ epoch: 3, step: 812, loss: 1.826, perplexity: 6.2089, bitsPerToken: 2.634, predictions: 1120 },
  ...{ gradientNorm: 2.3139, clippedNorm: 1, learningRate: 0.5, tokensPerSecond: 12_403.4, timeLeft: 65 },
};
const validation = { loss: 2, perplexity: 7.389, bitsPerToken: 2.885, predictions: 10 };
const epoch: EpochEvent = {
  type: 'epoch',
  ...{
    epoch: 3,
    step: 812,
    loss: 1.9,
    perplexity: 6.69,
    bitsPerToken: 2.74,
    predictions: 9000,
    seconds: 7.25,
  },
  ...{
    learningRate: 0.5,
    tokensPerSecond: 12_403.4,
    timeLeft: Number.POSITIVE_INFINITY,
    validation,
    best: true,
  },
};
const end: TrainingEvent = {
  type: 'end',
  step: 812,
  epoch: 3,
  reason: 'early-stop',
  best: { epoch: 1, loss: 2 },
};
const saved: TrainingEvent = {
  type: 'checkpoint',
  step: 812,
  epoch: 3,
  location: 'out/checkpoint-000001.safetensors',
};

async function* played(...events: TrainingEvent[]) {
  yield* events;
}

async function written(make: (write: (text: string) => void) => Parameters<typeof withLoggers>[1]) {
  let text = '';
  const logger = make((more) => {
    text += more;
  });
  for await (const _ of withLoggers(played(step, epoch, saved, end), logger));
  return text;
}

describe('loggers', () => {
  it('json lines: every event, with infinities as strings', async () => {
    const lines = (await written((write) => jsonLines(write)))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([step, { ...epoch, timeLeft: 'Infinity' }, saved, end]);
  });

  it('csv: updates and epochs under one header', async () => {
    expect(await written((write) => csv(write))).toBe(
      `type,epoch,step,loss,perplexity,bits_per_token,predictions,tokens_per_second,learning_rate,gradient_norm,clipped_norm,validation_loss,validation_perplexity
step,3,812,1.826,6.2089,2.634,1120,12403.4,0.5,2.3139,1,,
epoch,3,812,1.9,6.69,2.74,9000,12403.4,0.5,,,2,7.389
`,
    );
    expect(await written((write) => csv(write, { header: false }))).toMatch(/^step,3/);
  });

  it('progress line: updates replace one another, the rest stays', async () => {
    const shown: string[] = [];
    const kept: string[] = [];
    const logger = progressLine({ show: (line) => shown.push(line), keep: (line) => kept.push(line) });
    for await (const _ of withLoggers(played(step, epoch, saved, end), logger));
    expect(shown).toEqual([
      'epoch 3  step 812  perplexity 6.21  12,403 tokens/s  gradient 2.31 -> 1  1 m 05 s left',
    ]);
    expect(kept).toEqual([
      'epoch 3  perplexity 6.69  validation 7.39 (best)  12,403 tokens/s  rate 0.5  7.3 s',
      'step 812  saved out/checkpoint-000001.safetensors',
      'stopped, as validation no longer improved, after 812 updates, best in epoch 1',
    ]);
  });

  it('progress line: times and figures of any size', () => {
    const text = (changes: Partial<StepEvent>) => describeEvent({ ...step, ...changes });
    expect(text({ timeLeft: 3725, gradientNorm: 1 })).toMatch(/gradient 1 {2}1 h 02 m left$/);
    expect(text({ timeLeft: 59.6 })).toMatch(/1 m 00 s left$/);
    expect(text({ timeLeft: Number.POSITIVE_INFINITY, tokensPerSecond: Number.NaN })).toMatch(
      /- tokens\/s.*- left$/,
    );
    expect(text({ perplexity: Number.POSITIVE_INFINITY })).toMatch(/perplexity Infinity/);
    expect(text({ perplexity: 12_345.6 })).toMatch(/perplexity 12300/);
  });

  it('name options that cannot be', () => {
    expect(() => csv(() => {}, { headers: false } as never)).toThrow("(did you mean 'header'?)");
    expect(() => csv(undefined as never)).toThrow('write: expected a function, got undefined');
    expect(() => jsonLines('log.jsonl' as never)).toThrow("write: expected a function, got 'log.jsonl'");
    expect(() => progressLine({} as never)).toThrow('show: expected a function, got undefined');
    expect(() => progressLine(undefined as never)).toThrow(
      'options: expected an object with the options show',
    );
    expect(() => tensorBoard(() => {}, { now: 3 } as never)).toThrow('now: expected a function, got 3');
  });

  it('are closed however training ends', async () => {
    let closed = 0;
    const logger = { log() {}, close: () => void closed++ };
    for await (const _ of withLoggers(played(step, end), logger)) break;
    expect(closed).toBe(1);
    const failing = (async function* (): AsyncGenerator<TrainingEvent> {
      yield step;
      throw new Error('diverged');
    })();
    await expect(async () => {
      for await (const _ of withLoggers(failing, logger));
    }).rejects.toThrow('diverged');
    expect(closed).toBe(2);
  });

  it('are all closed, whichever of them cannot be', async () => {
    const failing = (text: string) => ({
      log() {},
      close() {
        throw new Error(text);
      },
    });
    let closed = 0;
    const logger = { log() {}, close: () => void closed++ };
    const run = async (events: AsyncIterable<TrainingEvent>, ...texts: string[]) => {
      for await (const _ of withLoggers(events, ...texts.map(failing), logger));
    };
    await expect(run(played(end), 'disk full')).rejects.toThrow('disk full');
    expect(closed).toBe(1);
    const both = run(played(end), 'disk full', 'pipe broken');
    await expect(both).rejects.toThrow(AggregateError);
    await expect(both).rejects.toThrow('disk full; pipe broken');
    // What ended training goes before.
    const diverging = (async function* (): AsyncGenerator<TrainingEvent> {
      yield step;
      throw new Error('diverged');
    })();
    await expect(run(diverging, 'disk full')).rejects.toThrow('diverged');
    expect(closed).toBe(3);
  });
});

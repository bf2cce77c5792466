import { Random } from '@throughtime/random';
import { describe, expect, it, vi } from 'vitest';
import type { TrainingEvent } from './events.js';
import { collect } from './fixtures/collect.js';
import { type ElmanBatch, ElmanModel } from './fixtures/elman-model.js';
import { tokenBatches } from './fixtures/token-batches.js';
import { adam } from './optimizers/adam.js';
import { averagedSgd } from './optimizers/averaged-sgd.js';
import { frozenSecondBiases } from './optimizers/parameter-groups.js';
import { sgd } from './optimizers/sgd.js';
import { positional } from './schedules/schedule.js';
import type { TrainerSnapshot } from './snapshot/snapshot.js';
import { copySnapshot } from './snapshot/snapshot.js';
import { BpttTrainer } from './trainer.js';
import { regular } from './truncation/regular.js';

const random = Random.seeded(3);
const options = { optimizer: sgd(0.5), clipNorm: 1, random };
const weightsOf = (model: ElmanModel) => model.parameters.map(({ data }) => [...data]);

describe('BpttTrainer', () => {
  it.each([
    ['sgd', { ...options, optimizer: sgd(1) }],
    ['adam', { ...options, optimizer: adam(0.02) }],
  ])('learns a pattern with %s', async (_, chosen) => {
    const model = new ElmanModel({ hiddenSize: 12 });
    const source = tokenBatches({ rows: 4, steps: 10, count: 10 });
    const { epochs } = await collect(new BpttTrainer(model, chosen).fit(source, { epochs: 60 }));
    expect(epochs[0].perplexity).toBeGreaterThan(4);
    expect(epochs.at(-1)!.perplexity).toBeLessThan(2);
  });

  it('does by hand what it says it does: gradient, clipping, step, and the state carried on', async () => {
    const [model, byHand] = [new ElmanModel(), new ElmanModel()];
    const { steps } = await collect(
      new BpttTrainer(model, { ...options, clipNorm: 0.1 }).fit(tokenBatches(), { epochs: 1 }),
    );

    let state = byHand.initialState(2);
    const seen: { loss: number; norm: number }[] = [];
    for (const batch of tokenBatches()) {
      const result = byHand.lossAndGradients(batch, state, { random });
      state = result.state;
      const norm = Math.sqrt(
        byHand.parameters.flatMap((p) => [...p.gradient]).reduce((sum, g) => sum + g * g, 0),
      );
      seen.push({ loss: result.loss, norm });
      for (const { data, gradient } of byHand.parameters) {
        for (let i = 0; i < data.length; i++)
          data[i] -= 0.5 * Math.fround(gradient[i] * Math.min(1, 0.1 / norm));
      }
    }
    expect(weightsOf(model)).toEqual(weightsOf(byHand));
    expect(steps.map(({ loss }) => loss)).toEqual(seen.map(({ loss }) => loss));
    expect(steps.map(({ gradientNorm }) => gradientNorm)).toEqual(seen.map(({ norm }) => norm));
    for (const step of steps) expect(step.clippedNorm).toBe(0.1);
  });

  it('leaves frozen parameters out of the norm, and where they are', async () => {
    const [model, plain] = [new ElmanModel(), new ElmanModel()];
    const optimizer = sgd(0.5, { groups: [frozenSecondBiases] });
    const { steps } = await collect(
      new BpttTrainer(model, { ...options, optimizer }).fit(tokenBatches(), { epochs: 1 }),
    );
    const [first] = tokenBatches();
    plain.lossAndGradients(first, plain.initialState(2), { random });
    const squares = plain.parameters
      .filter(({ name }) => name !== 'rnn.bias_hh_l0')
      .flatMap(({ gradient }) => [...gradient])
      .reduce((sum, g) => sum + g * g, 0);
    expect(steps[0].gradientNorm).toBe(Math.sqrt(squares));
    const moved = weightsOf(model).map((values, i) => String(values) !== String(weightsOf(plain)[i]));
    expect(moved).toEqual([true, true, false, true, true]);
  });

  it('tells of every update and epoch', async () => {
    const source = tokenBatches();
    const { all, steps, epochs, end } = await collect(
      new BpttTrainer(new ElmanModel(), options).fit(source, {
        epochs: 2,
        validation: tokenBatches({ seed: 4 }),
      }),
    );
    expect(all.map(({ type }) => type).join(' ')).toBe(
      'step step step step epoch step step step step epoch end',
    );
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(steps.map(({ epoch }) => epoch)).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
    for (const step of steps) {
      expect(step.predictions).toBe(12);
      expect(step.perplexity).toBe(Math.exp(step.loss));
      expect(step.bitsPerToken).toBe(step.loss / Math.LN2);
      expect(step.learningRate).toBe(0.5);
      expect(step.tokensPerSecond).toBeGreaterThan(0);
      expect(step.timeLeft).toBeGreaterThanOrEqual(0);
    }
    expect(steps[7].timeLeft).toBe(0);
    const first = steps.slice(0, 4).reduce((sum, { loss }) => sum + loss, 0) / 4;
    expect(epochs[0].loss).toBeCloseTo(first, 12);
    expect(epochs[0].predictions).toBe(48);
    expect(epochs[0].validation?.perplexity).toBeGreaterThan(1);
    expect(epochs[0].best).toBe(true);
    expect(end).toMatchObject({ type: 'end', reason: 'finished', step: 8, epoch: 2 });
  });

  it('stops on a signal after the update in progress, also before the first', async () => {
    const controller = new AbortController();
    const events: TrainingEvent[] = [];
    const trainer = new BpttTrainer(new ElmanModel(), options);
    for await (const event of trainer.fit(tokenBatches(), { epochs: 5, signal: controller.signal })) {
      events.push(event);
      if (events.length === 3) controller.abort();
    }
    expect(events.map(({ type }) => type)).toEqual(['step', 'step', 'step', 'end']);
    expect(events.at(-1)).toMatchObject({ reason: 'aborted', step: 3 });
    const { all } = await collect(trainer.fit(tokenBatches(), { epochs: 5, signal: AbortSignal.abort() }));
    expect(all).toMatchObject([{ type: 'end', reason: 'aborted', step: 0 }]);
  });

  it('ends at a time limit as if finished, with a checkpoint from which it continues', async () => {
    const optimizer = averagedSgd(0.1, { startAt: 0 });
    const model = new ElmanModel();
    const saved: TrainerSnapshot[] = [];
    const store = {
      save: async (snapshot: TrainerSnapshot) => `${saved.push(copySnapshot(snapshot))}`,
      latest: async () => undefined,
    };
    const trainer = new BpttTrainer(model, { ...options, optimizer });
    const endless = { epochs: 1e6, checkpoints: { store, everyEpochs: 1e6 } };
    let last: number[][] = [];
    let end: TrainingEvent | undefined;
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    for await (const event of trainer.fit(tokenBatches(), { ...endless, timeLimit: 2 })) {
      if (event.type === 'step') last = weightsOf(model);
      if (event.type === 'step') now = event.step * 300;
      end = event;
    }
    clock.mockRestore();
    expect(end).toMatchObject({ type: 'end', reason: 'time-limit', step: 7 });
    const [{ memory, tensors }] = saved;
    expect(saved.length).toBe(1);
    expect(memory.updater.step).toBe(7);
    model.parameters.forEach(({ name, data }, i) => {
      expect([...tensors.get(`parameter/${name}`)!.data]).toEqual(last[i]);
      expect([...tensors.get(`optimizer/${name}/ax`)!.data]).toEqual([...data]);
    });
    const none = await collect(trainer.fit(tokenBatches(), { epochs: 5, timeLimit: 0 }));
    expect(none.all).toMatchObject([{ type: 'end', reason: 'time-limit', step: 0 }]);
    await expect(collect(trainer.fit(tokenBatches(), { epochs: 5, timeLimit: -1 }))).rejects.toThrow(
      'timeLimit: expected a finite number of at least 0, got -1',
    );
  });

  it.each([1, 1e6])(
    'hears a timer while it trains, so that Ctrl-C is heard (accumulate %d)',
    async (accumulate) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 1);
      const model = new ElmanModel();
      const { end } = await collect(
        new BpttTrainer(model, { ...options, accumulate }).fit(tokenBatches(), {
          epochs: 1e6,
          signal: controller.signal,
        }),
      );
      expect(end.reason).toBe('aborted');
    },
  );

  it('cuts batches into windows of truncated backpropagation, with the same weights as batches cut that way', async () => {
    const [long, short] = [new ElmanModel(), new ElmanModel()];
    const one = tokenBatches({ steps: 12, count: 1 })[Symbol.iterator]().next().value!;
    const truncated = new BpttTrainer(long, { ...options, truncation: regular(4) });
    const { steps } = await collect(truncated.fit([one], { epochs: 1 }));
    const batches = [...tokenBatches({ steps: 4, count: 3 })];
    await collect(new BpttTrainer(short, { ...options, carryState: true }).fit(batches, { epochs: 1 }));
    expect(steps.length).toBe(3);
    expect(weightsOf(long)).toEqual(weightsOf(short));
  });

  it('accumulates windows into the update of one larger batch, and flushes what an epoch leaves over', async () => {
    const [together, apart] = [new ElmanModel(), new ElmanModel()];
    const batches = [...tokenBatches({ count: 3, continues: false })];
    const { steps } = await collect(
      new BpttTrainer(apart, { ...options, accumulate: 2 }).fit(batches, { epochs: 1 }),
    );
    expect(steps.map(({ predictions }) => predictions)).toEqual([24, 12]);
    const joined: ElmanBatch = {
      batchSize: 4,
      steps: 6,
      inputs: Int32Array.from([...batches[0].inputs, ...batches[1].inputs]),
      targets: Int32Array.from([...batches[0].targets, ...batches[1].targets]),
    };
    const larger = await collect(new BpttTrainer(together, options).fit([joined, batches[2]], { epochs: 1 }));
    expect(steps[0].loss).toBeCloseTo(larger.steps[0].loss, 12);
    expect(steps[0].gradientNorm).toBeCloseTo(larger.steps[0].gradientNorm, 6);
    const expected = weightsOf(together).flat();
    for (const [i, weight] of weightsOf(apart).flat().entries()) expect(weight).toBeCloseTo(expected[i], 6);
  });

  it('sums over time as the PTB code does: the gradient is T times that of the mean', async () => {
    const batch = tokenBatches()[Symbol.iterator]().next().value!;
    const norm = async (reduction: 'mean' | 'sum-over-time', accumulate: number) => {
      const trainer = new BpttTrainer(new ElmanModel(), { ...options, reduction, accumulate });
      return (await collect(trainer.fit([batch, batch], { epochs: 1 }))).steps[0];
    };
    const mean = await norm('mean', 1);
    for (const accumulate of [1, 2]) {
      const sum = await norm('sum-over-time', accumulate);
      expect(sum.gradientNorm / mean.gradientNorm).toBeCloseTo(6, 5);
      expect(sum.loss).toBe(mean.loss);
    }
  });

  it('stops at a loss or gradient that is not finite, names it, and leaves the weights', async () => {
    const model = new ElmanModel();
    const before = weightsOf(model);
    class Exploding extends ElmanModel {
      override lossAndGradients(...args: Parameters<ElmanModel['lossAndGradients']>) {
        const result = super.lossAndGradients(...args);
        this.parameters[1].gradient[2] = Number.NaN;
        return result;
      }
    }
    const exploding = new Exploding();
    await expect(
      collect(new BpttTrainer(exploding, options).fit(tokenBatches(), { epochs: 1 })),
    ).rejects.toThrow(/step 1: the gradient of rnn\.weight_hh_l0 contains NaN.*Try a lower learning rate/);
    expect(weightsOf(exploding)).toEqual(before);

    const endless = new BpttTrainer(model, { ...options, optimizer: sgd(1e300) });
    await expect(collect(endless.fit(tokenBatches(), { epochs: 2 }))).rejects.toThrow(
      /step 2: the loss is NaN.*Try a lower learning rate/,
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])(
    'names a schedule that gives %d, and moves nothing',
    async (factor) => {
      const model = new ElmanModel();
      const before = weightsOf(model);
      const schedule = positional(() => factor);
      const run = collect(
        new BpttTrainer(model, { ...options, schedule }).fit(tokenBatches(), { epochs: 1 }),
      );
      await expect(run).rejects.toThrow(
        `schedule.factor at step 1: expected a finite number of at least 0, got ${factor}`,
      );
      expect(weightsOf(model)).toEqual(before);
    },
  );
});

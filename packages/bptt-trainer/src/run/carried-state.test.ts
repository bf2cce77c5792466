import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { collect } from '../fixtures/collect.js';
import { type ElmanBatch, ElmanModel } from '../fixtures/elman-model.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import { sgd } from '../optimizers/sgd.js';
import { BpttTrainer } from '../trainer.js';
import { startingState } from './carried-state.js';

describe('startingState', () => {
  /** A state of two layers, the second an LSTM's, with a step count that has no rows. */
  const state = (value: number) => ({
    layers: [
      { h: Float32Array.of(value, value, value, value) },
      { h: Float32Array.of(value, value), c: Float32Array.of(value, value) },
    ],
  });
  const model = { initialState: () => state(0) };
  const carried = { state: state(7), batchSize: 2 };

  it('is the initial one where none is carried, and the carried one, not a copy, otherwise', () => {
    expect(startingState(model, { batchSize: 2, steps: 1 }, null)).toEqual(state(0));
    expect(startingState(model, { batchSize: 2, steps: 1 }, carried)).toBe(carried.state);
  });

  it('is the initial one in the rows that start a new sequence, in every layer', () => {
    const mixed = startingState(model, { batchSize: 2, steps: 1, starts: [0, 1] }, carried);
    expect(mixed).toEqual({
      layers: [{ h: Float32Array.of(7, 7, 0, 0) }, { h: Float32Array.of(7, 0), c: Float32Array.of(7, 0) }],
    });
    expect(carried.state).toEqual(state(7));
  });

  it('names a number of rows and a form of state that cannot be', () => {
    expect(() => startingState(model, { batchSize: 3, steps: 1 }, carried)).toThrow(
      'batch.batchSize: expected 2, as the batch before it, got 3',
    );
    const other = { initialState: () => ({ layers: [] }) as unknown as ReturnType<typeof state> };
    expect(() => startingState(other, { batchSize: 2, steps: 1, starts: [1, 0] }, carried)).toThrow(
      'batch.starts: expected a state of the same form as initialState gives, got another form',
    );
  });
});

const options = { optimizer: sgd(0.5), clipNorm: 1, random: Random.seeded(3) };

describe('the trainer', () => {
  it('starts rows afresh where the source does not continue, where told so, and where rows say so', async () => {
    const states: number[][] = [];
    class Watched extends ElmanModel {
      override lossAndGradients(...args: Parameters<ElmanModel['lossAndGradients']>) {
        states.push([...args[1][0].h]);
        return super.lossAndGradients(...args);
      }
    }
    const zero = (values: number[]) => values.every((value) => value === 0);
    const run = async (source: ReturnType<typeof tokenBatches> | ElmanBatch[], more = {}) => {
      states.length = 0;
      await collect(new BpttTrainer(new Watched(), { ...options, ...more }).fit(source, { epochs: 2 }));
      return states.map(zero);
    };
    expect(await run(tokenBatches({ count: 2 }))).toEqual([true, false, true, false]);
    expect(await run(tokenBatches({ count: 2, continues: false }))).toEqual([true, true, true, true]);
    expect(await run(tokenBatches({ count: 2 }), { carryState: false })).toEqual([true, true, true, true]);
    const list = [...tokenBatches({ count: 2 })];
    expect(await run(list)).toEqual([true, true, true, true]);

    await run([list[0], { ...list[1], starts: [0, 1] }], { carryState: true });
    expect([zero(states[1].slice(0, 4)), zero(states[1].slice(4))]).toEqual([false, true]);
  });

  it('refuses rows that change in number between batches that continue one another', async () => {
    const [first] = tokenBatches();
    const wider = { ...first, batchSize: 1, inputs: first.inputs.slice(6), targets: first.targets.slice(6) };
    const trainer = new BpttTrainer(new ElmanModel(), { ...options, carryState: true });
    await expect(collect(trainer.fit([first, wider], { epochs: 1 }))).rejects.toThrow(
      'batch.batchSize: expected 2, as the batch before it, got 1',
    );
  });

  it('refuses a state that cannot be saved in the first pass, not at the first checkpoint', async () => {
    class Tensor {
      readonly values = [1];
    }
    const model = new ElmanModel();
    const plain = model.lossAndGradients.bind(model);
    model.lossAndGradients = (...args) => ({ ...plain(...args), state: [{ h: new Tensor() as never }] });
    await expect(collect(new BpttTrainer(model, options).fit(tokenBatches(), { epochs: 1 }))).rejects.toThrow(
      'state: expected plain data: arrays, records and typed arrays, got a Tensor',
    );
  });
});

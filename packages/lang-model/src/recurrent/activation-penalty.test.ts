import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { TokenBatch } from '@throughtime/contract';
import { Random } from '@throughtime/random';
import type { ActivationPenalty } from '@throughtime/wasm-kernels';
import { beforeAll, describe, expect, it } from 'vitest';
import { batch, smallModel } from '../fixtures/small-recurrent-model.js';
import type { RecurrentLanguageModel } from './recurrent-language-model.js';

/** h_t of the last layer for each row, read off the state while the model goes token by token. */
async function outputsOf(
  lm: RecurrentLanguageModel,
  { inputs, batchSize, steps }: TokenBatch,
): Promise<number[][][]> {
  const rows = Array.from({ length: batchSize }, (): number[][] => []);
  for (const [n, row] of rows.entries()) {
    let state = lm.initialState();
    for (let t = 0; t < steps; t++) {
      state = await lm.advance(state, inputs[n * steps + t]);
      row.push([...state.output]);
    }
  }
  return rows;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** alpha mean h^2 + beta mean (h_t - h_(t-1))^2 over the first `lengths[n]` steps of each row, by hand. */
function byHand(
  { size = 0, change = 0 }: ActivationPenalty,
  rows: readonly number[][][],
  lengths: readonly number[],
): number {
  const valid = rows.map((row, n) => row.slice(0, lengths[n]));
  const squares = valid.flat(2).map((value) => value ** 2);
  const changes = valid.flatMap((row) =>
    row.slice(1).flatMap((h, t) => h.map((value, i) => (value - row[t][i]) ** 2)),
  );
  return size * mean(squares) + change * mean(changes);
}

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe.each(['reference', 'fused'] as const)('activationPenalty on the %s path', (path) => {
  const model = (activationPenalty?: ActivationPenalty, drop = 0) =>
    smallModel({
      cell: 'gru',
      layers: 2,
      path,
      dropout: { output: drop, between: drop },
      ...(activationPenalty && { activationPenalty }),
    });

  it.each<[string, ActivationPenalty, number[]]>([
    ['of size', { size: 2 }, [4, 4, 4]],
    ['of change', { change: 3 }, [4, 4, 4]],
    ['of both, on rows of different lengths', { size: 2, change: 1 }, [4, 2, 3]],
  ])('%s has the gradient that central differences of the formula give', async (_, penalty, lengths) => {
    const lm = model(penalty);
    for (const { data } of lm.parameters) for (let i = 0; i < data.length; i++) data[i] *= 1.5;
    const chunk = { ...batch(3, 4), lengths: Int32Array.from(lengths) };
    await lm.lossAndGradients(chunk, lm.initialState(3), { random: Random.seeded(1) });
    const random = Random.seeded(8);
    for (const { data, gradient, name } of lm.parameters) {
      for (let probe = 0; probe < 2; probe++) {
        const i = random.integer(0, data.length);
        const before = data[i];
        const lossAt = async (value: number) => {
          data[i] = value;
          const { loss } = await lm.evaluate(chunk, lm.initialState(3));
          return loss + byHand(penalty, await outputsOf(lm, chunk), lengths);
        };
        const step = 5e-3;
        const numeric = ((await lossAt(before + step)) - (await lossAt(before - step))) / (2 * step);
        data[i] = before;
        expect(Math.abs(gradient[i] - numeric), `${name}[${i}]`).toBeLessThan(
          2e-4 + 1e-2 * Math.abs(numeric),
        );
      }
    }
  });

  it('is no part of the loss that is reported, and leaves the decoder alone', async () => {
    const gradients = async (penalty?: ActivationPenalty) => {
      const lm = model(penalty, 0.5);
      const random = Random.seeded(4);
      const { loss } = await lm.lossAndGradients(batch(2, 5), lm.initialState(2), { random });
      const gradient = (wanted: string) => [...lm.parameters.find(({ name }) => name === wanted)!.gradient];
      return { loss, decoder: gradient('decoder.weight'), recurrent: gradient('rnn.weight_hh_l1') };
    };
    const [without, having] = [await gradients(), await gradients({ size: 2, change: 1 })];
    expect(having.loss).toBe(without.loss);
    expect(having.decoder).toEqual(without.decoder);
    expect(having.recurrent).not.toEqual(without.recurrent);
  });

  it('is refused when negative', () => {
    expect(() => model({ change: -1 })).toThrow(
      'activationPenalty.change: expected a finite number of at least 0, got -1',
    );
  });
});

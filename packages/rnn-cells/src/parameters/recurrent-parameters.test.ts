import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { normal, orthogonal, uniform, uniformByHiddenSize, xavierUniform } from './initializers.js';
import { createParameter } from './parameter.js';
import type { RecurrentConfig } from './recurrent-config.js';
import { recurrentParameters } from './recurrent-parameters.js';

const config: RecurrentConfig = { cell: 'lstm', inputSize: 5, hiddenSize: 8 };
const make = (options: Partial<Parameters<typeof recurrentParameters>[1]> = {}, of = config) =>
  new Map(
    recurrentParameters(of, { random: Random.seeded(1), ...options }).map((parameter) => [
      parameter.name,
      parameter,
    ]),
  );
const count = (of: RecurrentConfig) =>
  [...make({}, of).values()].reduce((sum, { data }) => sum + data.length, 0);
const deviation = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe('recurrentParameters', () => {
  it('has the sizes of published networks', () => {
    // char-rnn, which like PyTorch has two biases a gate: 5,454,926 with 3 layers of 512 and 78 characters, of
    // which 512 * 78 + 78 decode; 240,321 with 2 layers of 128 and 65 characters.
    const large: RecurrentConfig = { cell: 'lstm', inputSize: 78, hiddenSize: 512, layers: 3 };
    expect(count(large)).toBe(5_454_926 - (512 * 78 + 78));
    const two: RecurrentConfig = { cell: 'lstm', inputSize: 65, hiddenSize: 128, layers: 2 };
    expect(count(two)).toBe(240_321 - (128 * 65 + 65));
    // The PTB small model: 4,651,600 with one bias a gate, of which 10,000 * 200 embed and 200 * 10,000 + 10,000
    // decode.
    const small: RecurrentConfig = { cell: 'lstm', inputSize: 200, hiddenSize: 200, layers: 2 };
    expect(count(small)).toBe(4_651_600 - 2_000_000 - 2_010_000 + 2 * 4 * 200);
  });

  it('puts the prefix before every name', () => {
    expect([...make({ prefix: 'rnn.' }).keys()]).toEqual([
      'rnn.weight_ih_l0',
      'rnn.weight_hh_l0',
      'rnn.bias_ih_l0',
      'rnn.bias_hh_l0',
    ]);
  });

  it('draws the same values from the same seed', () => {
    expect(make().get('weight_hh_l0')!.data).toEqual(make().get('weight_hh_l0')!.data);
    expect(make({ random: Random.seeded(2) }).get('weight_hh_l0')!.data).not.toEqual(
      make().get('weight_hh_l0')!.data,
    );
  });

  it('takes its memory from the allocator, gradients when they are first asked for', () => {
    const lengths: number[] = [];
    const allocator = {
      float32(length: number) {
        lengths.push(length);
        return new Float32Array(length);
      },
    };
    const parameters = make({ allocator });
    expect(lengths).toEqual([4 * 8 * 5, 4 * 8 * 8, 4 * 8, 4 * 8]);
    const { gradient } = parameters.get('bias_ih_l0')!;
    expect(lengths.length).toBe(5);
    expect(parameters.get('bias_ih_l0')!.gradient).toBe(gradient);
    expect(gradient).toEqual(new Float32Array(32));
  });

  it('sets the sum of the forget biases', () => {
    const parameters = make({ forgetBias: 1 });
    const sum = (i: number) => parameters.get('bias_ih_l0')!.data[i] + parameters.get('bias_hh_l0')!.data[i];
    // Rows i, f, g, o: the second block of 8.
    for (let i = 8; i < 16; i++) expect(sum(i)).toBe(1);
    expect(sum(7)).not.toBe(1);
    expect(sum(16)).not.toBe(1);
    expect(() => make({ forgetBias: 1 }, { ...config, cell: 'gru' })).toThrow(
      "forgetBias: expected undefined for cell 'gru'",
    );
  });

  it('names an option that is missing or unknown', () => {
    expect(() => make({ initialiser: orthogonal() } as object)).toThrow("did you mean 'initializer'?");
    expect(() => recurrentParameters(config, undefined as never)).toThrow(
      'options: expected an object with the options random,',
    );
  });

  it('starts layer norm as the identity', () => {
    const parameters = make({}, { ...config, layerNorm: true });
    expect(parameters.get('gain_hh_l0')!.data).toEqual(new Float32Array(32).fill(1));
    expect(parameters.get('gain_cell_l0')!.data).toEqual(new Float32Array(8).fill(1));
    expect(parameters.get('bias_cell_l0')!.data).toEqual(new Float32Array(8));
  });
});

describe('initializers', () => {
  const large: RecurrentConfig = { cell: 'gru', inputSize: 50, hiddenSize: 100 };
  const of = (initializer: ReturnType<typeof normal>) => make({ initializer }, large);

  it("PyTorch's: everything within 1/sqrt(H), and that far", () => {
    for (const { data } of of(uniformByHiddenSize()).values()) {
      const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest).toBeLessThanOrEqual(0.1);
      expect(largest).toBeGreaterThan(0.098);
    }
  });

  it('uniform, normal and Xavier: the deviation they promise, and biases 0', () => {
    // Uniform in (-s, s): s / sqrt(3). Xavier here: s = sqrt(6 / (50 + 100)) = 0.2 and sqrt(6 / 200) = 0.1732.
    const expected = [
      [uniform(0.3), 0.3 / Math.sqrt(3), 0.3 / Math.sqrt(3)],
      [normal(), 0.01, 0.01],
      [xavierUniform(), 0.2 / Math.sqrt(3), 0.1],
    ] as const;
    for (const [initializer, input, recurrent] of expected) {
      const parameters = of(initializer);
      // 15,000 values and more: their deviation is within 3%.
      expect(Math.abs(deviation(parameters.get('weight_ih_l0')!.data) / input - 1)).toBeLessThan(0.03);
      expect(Math.abs(deviation(parameters.get('weight_hh_l0')!.data) / recurrent - 1)).toBeLessThan(0.03);
      expect(parameters.get('bias_hh_l0')!.data).toEqual(new Float32Array(300));
    }
  });

  it('orthogonal: each gate keeps the length of what it multiplies, times the gain', () => {
    const { data } = of(orthogonal(2)).get('weight_hh_l0')!;
    const random = Random.seeded(3);
    const vector = Array.from({ length: 100 }, () => random.normal());
    for (let gate = 0; gate < 3; gate++) {
      let length = 0;
      for (let i = 0; i < 100; i++) {
        let sum = 0;
        for (let j = 0; j < 100; j++) sum += data[(gate * 100 + i) * 100 + j] * vector[j];
        length += sum * sum;
      }
      expect(Math.sqrt(length) / Math.hypot(...vector)).toBeCloseTo(2, 5);
    }
  });
});

describe('createParameter', () => {
  it('refuses more numbers than any memory holds', () => {
    expect(() => createParameter('w', [2 ** 31, 2 ** 20])).toThrow(
      'parameters: expected as many numbers as there is memory for, got 2251799813685248',
    );
  });

  it('is live: what is written into its data stays', () => {
    const parameter = createParameter('w', [2, 3]);
    parameter.data[4] = 7;
    expect([...parameter.data]).toEqual([0, 0, 0, 0, 7, 0]);
  });
});

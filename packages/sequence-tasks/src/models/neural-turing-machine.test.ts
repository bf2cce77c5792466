import '@tensorflow/tfjs-backend-wasm';
import '@throughtime/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { NeuralTuringMachine } from './neural-turing-machine.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const random = Random.seeded(1);
const sizes = { inputSize: 3, outputSize: 2, hiddenSize: 4, rows: 5, width: 3 };

/** The formulas for one row, in float64. */
function naive(weights: ReadonlyMap<string, tf.Variable>, inputs: readonly number[][]): number[][] {
  const { rows, width } = sizes;
  const affine = (part: string, x: readonly number[]) => {
    const [weight, bias] = ['weight', 'bias'].map((name) => weights.get(`${part}.${name}`)!.arraySync());
    return (weight as number[][]).map(
      (row, i) => row.reduce((sum, value, j) => sum + value * x[j], 0) + (bias as number[])[i],
    );
  };
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const softplus = (x: number) => Math.log(1 + Math.exp(x));
  const softmax = (values: readonly number[]) => {
    const sum = values.reduce((total, value) => total + Math.exp(value), 0);
    return values.map((value) => Math.exp(value) / sum);
  };
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  const norm = (a: readonly number[]) => Math.sqrt(dot(a, a) + 1e-6);
  let memory = Array.from({ length: rows }, () => new Array<number>(width).fill(0.01));
  let looks: number[][] = [0, 1].map(() => Array.from({ length: rows }, (_, i) => (i === 0 ? 1 : 0)));
  let read = new Array<number>(width).fill(0);
  return inputs.map((x) => {
    const h = affine('controller', [...x, ...read]).map(Math.tanh);
    const wanted = affine('heads', h);
    looks = looks.map((before, head) => {
      const own = wanted.slice(head * (width + 6), (head + 1) * (width + 6));
      const key = own.slice(0, width);
      const [sharpness, gate, ...rest] = own.slice(width);
      const byContent = softmax(
        memory.map((row) => (softplus(sharpness) * dot(key, row)) / (norm(key) * norm(row))),
      );
      const mixed = before.map((old, i) => sigmoid(gate) * byContent[i] + (1 - sigmoid(gate)) * old);
      const [back, stay, on] = softmax(rest.slice(0, 3));
      const moved = mixed.map(
        (value, i) => stay * value + on * mixed[(i + rows - 1) % rows] + back * mixed[(i + 1) % rows],
      );
      const firm = moved.map((value) => (value + 1e-8) ** (1 + softplus(rest[3])));
      const sum = firm.reduce((total, value) => total + value, 0);
      return firm.map((value) => value / sum);
    });
    const edits = affine('edits', h);
    memory = memory.map((row, i) =>
      row.map(
        (value, j) =>
          value * (1 - looks[1][i] * sigmoid(edits[j])) + looks[1][i] * Math.tanh(edits[width + j]),
      ),
    );
    read = read.map((_, j) => memory.reduce((sum, row, i) => sum + looks[0][i] * row[j], 0));
    return affine('output', [...h, ...read]);
  });
}

describe('a Neural Turing Machine', () => {
  it('computes the formulas', () => {
    const machine = new NeuralTuringMachine({ ...sizes, random });
    // Weights large enough that every part counts.
    for (const weight of machine.weights.values()) weight.assign(tf.mul(weight, 3));
    const rows = [0, 1].map(() =>
      Array.from({ length: 6 }, () => Array.from({ length: 3 }, () => random.normal())),
    );
    const { outputs, looks } = machine.unroll(tf.tensor3d(rows));
    expect(looks.shape).toEqual([2, 6, 2, 5]);
    const sums = tf.sum(looks, -1).dataSync();
    for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
    const values = outputs.arraySync();
    rows.forEach((inputs, n) => {
      naive(machine.weights, inputs).forEach((expected, t) => {
        expected.forEach((value, i) => {
          expect(Math.abs(values[n][t][i] - value)).toBeLessThan(1e-4);
        });
      });
    });
  });

  const passes = process.env.THROUGHTIME_LONG ? 1000 : 100;
  it(`has a gradient by every weight, and keeps no memory over ${passes} passes`, () => {
    const machine = new NeuralTuringMachine({ ...sizes, random });
    const inputs = tf.ones<tf.Rank.R3>([1, 2, 3]);
    const loss = () => tf.sum(tf.square(machine.unroll(inputs).outputs)) as tf.Scalar;
    const pass = () => {
      const { value, grads } = tf.variableGrads(loss, [...machine.weights.values()]);
      const largest = Object.values(grads).map((gradient) =>
        tf.tidy(() => tf.max(tf.abs(gradient)).dataSync()[0]),
      );
      tf.dispose([value, ...Object.values(grads)]);
      return largest;
    };
    const largest = pass();
    expect(largest.length).toBe(8);
    for (const each of largest) expect(each).toBeGreaterThan(0);
    const before = tf.memory();
    for (let i = 0; i < passes; i++) pass();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    machine.dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors - 8);
  }, 300_000);

  it('refuses sizes that are none', () => {
    expect(() => new NeuralTuringMachine({ ...sizes, rows: 0, random })).toThrow('rows');
    expect(() => new NeuralTuringMachine({ ...sizes, memory: 3, random } as never)).toThrow(ArgumentError);
  });
});

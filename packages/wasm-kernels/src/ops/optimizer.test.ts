import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { expectSameOnAllThreads } from '../engine/fixtures/threads.js';
import { digest, noise, relativeError } from '../recurrent/fixtures/closeness.js';
import { GradientNorm } from './gradient-norm.js';
import { MultiTensorOptimizer, type UpdateOptions, type UpdateRuleName } from './optimizer.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.dispose());

function tensors(lengths: readonly number[], seed: number) {
  return lengths.map((length, i) => {
    const [data, gradient] = [engine.allocate(length), engine.allocate(length)];
    data.set(noise(seed + i, length));
    return { data, gradient };
  });
}

/** PyTorch's rules (torch.optim, 1.13 documentation), in double precision, for one number. */
function reference(rule: UpdateRuleName, options: UpdateOptions) {
  const { learningRate, momentum = 0, nesterov = false, beta1 = 0.9, beta2 = 0.999 } = options;
  const { alpha = 0.99, epsilon = 1e-8, weightDecay = rule === 'adamw' ? 0.01 : 0 } = options;
  let [first, second, t] = [0, 0, 0];
  return (parameter: number, gradient: number): number => {
    t++;
    let p = parameter;
    let g = gradient;
    if (rule === 'adamw') p -= learningRate * weightDecay * p;
    else g += weightDecay * p;
    if (rule === 'sgd') {
      first = momentum * first + g;
      return p - learningRate * (nesterov ? g + momentum * first : first);
    }
    if (rule === 'rmsprop') {
      second = alpha * second + (1 - alpha) * g * g;
      first = momentum * first + g / (Math.sqrt(second) + epsilon);
      return p - learningRate * first;
    }
    first = beta1 * first + (1 - beta1) * g;
    second = beta2 * second + (1 - beta2) * g * g;
    const corrected = Math.sqrt(second) / Math.sqrt(1 - beta2 ** t) + epsilon;
    return p - (learningRate / (1 - beta1 ** t)) * (first / corrected);
  };
}

/** Now and then more than one chunk. */
const lengths = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 1, arbitrary: fc.constant(16_385) },
);

describe('MultiTensorOptimizer', () => {
  it.each(['adam', 'adamw', 'rmsprop'] as const)(
    '%s leaves weights without a gradient where they are, without epsilon too, and shows one that is not finite',
    (rule) => {
      const list = tensors([7], 3);
      const [{ data, gradient }] = list;
      const before = data.slice();
      const optimizer = new MultiTensorOptimizer(engine, list, { rule, momentum: false });
      for (let step = 1; step <= 5; step++) {
        gradient.set([0, 0.5, Number.NaN, 0, 0, 0, -2]);
        optimizer.update({ learningRate: 0.1, epsilon: 0, weightDecay: 0, step });
      }
      for (const i of [0, 3, 4, 5]) expect(data[i]).toBe(before[i]);
      expect(data[1]).toBeLessThan(before[1]);
      expect(data[2]).toBeNaN();
      expect(data[6]).toBeGreaterThan(before[6]);
      optimizer.free();
    },
  );

  it('updates as PyTorch does, over several steps, any lengths', () => {
    const problems = fc.record({
      rule: fc.constantFrom('sgd' as const, 'adam' as const, 'adamw' as const, 'rmsprop' as const),
      lengths: fc.array(lengths, {
        minLength: 1,
        maxLength: 5,
      }),
      momentum: fc.constantFrom(0, 0.9),
      nesterov: fc.boolean(),
      weightDecay: fc.constantFrom(undefined, 0, 0.1),
      gradientScale: fc.constantFrom(undefined, 0.5, 1e-3),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(problems, ({ rule, lengths, momentum, nesterov, weightDecay, gradientScale, seed }) => {
        const list = tensors(lengths, seed);
        const optimizer = new MultiTensorOptimizer(engine, list, { rule, momentum: momentum > 0 });
        const options: UpdateOptions = {
          learningRate: 0.01,
          epsilon: 1e-3, // with less, where decay and gradient nearly cancel, their rounding is divided by a tiny root
          ...(rule === 'sgd' || rule === 'rmsprop' ? { momentum } : {}),
          ...(rule === 'sgd' && momentum > 0 ? { nesterov } : {}),
          ...(weightDecay === undefined ? {} : { weightDecay }),
          ...(gradientScale === undefined ? {} : { gradientScale }),
        };
        const norm = new GradientNorm(engine, list);
        const expected = list.map(({ data }) => Float64Array.from(data));
        const updates = list.map(({ data }) => Array.from(data, () => reference(rule, options)));
        for (let step = 1; step <= 3; step++) {
          let squares = 0;
          for (const [i, { gradient }] of list.entries()) {
            gradient.set(noise(seed + 100 * step + i, gradient.length));
            for (const g of gradient) squares += g * g;
          }
          for (const [i, { gradient }] of list.entries()) {
            for (const [j, g] of gradient.entries())
              expected[i][j] = updates[i][j](expected[i][j], g * (gradientScale ?? 1));
          }
          expect(norm.compute()).toBeCloseTo(Math.sqrt(squares), 4);
          optimizer.update({ ...options, step });
        }
        for (const [i, { data, gradient }] of list.entries()) {
          expect(relativeError(data, expected[i])).toBeLessThan(1e-5);
          engine.free(data);
          engine.free(gradient);
        }
        optimizer.free();
        norm.free();
      }),
      { numRuns: 200 },
    );
  });

  it('counts its updates where no step is given', () => {
    const one = (rule: UpdateRuleName) => {
      const [data, gradient] = [engine.allocate(1).fill(1), engine.allocate(1).fill(0.5)];
      return { data, gradient, optimizer: new MultiTensorOptimizer(engine, [{ data, gradient }], { rule }) };
    };
    const adam = one('adam');
    const weights = [1, 2, 3].map(() => {
      adam.optimizer.update({ learningRate: 0.1 });
      return adam.data[0];
    });
    [0.9, 0.8, 0.7].forEach((expected, i) => {
      expect(weights[i]).toBeCloseTo(expected, 6);
    });

    // Whatever mixture of counted and given: the same as with every step given.
    const update = fc.record({ gradient: fc.constantFrom(0.5, -2, 1e-3), given: fc.boolean() });
    fc.assert(
      fc.property(
        fc.constantFrom('adam' as const, 'adamw' as const),
        fc.array(update, { maxLength: 8 }),
        (rule, updates) => {
          const [counting, told] = [one(rule), one(rule)];
          for (const [made, { gradient, given }] of updates.entries()) {
            for (const { gradient: view } of [counting, told]) view.fill(gradient);
            const options = { learningRate: 0.1 };
            counting.optimizer.update(given ? { ...options, step: made + 1 } : options);
            told.optimizer.update({ ...options, step: made + 1 });
            expect(counting.data[0]).toBe(told.data[0]);
          }
          for (const { data, gradient, optimizer } of [counting, told]) {
            optimizer.free();
            engine.free(data);
            engine.free(gradient);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('refuses numbers that would make weights NaN or go uphill, and leaves everything as it is', () => {
    const [tensor] = tensors([3], 1);
    const optimizer = new MultiTensorOptimizer(engine, [tensor], { rule: 'adamw' });
    const before = tensor.data.slice();
    const good = { learningRate: 0.1 };
    for (const [name, bad] of [
      ['learningRate', [Number.NaN, undefined, -1, Infinity, 1e39]],
      ['weightDecay', [Number.NaN, -0.1, Infinity, 1e39]],
      ['momentum', [Number.NaN, -0.1]],
      ['beta1', [Number.NaN, 1, -0.1]],
      ['beta2', [Number.NaN, 1, -0.1]],
      ['epsilon', [Number.NaN, -1, Infinity]],
      ['gradientScale', [null, '1']],
      ['step', [0, 1.5, Number.NaN, -1]],
    ] as const) {
      for (const value of bad) {
        const options = { ...good, [name]: value } as UpdateOptions;
        expect(() => optimizer.update(options), `${name} ${value}`).toThrow(`${name}: expected`);
      }
    }
    expect(() => optimizer.update({} as UpdateOptions)).toThrow('learningRate: expected');
    expect([...tensor.data]).toEqual([...before]);
  });

  it('gives the same bits for any number of threads, every time', async () => {
    const updateTwice = (rule: UpdateRuleName) => {
      const list = tensors([40_001, 3, 0, 70_000], 1);
      for (const [i, { gradient }] of list.entries()) gradient.set(noise(50 + i, gradient.length));
      const optimizer = new MultiTensorOptimizer(engine, list, { rule, momentum: true });
      const norm = new GradientNorm(engine, list);
      const options = { learningRate: 0.1, weightDecay: 0.1 };
      const norms = [1, 2].map((step) => {
        const before = norm.compute();
        optimizer.update({ ...options, gradientScale: 1 / before, step });
        return before;
      });
      const result = { norms, data: list.map(({ data }) => digest(data)) };
      optimizer.free();
      norm.free();
      for (const { data, gradient } of list) for (const view of [data, gradient]) engine.free(view);
      return result;
    };
    const rules = ['sgd', 'adam', 'adamw', 'rmsprop'] as const;
    await expectSameOnAllThreads(engine, () => rules.map(updateTwice));
  });

  it('averages with rates near 1 as exactly as float32 can', () => {
    const rate = 0.9999; // in float32 0.9999 is off by 2e-8, and what is left to 1 would be by 1.7e-4 of itself
    for (const [rule, options] of [
      ['adam', { beta1: rate, beta2: rate }],
      ['rmsprop', { alpha: rate }],
    ] as const) {
      const [tensor] = tensors([5], 1);
      tensor.gradient.fill(3);
      const optimizer = new MultiTensorOptimizer(engine, [tensor], { rule });
      optimizer.update({ learningRate: 0.1, ...options });
      for (const value of optimizer.second[0]) expect(value / (9 * (1 - rate))).toBeCloseTo(1, 6);
      for (const value of optimizer.first[0] ?? []) expect(value / (3 * (1 - rate))).toBeCloseTo(1, 6);
    }
  });

  it('finds the norm of gradients beyond the range of squares in float32', () => {
    const list = tensors([2], 1);
    list[0].gradient.set([3e30, 4e30]);
    expect(new GradientNorm(engine, list).compute() / 5e30).toBeCloseTo(1, 6);
    list[0].gradient[0] = Number.NaN;
    expect(new GradientNorm(engine, list).compute()).toBeNaN();
    expect(new GradientNorm(engine, []).compute()).toBe(0);
  });

  it('names what does not fit', () => {
    const [tensor] = tensors([4], 1);
    const optimizer = new MultiTensorOptimizer(engine, [tensor], { rule: 'sgd' });
    expect(() => optimizer.update({ learningRate: 1, momentum: 0.9 })).toThrow('momentum: expected 0');
    const gradient = engine.allocate(3);
    expect(() => new MultiTensorOptimizer(engine, [{ ...tensor, gradient }], { rule: 'sgd' })).toThrow(
      'tensors[0].gradient: expected 4 elements',
    );
    expect(() => new MultiTensorOptimizer(engine, [tensor], { rule: 'Adam' as 'adam' })).toThrow(
      "rule: expected one of 'sgd', 'adam', 'adamw', 'rmsprop', got 'Adam' (did you mean 'adam'?)",
    );
    expect(() => new MultiTensorOptimizer(engine, [tensor], undefined as never)).toThrow(
      'options: expected an object with the options rule, momentum, got undefined',
    );
    expect(() => new MultiTensorOptimizer(engine, [{ data: tensor.data } as never], { rule: 'sgd' })).toThrow(
      'tensors[0].gradient: expected a Float32Array, got undefined',
    );
    expect(() => new GradientNorm(engine, [{} as never])).toThrow(
      'tensors[0].gradient: expected a Float32Array, got undefined',
    );
    expect(() => new GradientNorm(engine, [{ gradient: new Float32Array(3) }])).toThrow(
      'tensors[0].gradient',
    );
    expect(() => optimizer.update({ learningRate: 1, clip: 1 } as object as UpdateOptions)).toThrow(
      'clip: expected the name of an option',
    );
    expect(() => optimizer.update({ learningRate: Number.NaN })).toThrow(
      'learningRate: expected a number of at least 0 that is finite in float32, got NaN',
    );
  });
});

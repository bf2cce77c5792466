import { describe, expect, it } from 'vitest';
import { describeAgainstPytorch, parameter } from '../fixtures/pytorch.js';
import { adadelta } from './adadelta.js';
import { adagrad } from './adagrad.js';
import { adam, adamW } from './adam.js';
import { adamax } from './adamax.js';
import { nadam } from './nadam.js';
import { plainBackend } from './plain-backend.js';
import { radam } from './radam.js';
import { rmsProp } from './rms-prop.js';
import { noUpdates, WeightUpdater } from './weight-updater.js';

describeAgainstPytorch(/^(ada(grad|delta|max)|[nr]adam)/, {
  adagrad: adagrad(0.3),
  'adagrad decay': adagrad(0.3, { rateDecay: 0.1, epsilon: 1e-2, weightDecay: 0.1 }),
  adadelta: adadelta(),
  'adadelta decay': adadelta(0.5, { rho: 0.7, epsilon: 1e-3, weightDecay: 0.1 }),
  adamax: adamax(0.05),
  'adamax decay': adamax(0.05, { betas: [0.8, 0.7], epsilon: 1e-2, weightDecay: 0.1 }),
  nadam: nadam(0.05),
  'nadam decay': nadam(0.05, { betas: [0.8, 0.95], epsilon: 1e-4, weightDecay: 0.1, momentumDecay: 0.1 }),
  radam: radam(0.05),
  'radam decay': radam(0.05, { betas: [0.8, 0.9], epsilon: 1e-4, weightDecay: 0.1 }),
});

const zeroEpsilon = { epsilon: 0 };
describe.each([
  ['adam', adam(0.1, zeroEpsilon)],
  ['adamw', adamW(0.1, { ...zeroEpsilon, weightDecay: 0 })],
  ['rmsprop', rmsProp(0.1, zeroEpsilon)],
  ['rmsprop with momentum', rmsProp(0.1, { ...zeroEpsilon, momentum: 0.5 })],
  ['adagrad', adagrad(0.1, zeroEpsilon)],
  ['adadelta', adadelta(1)],
  ['adamax', adamax(0.1, zeroEpsilon)],
  ['nadam', nadam(0.1, zeroEpsilon)],
  ['radam', radam(0.1, { ...zeroEpsilon, betas: [0.9, 0.9] })],
] as const)('%s', (_, optimizer) => {
  it('leaves weights without a gradient where they are, and shows one that is not finite', () => {
    const p = parameter('w', [1, 2, 3]);
    p.gradient.set([0, 0.5, Number.NaN]);
    const updater = new WeightUpdater(optimizer, [p], plainBackend);
    let memory = noUpdates;
    for (let step = 0; step < 30; step++) memory = updater.update(memory, 1);
    expect(p.data[0]).toBe(1);
    expect(p.data[1]).toBeLessThan(2);
    expect(p.data[2]).toBeNaN();
  });
});

it('nadam gives the same whichever update another run of it makes in between', () => {
  const optimizer = nadam(0.1);
  const alone = parameter('w', [1]);
  const beside = parameter('w', [1]);
  const other = parameter('w', [5]);
  const run = (p: typeof alone, between?: () => void) => {
    const updater = new WeightUpdater(optimizer, [p], plainBackend);
    let memory = noUpdates;
    for (let step = 0; step < 10; step++) {
      p.gradient[0] = Math.sin(step);
      memory = updater.update(memory, 1);
      between?.();
    }
  };
  run(alone);
  run(beside, () => run(other));
  expect(beside.data[0]).toBe(alone.data[0]);
});

it('names options that cannot be', () => {
  expect(() => adagrad(1, { rateDecay: -1 })).toThrow(
    'rateDecay: expected a finite number of at least 0, got -1',
  );
  expect(() => adadelta(1, { rho: 1 })).toThrow('rho: expected a number of at least 0 and below 1, got 1');
  expect(() => adamax(-1)).toThrow('learningRate: expected a finite number of at least 0, got -1');
  expect(() => nadam(1, { psi: 1 } as never)).toThrow('psi: expected the name of an option');
  expect(() => radam(1, { betas: [0.9, 1] })).toThrow('betas');
});

import { describe, expect, it } from 'vitest';
import { describeAgainstPytorch, parameter } from '../fixtures/pytorch.js';
import { adam, adamW } from './adam.js';
import { plainBackend } from './plain-backend.js';
import { noUpdates, WeightUpdater } from './weight-updater.js';

describeAgainstPytorch(/^adam(?!ax)/, {
  adam: adam(0.05),
  'adam decay': adam(0.05, { betas: [0.8, 0.95], epsilon: 1e-4, weightDecay: 0.1 }),
  'adam amplified': adam(0.5, { betas: [0.5, 0.6], epsilon: 1e-2 }),
  adamw: adamW(0.05, { weightDecay: 0.3 }),
  'adamw default': adamW(0.05),
});

describe('adam', () => {
  it('takes a first step of the learning rate, whatever the size of the gradient', () => {
    // m / (1 - beta1) = g and v / (1 - beta2) = g^2 at the first step, so m / sqrt(v) is the sign of g.
    const p = parameter('w', [1, 1]);
    p.gradient.set([1000, -0.001]);
    new WeightUpdater(adam(0.1, { epsilon: 0 }), [p], plainBackend).update(noUpdates, 1);
    for (const [i, value] of [0.9, 1.1].entries()) expect(p.data[i]).toBeCloseTo(value, 6);
  });

  it('adamW keeps its default decay where weightDecay is undefined', () => {
    expect(adamW(0.1, { weightDecay: undefined } as never).weightDecay).toBe(0.01);
    expect(adam(0.1).weightDecay).toBe(0);
  });

  it('names options that cannot be', () => {
    expect(() => adam(1, { betas: [0.9, 1] })).toThrow(
      'betas[1]: expected a number of at least 0 and below 1, got 1',
    );
    expect(() => adam(1, { betas: [0.9] } as never)).toThrow('betas.length: expected');
    expect(() => adam(1, { weightDecay: -1 })).toThrow('weightDecay: expected a finite number of at least 0');
    expect(() => adamW(1, { beta: [0.9, 0.99] } as never)).toThrow("(did you mean 'betas'?)");
    expect(() => adam({ learningRate: 0.1 } as never)).toThrow('learningRate: expected a finite number');
    expect(() => adam(0.1, 0.9 as never)).toThrow('options: expected an object with the options');
  });
});

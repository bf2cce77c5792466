import { expect, it } from 'vitest';
import { describeAgainstPytorch } from '../fixtures/pytorch.js';
import { rmsProp } from './rms-prop.js';

describeAgainstPytorch(/^rmsprop/, {
  rmsprop: rmsProp(0.02),
  'rmsprop momentum': rmsProp(0.02, { alpha: 0.9, epsilon: 1e-3, momentum: 0.7, weightDecay: 0.1 }),
});

it('rmsProp names options that cannot be', () => {
  expect(() => rmsProp(1, { alpha: 2 })).toThrow('alpha: expected a number of at least 0 and below 1, got 2');
  expect(() => rmsProp(1, { eps: 2 } as never)).toThrow('eps: expected the name of an option');
});

import { describe, expect, it } from 'vitest';
import { parameter } from '../fixtures/pytorch.js';
import { plainBackend } from '../optimizers/plain-backend.js';
import { clipGradients } from './clipping.js';

/** Two parameters whose gradients have the common norm 5. */
function gradients() {
  const parameters = [parameter('a', [0]), parameter('b', [0, 0])];
  parameters[0].gradient[0] = 3;
  parameters[1].gradient.set([0, -4]);
  return parameters;
}

const values = (parameters: ReturnType<typeof gradients>) =>
  parameters.flatMap(({ gradient }) => [...gradient]);

describe('clipGradients', () => {
  it('finds the factor that brings the common norm down to clipNorm, and leaves the scaling to the update', () => {
    const parameters = gradients();
    expect(clipGradients(parameters, plainBackend, { clipNorm: 1 })).toEqual({
      before: 5,
      after: 1,
      scale: 1 / 5,
    });
    expect(values(parameters)).toEqual([3, 0, -4]);
  });

  it('leaves a norm that is not above clipNorm', () => {
    for (const clipNorm of [5, 6]) {
      expect(clipGradients(gradients(), plainBackend, { clipNorm })).toEqual({
        before: 5,
        after: 5,
        scale: 1,
      });
    }
    expect(clipGradients(gradients(), plainBackend, {})).toEqual({ before: 5, after: 5, scale: 1 });
  });

  it('limits each element to clipValue, before the norm is clipped', () => {
    const parameters = gradients();
    const limited = Math.hypot(3, 3.5);
    expect(clipGradients(parameters, plainBackend, { clipValue: 3.5 })).toEqual({
      before: 5,
      after: limited,
      scale: 1,
    });
    expect(values(parameters)).toEqual([3, 0, -3.5]);
    const both = clipGradients(gradients(), plainBackend, { clipValue: 3.5, clipNorm: 1 });
    expect(both).toEqual({ before: 5, after: 1, scale: 1 / limited });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('leaves gradients with %d as they are', (value) => {
    const parameters = gradients();
    parameters[1].gradient[0] = value;
    const { before, scale } = clipGradients(parameters, plainBackend, { clipValue: 1, clipNorm: 1 });
    expect([Number.isFinite(before), scale]).toEqual([false, 1]);
    expect(values(parameters)).toEqual([3, value, -4]);
  });
});

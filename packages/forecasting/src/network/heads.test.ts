import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../numeric/distributions.js';
import { createHead, type HeadOptions, headCheck } from './heads.js';

const kinds: HeadOptions[] = [
  { kind: 'point' },
  { kind: 'gaussian' },
  { kind: 'student' },
  { kind: 'quantile' },
];

describe('heads', () => {
  it.each(kinds)('$kind: the gradient is the slope of the loss', (options) => {
    const head = createHead(options);
    const output = fc.double({ min: -2, max: 2, noNaN: true });
    const outputs = fc.array(output, { minLength: head.size, maxLength: head.size });
    fc.assert(
      fc.property(outputs, output, (values, target) => {
        // Away from the kinks of the pinball loss.
        fc.pre(options.kind !== 'quantile' || values.every((value) => Math.abs(value - target) > 0.05));
        const at = Float32Array.from(values);
        const gradient = new Float32Array(head.size);
        head.lossAndGradient(at, 0, target, gradient);
        const loss = (i: number, step: number) => {
          const moved = at.slice();
          moved[i] += step;
          return { value: head.lossAndGradient(moved, 0, target, new Float32Array(head.size)), at: moved[i] };
        };
        for (let i = 0; i < head.size; i++) {
          const [above, below] = [loss(i, 0.01), loss(i, -0.01)];
          const slope = (above.value - below.value) / (above.at - below.at);
          expect(Math.abs(gradient[i] - slope)).toBeLessThan(2e-3 * Math.max(1, Math.abs(slope)));
        }
      }),
    );
  });

  it('gaussian: likelihood, quantiles and samples are those of the normal distribution', () => {
    const head = createHead({ kind: 'gaussian' });
    const raw = Math.log(Math.exp(2 - 1e-3) - 1); // softplus(raw) + 0.001 = 2
    const outputs = Float32Array.of(3, raw);
    // -log N(5; 3, 2^2) = log 2 + log(2 pi) / 2 + 1/2
    const loss = head.lossAndGradient(outputs, 0, 5, new Float32Array(2));
    expect(loss).toBeCloseTo(Math.log(2) + 0.5 * Math.log(2 * Math.PI) + 0.5, 5);
    expect(head.distribution?.quantile(outputs, 0, 0.9)).toBeCloseTo(3 + 2 * normalQuantile(0.9), 4);
    const random = Random.seeded(1);
    const samples = Array.from({ length: 4000 }, () => head.distribution?.sample(outputs, 0, random) ?? 0);
    const inside = samples.filter((value) => Math.abs(value - 3) < 2).length / samples.length;
    expect(Math.abs(inside - 0.6827)).toBeLessThan(0.04); // five standard errors of 0.0074
  });

  it('student: tends to the normal as the degrees of freedom grow', () => {
    const [student, gaussian] = [createHead({ kind: 'student' }), createHead({ kind: 'gaussian' })];
    const loss = student.lossAndGradient(Float32Array.of(0.5, 0.3, 2000), 0, 1, new Float32Array(3));
    expect(loss).toBeCloseTo(
      gaussian.lossAndGradient(Float32Array.of(0.5, 0.3), 0, 1, new Float32Array(2)),
      3,
    );
  });

  it('quantile: crossed outputs are sorted, levels between are interpolated', () => {
    const head = createHead({ kind: 'quantile', levels: [0.1, 0.5, 0.9] });
    const outputs = Float32Array.of(3, 1, 2);
    expect(head.point(outputs, 0)).toBe(2);
    expect(head.distribution?.quantile(outputs, 0, 0.1)).toBe(1);
    expect(head.distribution?.quantile(outputs, 0, 0.7)).toBeCloseTo(2.5, 6);
    expect(head.distribution?.quantile(outputs, 0, 0.95)).toBeCloseTo(3.125, 6);
  });

  it('are refused where they cannot be', () => {
    const refuse = (head: unknown) => expect(() => headCheck('head', head));
    refuse({ kind: 'beta' }).toThrow(
      "head.kind: expected one of 'point', 'gaussian', 'student', 'quantile', got 'beta'",
    );
    refuse('gaussian').toThrow("head: expected an object with the options kind, got 'gaussian'");
    refuse({ kind: 'gaussian', levels: [0.5] }).toThrow('head.levels: expected the name of an option (kind)');
    refuse({ kind: 'quantile', level: [0.5] }).toThrow('head.level: expected the name of an option');
    refuse({ kind: 'quantile', levels: [0.1, 0.9] }).toThrow('0.5 among them, got [0.1, 0.9]');
    refuse({ kind: 'quantile', levels: [0.5, 0.5] }).toThrow('head.levels: expected increasing levels');
    refuse({ kind: 'quantile', levels: [0, 0.5] }).toThrow('head.levels[0]: expected a number above 0');
  });
});

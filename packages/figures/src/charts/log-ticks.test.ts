import fc from 'fast-check';
import { createSVGWindow } from 'svgdom';
import { describe, expect, it } from 'vitest';
import type { Figure } from '../figure.js';
import { renderFigure } from '../render.js';
import { gradientFlowFigure } from './gradient-flow.js';
import { logTicks } from './log-ticks.js';
import { gradientNormCurves } from './training-curves.js';

describe('logTicks', () => {
  it('gives 1, 2 and 5 of each power of ten within two decades', () => {
    expect(logTicks([0.05, 0.3, 2.5])).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
  });

  it('gives more within one', () => {
    expect(logTicks([3.1, 18.5])).toEqual([5, 7, 10]);
  });

  it('gives powers of ten alone beyond', () => {
    expect(logTicks([0.003, 900])).toEqual([0.01, 0.1, 1, 10, 100]);
  });

  it('gives none where there would be fewer than two', () => {
    expect(logTicks([2.2, 2.9])).toBeUndefined();
    expect(logTicks([3])).toBeUndefined();
    expect(logTicks([])).toBeUndefined();
    expect(logTicks([0, -1, Number.NaN, Number.POSITIVE_INFINITY])).toBeUndefined();
  });

  it('leaves no tick of a chart without its label', () => {
    const range = fc.tuple(
      fc.double({ min: -6, max: 4, noNaN: true }),
      fc.oneof(
        fc.double({ min: 0.001, max: 0.5, noNaN: true }),
        fc.double({ min: 0.1, max: 8, noNaN: true }),
      ),
    );
    fc.assert(
      fc.property(range, ([power, decades]) => {
        const points = [10 ** power, 10 ** (power + decades)].map((value, at) => ({ at, value }));
        const labels = (figure: Figure, where: string) => {
          const svg = renderFigure(figure, { document: createSVGWindow().document });
          return [...svg.querySelectorAll(`${where} text`)].map(({ textContent }) => textContent);
        };
        expect(labels(gradientNormCurves([{ label: 'norm', points }]), 'svg')).not.toContain('');
        // This one has small ticks between the labeled ones.
        const flow = gradientFlowFigure([{ label: 'flow', norms: points.map(({ value }) => value) }]);
        const shown = labels(flow, 'g[text-anchor="end"]').filter(Boolean);
        expect(shown).not.toHaveLength(0);
        expect(shown).toEqual([...new Set(shown)]);
      }),
      { numRuns: 60 },
    );
  });
});

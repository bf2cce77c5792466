import { createSVGWindow } from 'svgdom';
import { describe, expect, it } from 'vitest';
import { errorByHorizonFigure } from './charts/error-by-horizon.js';
import { perplexityCurves } from './charts/training-curves.js';
import { sampleFigures } from './fixtures/sample-figures.js';
import { figureToSvg } from './node.js';
import { renderFigure } from './render.js';

describe('every chart', () => {
  for (const [name, figure] of Object.entries(sampleFigures)) {
    it(`${name} draws as it did`, async () => {
      await expect(figureToSvg(figure)).toMatchFileSnapshot(`fixtures/${name}.svg`);
    });

    it(`${name} draws no coordinate that is not a number`, () => {
      expect(figureToSvg(figure)).not.toMatch(/NaN|undefined|Infinity/);
    });
  }
});

describe('renderFigure', () => {
  const figure = sampleFigures.perplexity;

  it('names the figure and describes it for screen readers', () => {
    const svg = renderFigure(figure, { document: createSVGWindow().document });
    expect(svg.getAttribute('role')).toBe('img');
    expect(svg.getAttribute('aria-label')).toContain('Perplexity. training: perplexity from 18 at epoch 0');
    expect(svg.querySelectorAll('[aria-label]')).toHaveLength(0);
  });

  it('follows the reader into the dark unless told otherwise', () => {
    expect(figureToSvg(figure)).toContain('prefers-color-scheme: dark');
    expect(figureToSvg(figure, { theme: 'light' })).not.toContain('prefers-color-scheme');
    expect(figureToSvg(figure, { theme: 'dark' })).toContain('#15181d');
  });

  it('puts legend entries that have no room on further lines', () => {
    const legend = ['naive', 'drift', 'seasonal-naive(12)'].map((label) => ({ label, color: 'red' }));
    const baselines = (width: number) => {
      const narrow = { ...figure, legend, plot: { ...figure.plot, width } };
      const svg = renderFigure(narrow, { document: createSVGWindow().document });
      const labels = [...svg.querySelectorAll('text')].filter(({ textContent }) =>
        legend.some(({ label }) => label === textContent),
      );
      return labels.map((label) => label.getAttribute('y'));
    };
    expect(baselines(640)).toEqual(['42', '42', '42']);
    expect(baselines(300)).toEqual(['42', '42', '60']);
  });

  it('labels every horizon', () => {
    const errors = [1, 2, 4, 8, 16, 29, 64].map((horizon) => ({ horizon, error: 1 }));
    const svg = renderFigure(errorByHorizonFigure([{ model: 'gru', errors }]), {
      document: createSVGWindow().document,
    });
    const texts = [...svg.querySelectorAll('text')].map(({ textContent }) => textContent);
    expect(texts).toEqual(expect.arrayContaining(errors.map(({ horizon }) => String(horizon))));
  });

  it('escapes text, so that a name from a file cannot become markup', () => {
    const hostile = {
      ...figure,
      title: '<script>alert(1)</script>',
      legend: [{ label: '</svg><b>', color: 'red' }],
    };
    const svg = figureToSvg(hostile);
    expect(svg).not.toContain('<script>');
    expect(svg).not.toContain('<b>');
  });

  it('draws a diverged run up to where its numbers end', () => {
    const points = [9, 4, Number.POSITIVE_INFINITY, Number.NaN, 0].map((value, at) => ({ at, value }));
    const svg = figureToSvg(perplexityCurves([{ label: 'training', points }]));
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(svg.match(/<circle/g)).toHaveLength(2);
  });
});

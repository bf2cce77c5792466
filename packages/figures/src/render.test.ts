import { ArgumentError } from '@throughtime/errors';
import { createSVGWindow } from 'svgdom';
import { describe, expect, it } from 'vitest';
import { sampleFigures } from './fixtures/sample-figures.js';
import {
  autocorrelationFigure,
  computationGraphFigure,
  errorByHorizonFigure,
  type FigureSize,
  forecastIntervalFigure,
  gradientFlowFigure,
  gradientNormCurves,
  hiddenUnitsFigure,
  learningRateCurve,
  normalQuantileFigure,
  perplexityCurves,
  residualFigure,
  seriesFigure,
  zipfFigure,
} from './index.js';
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

  it.each([1e-289, 1e-295, 1e-300, 1e-310, 5e-324])('draws values of the size %d', (size) => {
    const points = [0, 1, -2, 3, 2].map((value, time) => ({ time, value: value * size }));
    const svg = figureToSvg(seriesFigure([{ label: 'data', points }]));
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
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

describe('options', () => {
  const figure = sampleFigures.perplexity;
  const size = { widht: 300 } as FigureSize;
  it.each<[string, () => unknown]>([
    ['widht', () => seriesFigure([], size)],
    ['widht', () => forecastIntervalFigure([], [], size)],
    ['widht', () => errorByHorizonFigure([], size)],
    ['widht', () => residualFigure([], size)],
    ['widht', () => zipfFigure([], size)],
    ['widht', () => gradientFlowFigure([], size)],
    ['widht', () => hiddenUnitsFigure({ tokens: [], units: [], activations: new Float32Array(0) }, size)],
    ['widht', () => computationGraphFigure({ steps: 2, cuts: [] }, size)],
    ['widht', () => perplexityCurves([], size)],
    ['widht', () => gradientNormCurves([], size)],
    ['widht', () => learningRateCurve([], size)],
    ['height', () => zipfFigure([], { height: 0 })],
    ['options', () => zipfFigure([], 300 as FigureSize)],
    ['lines', () => seriesFigure(undefined as never)],
    ['curves', () => perplexityCurves({} as never)],
    ['references\\[0\\].value', () => perplexityCurves([], { references: [{ label: 'unigram' } as never] })],
    ['level', () => forecastIntervalFigure([], [], { level: 90 })],
    ['origin', () => seriesFigure([], { origin: 'January' as never })],
    ['bins', () => residualFigure([], { bins: 0 })],
    ['lags', () => autocorrelationFigure([], { lags: 0 })],
    ['normalQuantile', () => normalQuantileFigure([], {} as never)],
    ['inner\\[0\\].lower', () => forecastIntervalFigure([], [], { inner: [{ level: 0.5 } as never] })],
    ['steps', () => computationGraphFigure({ cuts: [] } as never)],
    ['options', () => hiddenUnitsFigure(undefined as never)],
    ['theme', () => figureToSvg(figure, { theme: 'night' as never })],
    ['them', () => figureToSvg(figure, { them: 'dark' } as object)],
    ['document', () => renderFigure(figure, { document: {} as Document })],
    ['figure', () => figureToSvg(undefined as never)],
  ])('names %s when it is wrong: %#', (name, draw) => {
    expect(draw).toThrow(ArgumentError);
    expect(draw).toThrow(new RegExp(`^${name}: expected`));
  });
});

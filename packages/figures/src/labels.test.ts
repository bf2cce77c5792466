import fc from 'fast-check';
import { createSVGWindow } from 'svgdom';
import { describe, expect, it } from 'vitest';
import { stretchesOf } from './charts/dense.js';
import { tickLabels } from './charts/tick-labels.js';
import { movedApart } from './direct-labels.js';
import { type Figure, seriesFigure } from './index.js';
import { renderFigure } from './render.js';
import { fitted, textWidth } from './text-width.js';

describe('tickLabels', () => {
  it.each([
    [
      [0, 2000, 10_000],
      ['0', '2,000', '10,000'],
    ],
    [
      [-0.5, 0, 0.5],
      ['\u22120.5', '0', '0.5'],
    ],
    [
      [0, 0.25, 0.5],
      ['0', '0.25', '0.50'],
    ],
    [
      [0, 250_000, 500_000],
      ['0', '250k', '500k'],
    ],
    [
      [1e6, 1.5e6],
      ['1.0M', '1.5M'],
    ],
    // Large numbers that are near one another keep the digits that differ.
    [
      [9.99e11, 1e12, 1.001e12],
      ['0.999T', '1.000T', '1.001T'],
    ],
    [
      [-1e-8, -5e-9, 0, 5e-9],
      ['\u22121e\u22128', '\u22125e\u22129', '0', '5e\u22129'],
    ],
    [
      [1.001e-5, 1.002e-5],
      ['1.001e\u22125', '1.002e\u22125'],
    ],
    [[0], ['0']],
    [[], []],
  ])('%j reads %j', (ticks, labels) => {
    expect(tickLabels(ticks)).toEqual(labels);
  });

  it('tells any round ticks apart', () => {
    const round = fc.tuple(
      fc.integer({ min: -1000, max: 1000 }),
      fc.constantFrom(1, 2, 5, 10),
      fc.integer({ min: -12, max: 14 }),
    );
    fc.assert(
      fc.property(round, ([first, digit, power]) => {
        const ticks = [0, 1, 2, 3, 4].map((i) => Number(`${(first + i) * digit}e${power}`));
        expect(new Set(tickLabels(ticks)).size).toBe(5);
      }),
    );
  });
});

describe('labels at the ends of lines', () => {
  it('do not overlap, keep their order, and stay within the plot', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -50, max: 450, noNaN: true }), { maxLength: 9 }), (wanted) => {
        const placed = movedApart(wanted, { top: 40, bottom: 300 });
        const byWish = [...wanted.keys()].sort((a, b) => wanted[a] - wanted[b]);
        const inOrder = byWish.map((i) => placed[i]);
        inOrder.slice(1).forEach((y, i) => {
          expect(y - inOrder[i]).toBeGreaterThan(13.999);
        });
        for (const y of placed) {
          expect(y).toBeGreaterThanOrEqual(40);
          expect(y).toBeLessThanOrEqual(300.001);
        }
      }),
    );
  });

  it('stay where they are wanted while there is room', () => {
    expect(movedApart([200, 100], { top: 40, bottom: 300 })).toEqual([200, 100]);
  });
});

describe('a line that is too dense to be seen', () => {
  const points = (count: number, value: (i: number) => number) =>
    Array.from({ length: count }, (_, time) => ({ time, value: value(time) }));

  it.each([
    ['few points', points(99, (i) => i % 2), 10, false],
    ['a smooth wave', points(600, (i) => Math.sin(i / 100)), 400, false],
    ['as many swings as pixels', points(600, (i) => i % 2), 400, true],
    ['more points than pixels can show', points(4000, (i) => Math.sin(i / 600)), 400, true],
    ['nothing known', points(600, () => Number.NaN), 400, false],
  ])('%s', (_, line, pixels, isBand) => {
    expect(stretchesOf(line, pixels) !== undefined).toBe(isBand);
  });

  it('is a band that no value is outside of', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 100, maxLength: 400 }),
        (values) => {
          const stretches = stretchesOf(
            points(values.length, (i) => values[i]),
            20,
          )!;
          expect(Math.min(...stretches.map(({ low }) => low))).toBe(Math.min(...values));
          expect(Math.max(...stretches.map(({ high }) => high))).toBe(Math.max(...values));
          for (const { low, mean, high } of stretches)
            expect(low <= mean + 1e-9 && mean <= high + 1e-9).toBe(true);
        },
      ),
    );
  });
});

describe('the margin of the vertical axis', () => {
  const draw = (figure: Figure) => renderFigure(figure, { document: createSVGWindow().document });
  const labelsOf = (svg: SVGSVGElement) =>
    [...svg.querySelectorAll('text')].filter(
      (text) => /^[\d.,\u2212e]+[kMGT]?$/.test(text.textContent ?? '') && (text.parentNode as Node) !== svg,
    );

  it.each([1, 1e4, 123_456, 1e12, 1e-9, 1e-280, 1e300])('holds the labels of values around %d', (size) => {
    const points = [-1, 0.5, 1].map((value, time) => ({ time, value: value * size }));
    const svg = draw(seriesFigure([{ label: 'data', points }], { valueLabel: 'value' }));
    const scale = (svg as unknown as { scale(name: string): { range: number[] } }).scale('x');
    const widest = Math.max(...labelsOf(svg).map(({ textContent }) => textWidth(textContent ?? '')));
    expect(widest).toBeGreaterThan(0);
    // The axis' name takes 16 pixels at the left edge, the ticks 9 at the plot.
    expect(scale.range[0]).toBeGreaterThanOrEqual(widest + 25);
    expect(svg.textContent).toContain('\u2212');
  });

  it('has several ticks on a phone', () => {
    const points = Array.from({ length: 990 }, (_, i) => ({ time: i + 5, value: Math.sin(i) }));
    const svg = draw(seriesFigure([{ label: 'data', points }], { width: 330 }));
    for (const tick of ['200', '400', '600', '800']) expect(svg.textContent).toContain(tick);
  });

  it('cuts a title that is longer than the figure', () => {
    const svg = draw(seriesFigure([], { title: 'w'.repeat(200), width: 300 }));
    expect(svg.textContent).toContain('w…');
    const long = draw(seriesFigure([], { title: 'One step ahead: Linear (4), GRU', width: 330 }));
    const title = [...long.querySelectorAll('text')].find(({ textContent }) =>
      textContent?.startsWith('One step'),
    );
    expect(title?.textContent).toBe('One step ahead: Linear (4), GRU');
    expect(Number(title?.getAttribute('x'))).toBe(4);
    expect(fitted('short', 300)).toBe('short');
  });

  it('cuts the name of an axis, and of a line, that is longer than the figure', () => {
    const points = [0, 1, 2].map((time) => ({ time, value: time }));
    const long = (letter: string) => letter.repeat(150);
    for (const width of [330, 640]) {
      const lines = ['a', 'b'].map((letter) => ({ label: long(letter), points }));
      const labels = { timeLabel: long('t'), valueLabel: long('v') };
      const svg = draw(seriesFigure(lines, { title: 'Long names', width, ...labels }));
      const texts = [...svg.querySelectorAll('text')].map(({ textContent }) => textContent ?? '');
      const height = Number(svg.getAttribute('height'));
      for (const [letter, room] of [
        ['t', width],
        ['v', height],
        ['a', width],
      ] as const) {
        const shown = texts.find((text) => text.startsWith(letter.repeat(5)))!;
        expect(shown.endsWith('…')).toBe(true);
        expect(textWidth(shown)).toBeLessThan(room);
      }
    }
    const short = draw(seriesFigure([{ label: 'a', points }], { title: 'Short', valueLabel: 'births' }));
    expect(short.textContent).toContain('births');
  });
});

import * as Plot from '@observablehq/plot';
import {
  ArgumentError,
  checkOptions,
  escapeControls,
  type OptionChecks,
  oneOf,
  withMethods,
} from '@throughtime/errors';
import { tickLabels } from './charts/tick-labels.js';
import { type EndLabel, endLabelMargin, endLabels, labelGap, movedApart } from './direct-labels.js';
import { defaultSize, type Figure, type LegendEntry } from './figure.js';
import { darkColors, themes } from './palette.js';
import { fitted, textWidth } from './text-width.js';

/** 'auto' follows the reader's setting (prefers-color-scheme). */
export type Theme = 'auto' | 'light' | 'dark';

export const themeNames: readonly Theme[] = ['auto', 'light', 'dark'];

/** The document to draw in, and the theme. */
export interface RenderOptions {
  /** Where elements are made: the page's own document by default; Node has none (use `@throughtime/figures/node`). */
  readonly document?: Document;
  /** Default 'auto', so that a saved figure suits the page it is put on. */
  readonly theme?: Theme;
}

const renderChecks: OptionChecks<RenderOptions> = {
  document: withMethods<Document>('a document', ['createElementNS']),
  theme: oneOf(themeNames),
};

const svgNamespace = 'http://www.w3.org/2000/svg';
const titleBaseline = 20;
const legendBaseline = 42;
const legendLine = 18;
/** Bold letters are wider than those that `textWidth` knows. */
const titleSize = 15;
const boldSize = 1.13 * titleSize;
/** Figures on a phone: with a tick every 80 pixels, as Plot has them, an axis from 0 to 1000 would have one. */
const narrow = 480;
/** Enough for "1,000" and the axis' name. */
const defaultLeft = 62;
/** The ticks of an axis, and the gap between them and their labels. */
const tickLength = 11;
/** The name of the vertical axis, which stands upright. */
const nameWidth = 19;
const fontFamily = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';

/** Draws a figure: an SVG element with title, legend and a description for screen readers. */
export function renderFigure(figure: Figure, options: RenderOptions = {}): SVGSVGElement {
  if (typeof figure?.title !== 'string' || typeof figure.plot !== 'object') {
    throw new ArgumentError('figure', "a figure, as this package's functions make", figure);
  }
  checkOptions<RenderOptions>(options, renderChecks);
  const document = options.document ?? globalThis.document;
  const { plot, legend = [] } = figure;
  const width = (plot.width as number | undefined) ?? defaultSize.width;
  const height = (plot.height ?? defaultSize.height) as number;
  const atEnds = plot.marginRight === undefined ? endLabels(legend, width, height) : [];
  const above = legend.filter((entry) => !(atEnds as readonly LegendEntry[]).includes(entry));
  const right = Math.max(24, endLabelMargin(atEnds));
  const draw = (left: number) => {
    const entries = placeLegend(above, left, width);
    const top = (entries.at(-1)?.baseline ?? titleBaseline) + (above.length > 0 ? 18 : 22);
    const marginTop = top + (plot.marginTop ?? 0);
    const { marginBottom = 44 } = plot;
    const svg = Plot.plot({
      width: defaultSize.width,
      marginRight: right,
      marginBottom,
      ...plot,
      marginLeft: left,
      // Plot's own place for an axis label, the top left corner, is the title's.
      x: {
        ...{ labelAnchor: 'center', labelArrow: 'none' },
        ...(width < narrow && { tickSpacing: 56 }),
        ...plot.x,
        ...fittedLabel(plot.x?.label, [left, width - right], width),
      },
      y: {
        ...{ labelAnchor: 'center', labelArrow: 'none' },
        ...numberFormat(plot.y),
        ...(isLinear(plot.y) && { transform: withoutTiny }),
        ...plot.y,
        ...fittedLabel(plot.y?.label, [marginTop, height - marginBottom], height),
      },
      height,
      marginTop,
      document,
      className: 'throughtime-figure',
    }) as unknown as SVGSVGElement;
    return { svg, left, entries, top };
  };
  const asked = (plot.marginLeft as number | undefined) ?? defaultLeft;
  const first = draw(asked);
  // How wide the labels are is known once they are there.
  const needed = Math.min(width / 2, leftMargin(first.svg, plot.y?.label !== null));
  const { svg, left, entries, top } = needed > asked ? draw(needed) : first;

  // Plot calls each mark by its kind. A graphic without a role may not have a name, and this one has a name as a whole.
  for (const mark of svg.querySelectorAll('g[aria-label]')) mark.removeAttribute('aria-label');
  svg.setAttribute('xmlns', svgNamespace);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${figure.title}. ${figure.description}`);
  svg.setAttribute('font-family', fontFamily);
  svg.setAttribute('font-size', '12');
  const make = maker(document);
  svg.insertBefore(make('style', {}, themeStyle(options.theme ?? 'auto')), svg.firstChild);
  svg.insertBefore(make('desc', {}, figure.description), svg.firstChild);
  svg.insertBefore(make('title', {}, figure.title), svg.firstChild);
  // A long title begins at the edge of the figure, where there is more room.
  const titleLeft = textWidth(figure.title, boldSize) > width - left - 4 ? 4 : left;
  const heading = {
    x: titleLeft,
    y: titleBaseline,
    fill: 'currentColor',
    'text-anchor': 'start',
    'font-size': titleSize,
    'font-weight': 600,
  };
  svg.appendChild(make('text', heading, fitted(figure.title, width - titleLeft - 4, boldSize)));

  for (const { label, color, dashed, filled, x, baseline } of entries) {
    const y = baseline - 4;
    if (filled) svg.appendChild(make('rect', { x, y: y - 5, width: 18, height: 10, fill: color }));
    else {
      const stroke = { x1: x, x2: x + 18, y1: y, y2: y, stroke: color, 'stroke-width': 2.5 };
      svg.appendChild(make('line', dashed ? { ...stroke, 'stroke-dasharray': '5 3' } : stroke));
    }
    const text = { x: x + 23, y: baseline, fill: 'currentColor', 'text-anchor': 'start' };
    svg.appendChild(make('text', text, fitted(label, width - text.x - 4)));
  }
  labelEnds(svg, atEnds, { edge: width - right, top, bottom: height - 48, make });
  keepValid(svg);
  return svg;
}

/** The name of an axis, cut where it would be longer than the figure: it stands in the middle between two ends of the axis. */
function fittedLabel(
  label: unknown,
  [from, to]: readonly [number, number],
  size: number,
): { readonly label?: string } {
  if (typeof label !== 'string') return {};
  const center = (from + to) / 2;
  return { label: fitted(label, 2 * Math.min(center, size - center) - 8) };
}

function isLinear(y: Plot.PlotOptions['y']): boolean {
  return y?.type === undefined || y.type === 'linear';
}

/** The ticks of an axis of smaller numbers would be closer together than numbers can be, or their count infinite. */
const smallestShown = 1e-290;

function withoutTiny(value: unknown): unknown {
  return typeof value === 'number' && Math.abs(value) < smallestShown ? 0 : value;
}

/** Numbers on a linear axis are labeled by {@link tickLabels}, unless the chart says otherwise. */
function numberFormat(y: Plot.PlotOptions['y']): Pick<Plot.ScaleOptions, 'tickFormat'> {
  if (y?.tickFormat !== undefined || !isLinear(y)) return {};
  return {
    tickFormat: ((tick: unknown, i: number, ticks: readonly unknown[]) =>
      typeof tick === 'number' ? tickLabels(ticks as readonly number[])[i] : String(tick)) as never,
  };
}

/** The room that the labels of the vertical axis need, its name included. */
function leftMargin(svg: SVGSVGElement, hasName: boolean): number {
  const labels = [...svg.querySelectorAll('g[aria-label="y-axis tick label"] text')];
  const widest = Math.max(0, ...labels.map(({ textContent }) => textWidth(textContent ?? '')));
  return Math.ceil(widest) + tickLength + (hasName ? nameWidth : 4);
}

/** Puts labels beside the ends of their lines. */
function labelEnds(
  svg: SVGSVGElement,
  entries: readonly EndLabel[],
  { edge, top, bottom, make }: { edge: number; top: number; bottom: number; make: ReturnType<typeof maker> },
): void {
  const scale = (svg as unknown as Plot.Plot).scale('y');
  if (entries.length === 0 || scale === undefined) return;
  const wanted = entries.map(({ end }) => Number(scale.apply(end.y)));
  const known = wanted.map((y) => (Number.isFinite(y) ? y : top));
  const placed = movedApart(known, { top, bottom });
  entries.forEach(({ label, color }, i) => {
    if (Math.abs(placed[i] - known[i]) > 3) {
      const line = { x1: edge + 1, x2: edge + labelGap - 2, y1: known[i], y2: placed[i] };
      svg.appendChild(make('line', { ...line, stroke: color, 'stroke-width': 1 }));
    }
    const text = { x: edge + labelGap, y: placed[i] + 4, fill: color, 'text-anchor': 'start' };
    svg.appendChild(make('text', text, label));
  });
}

/**
 * Makes the text of a drawing valid XML: names of series, columns and tokens may hold control characters and halves of characters, with
 * which no program would open the file. Control characters are shown escaped, the rest as U+FFFD.
 */
function keepValid(element: Element): void {
  for (const { nodeName: name } of element.attributes) {
    // Node's document keeps numbers as they were given.
    const value = String(element.getAttribute(name) ?? '');
    const valid = validText(value);
    if (valid !== value) element.setAttribute(name, valid);
  }
  for (const node of element.childNodes) {
    if (node.nodeType === 1) keepValid(node as Element);
    else if (node.nodeType === 3) {
      const text = node as Text;
      const data = String(text.data);
      const valid = validText(data);
      if (valid !== data) text.data = valid;
    }
  }
}

function validText(text: string): string {
  return escapeControls(text, '\n\t').replace(/\p{Cs}|[\ufffe\uffff]/gu, '\ufffd');
}

/** Legend entries from left to right, on further lines where a narrow figure has no room. */
function placeLegend(
  legend: readonly LegendEntry[],
  left: number,
  width: number,
): (LegendEntry & { readonly x: number; readonly baseline: number })[] {
  let x = left;
  let baseline = legendBaseline;
  return legend.map((entry) => {
    const entryWidth = 23 + textWidth(entry.label);
    if (x > left && x + entryWidth > width) {
      x = left;
      baseline += legendLine;
    }
    const placed = { ...entry, x, baseline };
    x += entryWidth + 16;
    return placed;
  });
}

function maker(document: Document) {
  return (name: string, attributes: Readonly<Record<string, string | number>>, text?: string): SVGElement => {
    const element = document.createElementNS(svgNamespace, name) as SVGElement;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (text !== undefined) element.appendChild(document.createTextNode(text));
    return element;
  };
}

function themeStyle(theme: Theme): string {
  const rule = (name: 'light' | 'dark') =>
    `.throughtime-figure { color: ${themes[name].text}; background: ${themes[name].background}; --plot-background: ${themes[name].background}; }`;
  // A rule outranks the attribute that it replaces.
  const dark = `${rule('dark')} ${Object.entries(darkColors)
    .map(
      ([from, to]) =>
        `.throughtime-figure [stroke="${from}"] { stroke: ${to}; } .throughtime-figure [fill="${from}"] { fill: ${to}; }`,
    )
    .join(' ')}`;
  if (theme !== 'auto') return theme === 'dark' ? dark : rule('light');
  return `${rule('light')} @media (prefers-color-scheme: dark) { ${dark} }`;
}

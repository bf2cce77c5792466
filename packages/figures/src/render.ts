import * as Plot from '@observablehq/plot';
import { defaultSize, type Figure } from './figure.js';
import { themes } from './palette.js';

/** 'auto' follows the reader's setting (prefers-color-scheme). */
export type Theme = 'auto' | 'light' | 'dark';

export interface RenderOptions {
  /** Where elements are made: the page's own document by default; Node has none (use `@throughtime/figures/node`). */
  readonly document?: Document;
  /** Default 'auto', so that a saved figure suits the page it is put on. */
  readonly theme?: Theme;
}

const svgNamespace = 'http://www.w3.org/2000/svg';
const titleBaseline = 20;
const legendBaseline = 42;
const fontFamily = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';

/** Draws a figure: an SVG element with title, legend and a description for screen readers. */
export function renderFigure(figure: Figure, options: RenderOptions = {}): SVGSVGElement {
  const document = options.document ?? globalThis.document;
  const legend = figure.legend ?? [];
  const { plot } = figure;
  const top = (legend.length > 0 ? legendBaseline : titleBaseline) + 26;
  const height = (plot.height ?? defaultSize.height) as number;
  const svg = Plot.plot({
    width: defaultSize.width,
    marginLeft: 56,
    marginRight: 24,
    marginBottom: 44,
    ...plot,
    // Plot's own place for an axis label, the top left corner, is the title's.
    x: { labelAnchor: 'center', labelArrow: 'none', ...plot.x },
    y: { labelAnchor: 'center', labelArrow: 'none', ...plot.y },
    height,
    marginTop: top + (plot.marginTop ?? 0),
    document,
    className: 'throughtime-figure',
  }) as unknown as SVGSVGElement;

  svg.setAttribute('xmlns', svgNamespace);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${figure.title}. ${figure.description}`);
  svg.setAttribute('font-family', fontFamily);
  svg.setAttribute('font-size', '12');
  const left = (plot.marginLeft as number | undefined) ?? 56;
  const make = maker(document);
  svg.insertBefore(make('style', {}, themeStyle(options.theme ?? 'auto')), svg.firstChild);
  svg.insertBefore(make('desc', {}, figure.description), svg.firstChild);
  svg.insertBefore(make('title', {}, figure.title), svg.firstChild);
  const heading = {
    x: left,
    y: titleBaseline,
    fill: 'currentColor',
    'text-anchor': 'start',
    'font-size': 15,
    'font-weight': 600,
  };
  svg.appendChild(make('text', heading, figure.title));

  let x = left;
  for (const { label, color, dashed } of legend) {
    const y = legendBaseline - 4;
    const stroke = { x1: x, x2: x + 18, y1: y, y2: y, stroke: color, 'stroke-width': 2.5 };
    svg.appendChild(make('line', dashed ? { ...stroke, 'stroke-dasharray': '5 3' } : stroke));
    const text = { x: x + 23, y: legendBaseline, fill: 'currentColor', 'text-anchor': 'start' };
    svg.appendChild(make('text', text, label));
    // No layout engine is at hand in Node: 6.6 px is a generous width for a character at 12 px.
    x += 23 + label.length * 6.6 + 16;
  }
  return svg;
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
  if (theme !== 'auto') return rule(theme);
  return `${rule('light')} @media (prefers-color-scheme: dark) { ${rule('dark')} }`;
}

import * as Plot from '@observablehq/plot';
import {
  ArgumentError,
  checkOptions,
  escapeControls,
  type OptionChecks,
  oneOf,
  withMethods,
} from '@throughtime/errors';
import { defaultSize, type Figure, type LegendEntry } from './figure.js';
import { themes } from './palette.js';

/** 'auto' follows the reader's setting (prefers-color-scheme). */
export type Theme = 'auto' | 'light' | 'dark';

export const themeNames: readonly Theme[] = ['auto', 'light', 'dark'];

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
const fontFamily = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';

/** Draws a figure: an SVG element with title, legend and a description for screen readers. */
export function renderFigure(figure: Figure, options: RenderOptions = {}): SVGSVGElement {
  if (typeof figure?.title !== 'string' || typeof figure.plot !== 'object') {
    throw new ArgumentError('figure', "a figure, as this package's functions make", figure);
  }
  checkOptions<RenderOptions>(options, renderChecks);
  const document = options.document ?? globalThis.document;
  const legend = figure.legend ?? [];
  const { plot } = figure;
  const left = (plot.marginLeft as number | undefined) ?? 56;
  const entries = placeLegend(legend, left, (plot.width as number | undefined) ?? defaultSize.width);
  const top = (entries.at(-1)?.baseline ?? titleBaseline) + 26;
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
  const heading = {
    x: left,
    y: titleBaseline,
    fill: 'currentColor',
    'text-anchor': 'start',
    'font-size': 15,
    'font-weight': 600,
  };
  svg.appendChild(make('text', heading, figure.title));

  for (const { label, color, dashed, x, baseline } of entries) {
    const y = baseline - 4;
    const stroke = { x1: x, x2: x + 18, y1: y, y2: y, stroke: color, 'stroke-width': 2.5 };
    svg.appendChild(make('line', dashed ? { ...stroke, 'stroke-dasharray': '5 3' } : stroke));
    const text = { x: x + 23, y: baseline, fill: 'currentColor', 'text-anchor': 'start' };
    svg.appendChild(make('text', text, label));
  }
  keepValid(svg);
  return svg;
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
    // No layout engine is at hand in Node: 6.6 px is a generous width for a character at 12 px.
    const entryWidth = 23 + entry.label.length * 6.6;
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
  if (theme !== 'auto') return rule(theme);
  return `${rule('light')} @media (prefers-color-scheme: dark) { ${rule('dark')} }`;
}

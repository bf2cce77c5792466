import { check, escapeControls, list, type OptionChecks, record, required, text } from '@throughtime/errors';
import { themes } from './palette.js';

/** One section of a report: a heading, then whatever of text, table, sample and figures it has. */
export interface ReportSection {
  /** The heading. */
  readonly title: string;
  /** A paragraph below the heading. */
  /** A paragraph, or several. */
  readonly text?: string | readonly string[];
  /** Rows of cells; the first row is the head. */
  readonly table?: readonly (readonly string[])[];
  /** Text shown as it is, in a fixed-width font: a generated sample. */
  readonly sample?: string;
  /** SVG texts, as `figureToSvg` gives them. They are trusted: pass only figures that this package drew. */
  readonly figures?: readonly (string | ReportFigure)[];
  /** Where to read on: files beside the report, or pages. */
  readonly links?: readonly ReportLink[];
}

/** A figure with what it means. */
export interface ReportFigure {
  /** The chart, as `figureToSvg` gives it. */
  readonly svg: string;
  /** What stands below it. */
  readonly caption: string;
}

/** A link of a report, to a file beside it or to a page. */
export interface ReportLink {
  /** What is shown. */
  readonly text: string;
  /** A relative path, or an address that begins with https. */
  readonly href: string;
}

const texts = check<string | readonly string[]>('a string or a list of strings', (value) =>
  [value].flat().every((one) => typeof one === 'string'),
);
const href = check<string>(
  "a relative path or an address that begins with 'https:'",
  (value) => typeof value === 'string' && (/^https:/.test(value) || !/^[^/?#]*:|^\/\//.test(value)),
);
const figure = check<string | ReportFigure>('an SVG text, or one with its caption', (value) => {
  const { svg, caption } = Object(value);
  return typeof value === 'string' || (typeof svg === 'string' && typeof caption === 'string');
});

const sectionChecks: OptionChecks<ReportSection> = {
  title: required(text),
  text: texts,
  table: list(list(text)),
  sample: text,
  figures: list(figure),
  links: list(record<ReportLink>({ text: required(text), href: required(href) })),
};

/** A report of a run as one HTML file that needs nothing else: no script, no font, no network. */
export function reportHtml(title: string, sections: readonly ReportSection[]): string {
  text('title', title);
  list(record<ReportSection>(sectionChecks))('sections', sections);
  const variables = (name: 'light' | 'dark') =>
    `--text: ${themes[name].text}; --background: ${themes[name].background};`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; ${variables('light')} }
@media (prefers-color-scheme: dark) { :root { ${variables('dark')} } }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--background); }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .8rem; text-align: right; border-bottom: 1px solid color-mix(in srgb, var(--text) 20%, transparent); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
pre { white-space: pre-wrap; padding: .8rem 1rem; border-left: 3px solid color-mix(in srgb, var(--text) 35%, transparent); }
figure { margin: 1.2rem 0; } figcaption { color: color-mix(in srgb, var(--text) 75%, transparent); } a { color: inherit; }
.wide { overflow-x: auto; } svg { max-width: 100%; height: auto; }
</style>
<h1>${escapeHtml(title)}</h1>
${sections.map(sectionHtml).join('\n')}
</html>
`;
}

function sectionHtml({
  title,
  text: paragraphs = [],
  table,
  sample,
  figures = [],
  links = [],
}: ReportSection): string {
  return [
    `<section>\n<h2>${escapeHtml(title)}</h2>`,
    ...[paragraphs].flat().map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    table === undefined ? '' : tableHtml(table),
    sample === undefined ? '' : `<pre>${escapeHtml(sample)}</pre>`,
    ...figures.map(figureHtml),
    links.length === 0
      ? ''
      : `<ul>${links.map(({ text, href }) => `<li><a href="${escapeHtml(href)}">${escapeHtml(text)}</a></li>`).join('')}</ul>`,
    '</section>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function figureHtml(shown: string | ReportFigure): string {
  const { svg, caption } = typeof shown === 'string' ? { svg: shown, caption: undefined } : shown;
  const below = caption === undefined ? '' : `<figcaption>${escapeHtml(caption)}</figcaption>`;
  return `<figure><div class="wide">${svg}</div>${below}</figure>`;
}

function tableHtml([head = [], ...rows]: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: 'th' | 'td') =>
    row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('');
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
  return `<div class="wide"><table>\n<thead><tr>${cells(head, 'th')}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table></div>`;
}

function escapeHtml(raw: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return escapeControls(raw, '\n\t').replace(/[&<>"']/g, (character) => entities[character]);
}

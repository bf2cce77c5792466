import { escapeControls, list, type OptionChecks, record, required, text } from '@throughtime/errors';
import { themes } from './palette.js';

/** One section of a report: a heading, then whatever of text, table, sample and figures it has. */
export interface ReportSection {
  /** The heading. */
  readonly title: string;
  /** A paragraph below the heading. */
  readonly text?: string;
  /** Rows of cells; the first row is the head. */
  readonly table?: readonly (readonly string[])[];
  /** Text shown as it is, in a fixed-width font: a generated sample. */
  readonly sample?: string;
  /** SVG texts, as `figureToSvg` gives them. They are trusted: pass only figures that this package drew. */
  readonly figures?: readonly string[];
}

const sectionChecks: OptionChecks<ReportSection> = {
  title: required(text),
  text,
  table: list(list(text)),
  sample: text,
  figures: list(text),
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
.wide { overflow-x: auto; } svg { max-width: 100%; height: auto; }
</style>
<h1>${escapeHtml(title)}</h1>
${sections.map(sectionHtml).join('\n')}
</html>
`;
}

function sectionHtml({ title, text: paragraph, table, sample, figures = [] }: ReportSection): string {
  return [
    `<section>\n<h2>${escapeHtml(title)}</h2>`,
    paragraph === undefined ? '' : `<p>${escapeHtml(paragraph)}</p>`,
    table === undefined ? '' : tableHtml(table),
    sample === undefined ? '' : `<pre>${escapeHtml(sample)}</pre>`,
    ...figures.map((svg) => `<figure class="wide" style="margin: 1rem 0">${svg}</figure>`),
    '</section>',
  ]
    .filter((part) => part !== '')
    .join('\n');
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

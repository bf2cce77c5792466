import { created } from '@throughtime/web-page';
import { chapterHorizons, intervalCoverage } from '../src/core/compare-models.js';
import { measureInWords } from '../src/core/report.js';
import type { ShownSeries, TrainedModel } from './protocol.js';

/** The chapter's horizons, and the longest where the series is too short for all of them. */
function shownSteps(steps: number): number[] {
  return [...new Set([...chapterHorizons.filter((step) => step <= steps), steps])].sort((a, b) => a - b);
}

/** The model beside its baselines: errors by steps ahead, the best of each marked, and what intervals held. */
export function comparisonTable(opened: ShownSeries, trained: TrainedModel): HTMLTableElement {
  const { comparison } = trained;
  const steps = shownSteps(trained.steps);
  const best = steps.map((step) => Math.min(...comparison.map(({ errors }) => errors[step - 1])));
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  const titles = [
    'steps ahead',
    ...steps.map(String),
    `${Math.round(intervalCoverage * 100)}% interval held`,
    'seconds',
  ];
  for (const title of titles) head.append(cell('th', title, 'col'));
  const body = table.createTBody();
  for (const { name, errors, coverage, seconds } of comparison) {
    const row = body.insertRow();
    row.append(cell('th', name, 'row'));
    steps.forEach((step, i) => {
      const error = errors[step - 1];
      const shown = cell('td', formatNumber(error));
      if (error === best[i]) {
        shown.className = 'best';
        shown.append(created('span', { className: 'visually-hidden', text: ' (best)' }));
      }
      row.append(shown);
    });
    row.append(
      cell('td', Number.isNaN(coverage) ? '-' : `${(100 * coverage).toFixed(0)}%`),
      cell('td', seconds.toFixed(1)),
    );
  }
  if (opened.noiseFloor !== undefined) {
    const row = body.insertRow();
    const floor = formatNumber(opened.noiseFloor);
    row.append(
      cell('th', 'noise floor', 'row'),
      ...steps.map(() => cell('td', floor)),
      cell('td', ''),
      cell('td', ''),
    );
  }
  return table;
}

const threeDigits = new Intl.NumberFormat('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Three significant digits, and all of a large number's whole ones. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 1000 ? whole.format(value) : threeDigits.format(value);
}

/** What the table's numbers are. */
export function comparisonNote({ measure, judgedOrigins }: TrainedModel): string {
  return `${measureInWords(measure)}. From ${judgedOrigins} origins after the training values; bold is best.`;
}

function cell(kind: 'td' | 'th', text: string, scope?: 'col' | 'row'): HTMLTableCellElement {
  const made = created(kind, { text });
  if (scope !== undefined) made.scope = scope;
  return made;
}

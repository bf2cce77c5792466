import { created } from '@throughtime/web-page';
import { chapterHorizons, intervalCoverage } from '../src/core/compare-models.js';
import { modelTitle } from '../src/core/labels.js';
import { coverageVerdict } from '../src/core/verdict.js';
import type { Shown } from './model-figures.js';
import { numberText } from './number-text.js';
import type { TrainedModel } from './protocol.js';
import { numbers, texts } from './texts/chosen.js';

/** The chapter's horizons, and the longest where the series is too short for all of them. */
function shownSteps(steps: number): number[] {
  return [...new Set([...chapterHorizons.filter((step) => step <= steps), steps])].sort((a, b) => a - b);
}

/** The models beside the baselines: errors by steps ahead, the best of each marked, and what intervals held. */
export function comparisonTable({ opened, trained, chosen }: Shown): HTMLTableElement {
  const models = [...trained.map(({ own }) => own), ...chosen.baselines];
  const steps = shownSteps(chosen.steps);
  const best = steps.map((step) =>
    Math.min(...models.map(({ errors }) => errors[step - 1] ?? Number.NaN).filter(Number.isFinite)),
  );
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  const { stepsAhead, held, seconds } = texts.comparison;
  const titles = [stepsAhead, ...steps.map(String), held(numbers.percent(intervalCoverage)), seconds];
  for (const title of titles) head.append(cell('th', title, 'col'));
  const body = table.createTBody();
  for (const { name, errors, coverage, seconds } of models) {
    const row = body.insertRow();
    row.append(cell('th', modelTitle(name), 'row'));
    steps.forEach((step, i) => {
      const error = errors[step - 1] ?? Number.NaN;
      const shown = cell('td', numberText(error));
      if (error === best[i]) {
        shown.className = 'best';
        shown.append(created('span', { className: 'visually-hidden', text: texts.comparison.best }));
      }
      row.append(shown);
    });
    row.append(coverageCell(coverage), cell('td', numbers.fixed(seconds, 1)));
  }
  if (opened.noiseFloor !== undefined) {
    const row = body.insertRow();
    const floor = numberText(opened.noiseFloor);
    row.append(
      cell('th', texts.comparison.noiseFloor, 'row'),
      ...steps.map(() => cell('td', floor)),
      cell('td', ''),
      cell('td', ''),
    );
  }
  return table;
}

/** What the table's numbers are. */
export function comparisonNote({ measure, judgedOrigins }: TrainedModel): string {
  return texts.comparison.note(texts.comparison.measures[measure], numbers.count(judgedOrigins));
}

/** The share that intervals held; in color and words where it is not what they promise. */
function coverageCell(coverage: number): HTMLTableCellElement {
  const verdict = coverageVerdict(coverage, intervalCoverage);
  const share = Number.isNaN(coverage) ? '-' : numbers.percent(coverage);
  const { tooNarrow, tooWide } = texts.comparison;
  const words = verdict === 'too narrow' ? tooNarrow : verdict === 'too wide' ? tooWide : undefined;
  const made = cell('td', words === undefined ? share : `${share}, ${words}`);
  if (verdict === 'too narrow') made.className = 'off';
  return made;
}

function cell(kind: 'td' | 'th', text: string, scope?: 'col' | 'row'): HTMLTableCellElement {
  const made = created(kind, { text });
  if (scope !== undefined) made.scope = scope;
  return made;
}

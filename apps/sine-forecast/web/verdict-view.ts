import { created, element } from '@throughtime/web-page';
import { intervalCoverage } from '../src/core/compare-models.js';
import { modelTitle } from '../src/core/labels.js';
import { coverageVerdict, verdictOf } from '../src/core/verdict.js';
import type { ShownSeries, TrainedModel } from './protocol.js';
import { numbers, texts } from './texts/chosen.js';

/** Whether a model is any good, in a sentence or two. */
export function verdictSentences(
  opened: ShownSeries,
  { own, baselines, learnNothing }: TrainedModel,
): string[] {
  const model = modelTitle(own.name);
  const verdict = verdictOf(
    own,
    baselines.filter(({ name }) => learnNothing.includes(name)),
  );
  const percent = (share: number) => numbers.percent(share, share < 0.1 ? 1 : 0);
  const { noiseFloor } = opened;
  const above = noiseFloor ? own.errors[0] / noiseFloor - 1 : Number.NaN;
  return [
    verdict === undefined
      ? texts.verdict.unknown(model)
      : texts.verdict.sentence(verdict, model, opened.unit, percent),
    ...(above > 0 ? [texts.verdict.floor(percent(above))] : []),
    texts.verdict.coverage[coverageVerdict(own.coverage, intervalCoverage)](
      numbers.percent(own.coverage),
      numbers.percent(intervalCoverage),
    ),
  ].filter((sentence) => sentence !== '');
}

/** The panel with a paragraph for each model; the one that is looked at first. */
export class VerdictView {
  readonly #panel = element('verdict', HTMLDivElement);

  clear(): void {
    this.#panel.replaceChildren(created('p', { className: 'hint', text: texts.verdict.waiting }));
  }

  show(opened: ShownSeries, models: readonly TrainedModel[]): void {
    this.#panel.replaceChildren(
      ...models.map((model, i) => {
        const paragraph = created('p', { className: i === 0 ? 'verdict' : 'hint' });
        const sentences = verdictSentences(opened, model);
        const off = coverageVerdict(model.own.coverage, intervalCoverage) === 'too narrow';
        sentences.forEach((text, at) => {
          const isOff = off && at === sentences.length - 1;
          paragraph.append(created('span', { text: `${text} `, ...(isOff && { className: 'off' }) }));
        });
        return paragraph;
      }),
    );
  }
}

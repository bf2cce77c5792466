import { element } from '@throughtime/web-page';
import { planOf, type TextSize } from '../src/core/fitted-settings.js';
import type { TrainSettings } from '../src/core/settings.js';
import { numbers, texts } from './texts/chosen.js';
import { duration } from './training-view.js';

/** What pressing Start would do: how many updates, and about how long. */
export class PlanLine {
  readonly #line = element('plan', HTMLElement);
  #size: TextSize | undefined;
  #cores = 1;

  set size(size: TextSize | undefined) {
    this.#size = size;
  }

  set cores(cores: number) {
    this.#cores = cores;
  }

  /** @param continuable whether there is a model that training could continue, which keeps the settings it was started with */
  show(settings: TrainSettings, continuable: boolean): void {
    const plan = this.#size && planOf(settings, this.#size, this.#cores);
    this.#line.textContent = plan
      ? [
          (continuable ? texts.plan.startOver : texts.plan.run)(
            numbers.count(plan.updates),
            duration(rounded(plan.seconds)),
          ),
          ...(settings.earlyStopping === undefined ? [] : [texts.plan.earlyStopping]),
        ].join(' ')
      : '';
  }

  locked(): void {
    this.#line.textContent = texts.plan.locked;
  }
}

/** An estimate has one digit that means something, or two. */
function rounded(seconds: number): number {
  const unit = seconds < 20 ? 1 : seconds < 120 ? 5 : 60;
  return Math.max(1, Math.round(seconds / unit) * unit);
}

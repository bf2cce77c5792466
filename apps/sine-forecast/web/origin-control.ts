import { csvText } from '@throughtime/datasets';
import { element, hint, offerDownload } from '@throughtime/web-page';
import { FigureView } from './figure-view.js';
import { latestOnly } from './latest-only.js';
import { originFigure, type Shown } from './model-figures.js';
import { numberText } from './number-text.js';
import type { ModelName, OriginForecast, ShownSeries } from './protocol.js';
import { rowAt, timeText } from './series-points.js';
import { numbers, texts } from './texts/chosen.js';

export interface OriginControlOptions {
  /** Asks the trained model. */
  readonly forecastFrom: (model: ModelName, origin: number) => Promise<OriginForecast>;
  readonly onProblem: (error: unknown) => void;
}

/** The chart whose forecast begins where someone drags its origin to, with a slider that does the same. */
export class OriginControl {
  readonly #view = new FigureView(element('forecast-figure', HTMLDivElement), { height: 340 });
  readonly #slider = element('origin', HTMLInputElement);
  readonly #value = element('origin-value', HTMLOutputElement);
  readonly #summary = element('forecast-summary', HTMLParagraphElement);
  readonly #download = element('download', HTMLButtonElement);
  readonly #image = element('image', HTMLButtonElement);
  readonly #forecasts;
  #results: Shown | undefined;
  #shown: OriginForecast | undefined;

  constructor({ forecastFrom, onProblem }: OriginControlOptions) {
    this.#forecasts = latestOnly(async (origin: number) => {
      try {
        const results = this.#results;
        if (results === undefined) return;
        const forecast = await forecastFrom(results.chosen.model, origin);
        if (results === this.#results) this.#show(results, forecast);
      } catch (error) {
        onProblem(error);
      }
    });
    this.#slider.addEventListener('input', () => this.#moveTo(this.#slider.valueAsNumber));
    this.#download.addEventListener('click', () => this.#offer());
    this.#followPointer(element('forecast-figure', HTMLDivElement));
  }

  /** The forecast that is drawn, with what it was made of. */
  get drawn(): { readonly shown: Shown; readonly forecast: OriginForecast } | undefined {
    return this.#results && this.#shown && { shown: this.#results, forecast: this.#shown };
  }

  /** The summary in words. */
  get summary(): string {
    return this.#summary.textContent ?? '';
  }

  /**
   * Begins where the last values of the series can still be compared with the forecast, or at its end. For another model of the
   * same series it begins where the last one stood.
   */
  start(
    shown: Shown,
    { atEnd, horizon, origin }: { atEnd: boolean; horizon: number; origin?: number | undefined },
  ): void {
    const isSame = this.#results?.opened === shown.opened;
    const { opened, chosen } = shown;
    this.#results = shown;
    const { length } = opened.values;
    this.#slider.min = String(chosen.firstOrigin);
    this.#slider.max = String(length);
    this.#slider.disabled = false;
    const usual = atEnd ? length : Math.max(chosen.firstOrigin, length - horizon);
    this.#moveTo(origin ?? (isSame ? this.#slider.valueAsNumber : usual));
  }

  clear(): void {
    this.#results = undefined;
    this.#shown = undefined;
    this.#slider.disabled = true;
    this.#download.disabled = this.#image.disabled = true;
    this.#value.textContent = '';
    this.#summary.textContent = '';
    this.#view.replace(hint(texts.markup.forecast.waiting));
  }

  #moveTo(origin: number): void {
    if (this.#results === undefined) return;
    this.#slider.value = String(origin);
    this.#value.textContent = this.#timeText(origin - 1);
    this.#slider.setAttribute('aria-valuetext', texts.forecast.after(this.#timeText(origin - 1)));
    this.#forecasts.request(this.#slider.valueAsNumber);
  }

  #show(results: Shown, forecast: OriginForecast): void {
    this.#shown = forecast;
    this.#download.disabled = this.#image.disabled = false;
    const { figure, readAt } = originFigure(results, forecast);
    this.#view.show(figure, readAt);
    this.#summary.textContent = summaryOf(results.opened, forecast);
  }

  #followPointer(container: HTMLElement): void {
    const move = ({ clientX }: PointerEvent) => {
      const results = this.#results;
      const time = this.#view.timeAt(clientX);
      if (results === undefined || time === undefined) return;
      // The line stands at the last value seen.
      const origin = rowAt(results.opened, time) + 1;
      const { min, max } = this.#slider;
      this.#moveTo(Math.min(Number(max), Math.max(Number(min), origin)));
    };
    container.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || this.#results === undefined) return;
      // Held by the container: the chart itself is replaced as it moves.
      container.setPointerCapture(event.pointerId);
      move(event);
    });
    container.addEventListener('pointermove', (event) => {
      if (container.hasPointerCapture(event.pointerId)) move(event);
    });
  }

  #offer(): void {
    if (this.#results === undefined || this.#shown === undefined) return;
    const { opened } = this.#results;
    const { origin, mean, lower, upper } = this.#shown;
    const rows = Array.from(mean, (value, i) => [
      this.#timeText(origin + i),
      value,
      lower[i],
      upper[i],
      Number.isFinite(opened.values[origin + i]) ? opened.values[origin + i] : '',
    ]);
    const text = csvText(['time', 'forecast', 'lower', 'upper', 'actual'], rows);
    offerDownload('forecast.csv', text, 'text/csv');
  }

  #timeText(row: number): string {
    return this.#results === undefined ? '' : timeText(this.#results.opened, row);
  }
}

/** The chart in words. */
function summaryOf({ values }: ShownSeries, { origin, mean, lower, upper }: OriginForecast): string {
  const known = Array.from(mean.keys()).filter((i) => Number.isFinite(values[origin + i]));
  const last = mean.length - 1;
  const at = (i: number) =>
    texts.forecast.range(numberText(mean[i]), numberText(lower[i]), numberText(upper[i]));
  const text = texts.forecast.summary(String(mean.length), at(0), at(last));
  if (known.length === 0) return `${text} ${texts.forecast.unseen}`;
  const square = known.reduce((sum, i) => sum + (mean[i] - values[origin + i]) ** 2, 0) / known.length;
  const held = known.filter((i) => values[origin + i] >= lower[i] && values[origin + i] <= upper[i]);
  const counts = [known.length, held.length].map(numbers.count, numbers);
  return `${text} ${texts.forecast.held(counts[0], counts[1], numberText(Math.sqrt(square)))}`;
}

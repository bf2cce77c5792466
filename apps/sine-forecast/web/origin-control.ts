import { csvText } from '@throughtime/datasets';
import { element, hint, offerDownload } from '@throughtime/web-page';
import { formatNumber } from './comparison-table.js';
import { FigureView } from './figure-view.js';
import { latestOnly } from './latest-only.js';
import { originFigure } from './model-figures.js';
import type { OriginForecast, ShownSeries, TrainedModel } from './protocol.js';
import { rowAt } from './series-points.js';

/** The part of Plot's chart that maps pixels back to times. */
interface Scaled {
  scale?(name: 'x'): { invert?(pixel: number): number | Date } | undefined;
}

export interface OriginControlOptions {
  /** Asks the trained model. */
  readonly forecastFrom: (origin: number) => Promise<OriginForecast>;
  readonly onProblem: (error: unknown) => void;
}

/** The chart whose forecast begins where someone drags its origin to, with a slider that does the same. */
export class OriginControl {
  readonly #view = new FigureView(element('forecast-figure', HTMLDivElement), { height: 340 });
  readonly #slider = element('origin', HTMLInputElement);
  readonly #value = element('origin-value', HTMLOutputElement);
  readonly #summary = element('forecast-summary', HTMLParagraphElement);
  readonly #download = element('download', HTMLButtonElement);
  readonly #forecasts;
  #results: { readonly opened: ShownSeries; readonly trained: TrainedModel } | undefined;
  #shown: OriginForecast | undefined;

  constructor({ forecastFrom, onProblem }: OriginControlOptions) {
    this.#forecasts = latestOnly(async (origin: number) => {
      try {
        const results = this.#results;
        const forecast = await forecastFrom(origin);
        if (results !== undefined && results === this.#results) this.#show(results, forecast);
      } catch (error) {
        onProblem(error);
      }
    });
    this.#slider.addEventListener('input', () => this.#moveTo(this.#slider.valueAsNumber));
    this.#download.addEventListener('click', () => this.#offer());
    this.#followPointer(element('forecast-figure', HTMLDivElement));
  }

  /** Begins where the last values of the series can still be held against the forecast, or at its end. */
  start(
    opened: ShownSeries,
    trained: TrainedModel,
    { atEnd, horizon }: { atEnd: boolean; horizon: number },
  ): void {
    this.#results = { opened, trained };
    const { length } = opened.values;
    this.#slider.min = String(trained.firstOrigin);
    this.#slider.max = String(length);
    this.#slider.disabled = false;
    this.#moveTo(atEnd ? length : Math.max(trained.firstOrigin, length - horizon));
  }

  clear(): void {
    this.#results = undefined;
    this.#shown = undefined;
    this.#slider.disabled = true;
    this.#download.disabled = true;
    this.#value.textContent = '';
    this.#summary.textContent = '';
    this.#view.replace(hint('Train a model, then drag the origin of its forecast.'));
  }

  #moveTo(origin: number): void {
    if (this.#results === undefined) return;
    this.#slider.value = String(origin);
    this.#value.textContent = this.#timeText(origin - 1);
    this.#slider.setAttribute('aria-valuetext', `after ${this.#timeText(origin - 1)}`);
    this.#forecasts.request(this.#slider.valueAsNumber);
  }

  #show(results: { opened: ShownSeries; trained: TrainedModel }, forecast: OriginForecast): void {
    this.#shown = forecast;
    this.#download.disabled = false;
    this.#view.show((size) => originFigure(results, forecast, size));
    this.#summary.textContent = summaryOf(results.opened, forecast);
  }

  #followPointer(container: HTMLElement): void {
    const move = ({ clientX }: PointerEvent) => {
      const svg = this.#view.svg;
      const results = this.#results;
      const invert = (svg as Scaled | null)?.scale?.('x')?.invert;
      if (svg === null || results === undefined || invert === undefined) return;
      const box = svg.getBoundingClientRect();
      const time = invert(((clientX - box.left) * svg.viewBox.baseVal.width) / box.width);
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

  #timeText(index: number): string {
    if (this.#results === undefined) return '';
    return this.#results.opened.timeTexts?.[index] ?? String(index + 1);
  }
}

/** The chart in words. */
function summaryOf({ values }: ShownSeries, { origin, mean, lower, upper }: OriginForecast): string {
  const known = Array.from(mean.keys()).filter((i) => Number.isFinite(values[origin + i]));
  const last = mean.length - 1;
  const at = (i: number) =>
    `${formatNumber(mean[i])} (${formatNumber(lower[i])} to ${formatNumber(upper[i])})`;
  const text = `Forecast of the next step ${at(0)}, of step ${mean.length} ${at(last)}.`;
  if (known.length === 0) return `${text} Nobody has seen these values.`;
  const square = known.reduce((sum, i) => sum + (mean[i] - values[origin + i]) ** 2, 0) / known.length;
  const held = known.filter((i) => values[origin + i] >= lower[i] && values[origin + i] <= upper[i]);
  return `${text} Of ${known.length} values that came, ${held.length} lie within the interval; root mean squared error ${formatNumber(Math.sqrt(square))}.`;
}

import {
  errorByHorizonFigure,
  type Figure,
  type FigureSize,
  forecastIntervalFigure,
  type SeriesLine,
  seriesFigure,
} from '@throughtime/figures';
import { chapterHorizons, intervalCoverage } from '../src/core/compare-models.js';
import { intervalPoints } from '../src/core/figures.js';
import { modelTitle } from '../src/core/labels.js';
import type { ReadAt } from './figure-view.js';
import { numberText } from './number-text.js';
import type { DrawnModel, OriginForecast, ShownSeries, TrainedModel } from './protocol.js';
import { pointsFrom, type RowWindow, rowAt, timeOf, timeText } from './series-points.js';
import { texts } from './texts/chosen.js';

/** What the four figures show: a series, the models fitted to it, and which of them is looked at. */
export interface Drawn {
  readonly opened: ShownSeries;
  readonly trained: readonly DrawnModel[];
  readonly chosen: DrawnModel;
  /** The rows that are shown. Default: those that the figure is about. */
  readonly window: RowWindow | undefined;
}

/** The same of models that have been judged. */
export interface Shown extends Drawn {
  readonly trained: readonly TrainedModel[];
  readonly chosen: TrainedModel;
}

/** A line by rows: the first is `from`. */
interface RowLine extends Pick<SeriesLine, 'label' | 'weight'> {
  readonly from: number;
  readonly values: ArrayLike<number>;
}

/** A figure of lines, and what is read where someone points. */
export interface LineFigure {
  readonly figure: (size: FigureSize) => Figure;
  readonly readAt: ReadAt;
}

export function dataFigure(opened: ShownSeries, window: RowWindow | undefined): LineFigure {
  const name = shortened(opened.name);
  const lines = [{ label: shortened(opened.column), from: 0, values: opened.values }];
  return lineFigure(opened, lines, { title: texts.figures.data(name), window });
}

/** All models one step ahead. */
export function oneStepFigure({ opened, trained, chosen, window }: Drawn): LineFigure {
  const lines = inOrder(trained, chosen).map((model) => ({
    label: texts.figures.oneStepLine(modelTitle(model.name)),
    ...aheadOf(model, opened, 1),
  }));
  const title = texts.figures.oneStep(trained.map(({ name }) => modelTitle(name)).join(', '));
  return lineFigure(opened, [dataLine(opened, contextRow(chosen)), ...lines], {
    title,
    window,
    origin: chosen.firstOrigin,
  });
}

/** The chosen model one step ahead, and all models fed with their own forecasts. */
export function multiStepFigure({ opened, trained, chosen, window }: Drawn): LineFigure {
  const free = inOrder(trained, chosen).map((model) => ({
    label: texts.figures.freeLine(modelTitle(model.name)),
    from: model.firstOrigin,
    values: model.freeRunning,
  }));
  const oneStep = {
    label: texts.figures.oneStepLine(modelTitle(chosen.name)),
    weight: 'faint' as const,
    ...aheadOf(chosen, opened, 1),
  };
  return lineFigure(opened, [dataLine(opened, contextRow(chosen)), ...free, oneStep], {
    title: texts.figures.multiStep,
    window,
    origin: chosen.firstOrigin,
  });
}

/** The chapter's family, faint behind the `k` that is chosen. */
export function kStepFigure({ opened, chosen, window }: Drawn, k: number): LineFigure {
  const family = chapterHorizons.filter((step) => step <= chosen.steps && step !== k);
  const lines = [k, ...family].map((step) => ({
    label: texts.figures.kLine(step),
    weight: step === k ? ('strong' as const) : ('faint' as const),
    ...aheadOf(chosen, opened, step),
  }));
  return lineFigure(opened, [dataLine(opened, chosen.firstOrigin), ...lines], {
    title: texts.figures.kStep(k, modelTitle(chosen.name)),
    window,
    origin: chosen.firstOrigin,
  });
}

/** A forecast with its intervals and what came, over the values before. */
export function originFigure(
  { opened, chosen }: Shown,
  forecast: OriginForecast,
): { readonly figure: (size: FigureSize) => Figure; readonly readAt: ReadAt } {
  const { length } = opened.values;
  const { origin, mean, lower, upper, inner } = forecast;
  // No more before the forecast than can be seen beside it.
  const shown = Math.max(60, 6 * mean.length);
  const from = Math.max(0, Math.min(chosen.firstOrigin, length - shown));
  const end = Math.min(length, origin + mean.length);
  const figure = (size: FigureSize) => {
    const points = intervalPoints((row) => timeOf(opened, row), origin, { mean, lower, upper });
    const before = pointsFrom(opened, from, opened.values.subarray(from, origin));
    const after = pointsFrom(opened, end, opened.values.subarray(end));
    // A gap, so that no line leads over the forecast.
    const gap = after.length === 0 ? [] : [{ time: timeOf(opened, origin), value: Number.NaN }];
    const drawn = forecastIntervalFigure([...before, ...gap, ...after], points, {
      ...size,
      ...labels(opened),
      title: texts.figures.forecast(mean.length, modelTitle(chosen.name)),
      level: intervalCoverage,
      inner,
      actual: pointsFrom(opened, origin, opened.values.subarray(origin, end)),
      origin: timeOf(opened, Math.max(0, origin - 1)),
    });
    // The same stretch of time wherever the origin is, so that the chart stands still under the pointer.
    const domain = [timeOf(opened, from), timeOf(opened, length + mean.length - 1)];
    return translated({ ...drawn, plot: { ...drawn.plot, x: { ...drawn.plot.x, domain } } });
  };
  const readAt: ReadAt = (time) => {
    const row = rowAt(opened, time);
    const i = row - origin;
    if (row < from || row >= length + mean.length) return undefined;
    const actual =
      row < length ? [`${texts.figures.legend(i < 0 ? 'data' : 'actual')} ${known(opened.values[row])}`] : [];
    const range = [numberText(mean[i]), numberText(lower[i]), numberText(upper[i])] as const;
    const ahead =
      i >= 0 && i < mean.length ? [`${modelTitle(chosen.name)} ${texts.forecast.range(...range)}`] : [];
    return { time: timeOf(opened, row), text: [timeText(opened, row), ...actual, ...ahead].join(' · ') };
  };
  return { figure, readAt };
}

/** The errors of all models and baselines by steps ahead. */
export function comparisonFigure({ opened, trained, chosen }: Shown, size: FigureSize): Figure {
  const horizons = [...new Set([...chapterHorizons, 2, 8, 32, chosen.steps])]
    .filter((step) => step <= chosen.steps)
    .sort((a, b) => a - b);
  const models = [...inOrder(trained, chosen).map(({ own }) => own), ...chosen.baselines].map(
    ({ name, errors }) => ({
      model: modelTitle(name),
      errors: horizons
        .filter((horizon) => horizon <= errors.length)
        .map((horizon) => ({ horizon, error: errors[horizon - 1] })),
    }),
  );
  const { noiseFloor } = opened;
  const figure = errorByHorizonFigure(models, {
    ...size,
    measure: chosen.measure,
    ...(noiseFloor !== undefined && { floor: noiseFloor }),
  });
  const x = { ...figure.plot.x, label: texts.figures.stepsAhead };
  return translated({ ...figure, title: texts.figures.horizon(chosen.measure), plot: { ...figure.plot, x } });
}

/** The chosen model first: it has the first color. */
function inOrder<M extends DrawnModel>(trained: readonly M[], chosen: M): M[] {
  return [chosen, ...trained.filter((model) => model !== chosen)];
}

/** Where the chapter's figures begin: with as many values before the first origin as are ever drawn after it. */
function contextRow({ firstOrigin }: DrawnModel): number {
  return Math.max(0, firstOrigin - 600);
}

function dataLine({ values }: ShownSeries, from: number): RowLine {
  return { label: texts.figures.dataLine, from, values: values.subarray(from) };
}

/** A model's forecasts some steps ahead, without those of values that nobody has seen. */
function aheadOf(
  { firstOrigin, rolling }: DrawnModel,
  { values }: ShownSeries,
  step: number,
): Pick<RowLine, 'from' | 'values'> {
  const count = values.length - firstOrigin;
  return {
    from: firstOrigin + step - 1,
    values: rolling.subarray((step - 1) * count, step * count - (step - 1)),
  };
}

function lineFigure(
  opened: ShownSeries,
  lines: readonly RowLine[],
  {
    title,
    window,
    origin,
  }: { readonly title: string; readonly window: RowWindow | undefined; readonly origin?: number },
): LineFigure {
  const figure = (size: FigureSize) => {
    const drawn = seriesFigure(
      lines.map(({ from, values, ...line }) => ({
        ...line,
        points: pointsFrom(opened, from, values, window),
      })),
      {
        ...size,
        ...labels(opened),
        title,
        ...(origin !== undefined &&
          (window === undefined || (origin >= window.from && origin <= window.to)) && {
            origin: timeOf(opened, origin),
          }),
      },
    );
    if (window === undefined) return drawn;
    const domain = [timeOf(opened, window.from), timeOf(opened, window.to)];
    return { ...drawn, plot: { ...drawn.plot, x: { ...drawn.plot.x, domain } } };
  };
  const readAt: ReadAt = (time) => {
    const row = rowAt(opened, time);
    const values = lines.flatMap(({ label, from, values }) =>
      row >= from && row < from + values.length ? [`${label} ${known(values[row - from])}`] : [],
    );
    if (values.length === 0) return undefined;
    return { time: timeOf(opened, row), text: [timeText(opened, row), ...values].join(' · ') };
  };
  return { figure, readAt };
}

function known(value: number): string {
  return Number.isNaN(value) ? texts.figures.missing : numberText(value);
}

function translated(figure: Figure): Figure {
  const legend = figure.legend?.map((entry) => ({ ...entry, label: texts.figures.legend(entry.label) }));
  return { ...figure, ...(legend && { legend }) };
}

function labels({ times, source, column }: ShownSeries): { timeLabel: string; valueLabel: string } {
  return {
    timeLabel: times === undefined ? texts.figures.step : texts.figures.time,
    valueLabel: shortened(texts.figures.column(source, column)),
  };
}

/** Names of files and columns may be of any length; a chart is not. */
function shortened(text: string): string {
  return text.length <= 32 ? text : `${text.slice(0, 31)}…`;
}

import { type FrequencyUnit, learnableSeason } from '@throughtime/forecasting';
import type { OpenedSeries } from './open-series.js';

/** The season that a comparison takes, and how it says so. */
export interface Season {
  /** Steps; 1 where there is none. */
  readonly period: number;
  readonly words: string;
}

const spans: Readonly<Partial<Record<FrequencyUnit, string>>> = {
  second: 'a minute',
  minute: 'a day',
  hour: 'a day',
  day: 'a week',
  'business-day': 'a week',
  week: 'a year',
  month: 'a year',
  quarter: 'a year',
};

/**
 * The season that is asked for, or the series' own where the training values show it twice: a model can learn no other.
 * @param asked steps, where the user names them
 */
export function seasonOf(
  { series, period: own }: Pick<OpenedSeries, 'series' | 'period'>,
  train: number,
  asked?: number,
): Season {
  if (asked !== undefined) return { period: asked, words: `Season: ${steps(asked)}, as asked for.` };
  const unit = series.timeline?.frequency.unit;
  const span = unit === undefined ? undefined : spans[unit];
  const named = span === undefined ? steps(own) : `${steps(own)}, ${span}`;
  const period = learnableSeason({ period: own }, train);
  if (own === 1) return { period, words: 'Season: none known; --period names one.' };
  if (period === own) return { period, words: `Season: ${named}; --period names another.` };
  return {
    period,
    words: `Season: none; ${named} is more than half of the ${train} training values. --period names another.`,
  };
}

function steps(period: number): string {
  return period === 1 ? '1 step' : `${period} steps`;
}

import { ArgumentError, type OptionChecks, oneOf, required } from '@throughtime/errors';

/** Which exponential smoothing: the taxonomy of Hyndman et al. (2008). */
export interface EtsSpecification {
  readonly error: 'additive' | 'multiplicative';
  readonly trend: 'none' | 'additive' | 'damped';
  readonly seasonal: 'none' | 'additive' | 'multiplicative';
}

const errors = { A: 'additive', M: 'multiplicative' } as const;
const trends = { N: 'none', A: 'additive', Ad: 'damped' } as const;
const seasons = { N: 'none', A: 'additive', M: 'multiplicative' } as const;

export const etsSpecificationChecks: OptionChecks<EtsSpecification> = {
  error: required(oneOf(Object.values(errors))),
  trend: required(oneOf(Object.values(trends))),
  seasonal: required(oneOf(Object.values(seasons))),
};

/**
 * Reads a model's name as R and the literature write it, letters for error, trend and season: 'ANN' is simple smoothing, 'AAdN'
 * has a damped trend, 'MAM' is the multiplicative method of Holt and Winters.
 * @throws ArgumentError when it is no such name
 */
export function parseEts(text: string): EtsSpecification {
  const match = /^([AM])(Ad|[NA])([NAM])$/.exec(text);
  if (match === null) {
    throw new ArgumentError(
      'model',
      "'auto', or error A or M, trend N, A or Ad, season N, A or M, as in MAdM",
      text,
    );
  }
  return {
    error: errors[match[1] as keyof typeof errors],
    trend: trends[match[2] as keyof typeof trends],
    seasonal: seasons[match[3] as keyof typeof seasons],
  };
}

/** The inverse of {@link parseEts}. */
export function formatEts({ error, trend, seasonal }: EtsSpecification): string {
  const letter = (names: Readonly<Record<string, string>>, value: string) =>
    Object.keys(names).find((key) => names[key] === value) as string;
  return letter(errors, error) + letter(trends, trend) + letter(seasons, seasonal);
}

/**
 * The models to try on a series: multiplicative ones only for positive values, seasonal ones only with a season. Additive errors
 * with a multiplicative season are left out, because their variance is unstable (Hyndman et al., 15.2).
 */
export function candidates({ period, positive }: { period: number; positive: boolean }): EtsSpecification[] {
  const all: EtsSpecification[] = [];
  for (const error of Object.values(errors)) {
    for (const trend of Object.values(trends)) {
      for (const seasonal of Object.values(seasons)) {
        if (!positive && (error === 'multiplicative' || seasonal === 'multiplicative')) continue;
        if (period === 1 && seasonal !== 'none') continue;
        if (error === 'additive' && seasonal === 'multiplicative') continue;
        all.push({ error, trend, seasonal });
      }
    }
  }
  return all;
}

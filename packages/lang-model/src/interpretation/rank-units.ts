import { ArgumentError, instance, inWords } from '@throughtime/errors';

/** A unit, and how closely it follows a feature. */
export interface RankedUnit {
  /** From 0. */
  readonly unit: number;
  /** From -1, the unit is lowest where the feature is strongest, over 0, no relation, to 1. */
  readonly score: number;
}

/** What units are compared with: one value per token. */
export interface UnitFeature {
  /** `yes-no`: values are 0 and 1. `graded`: any numbers. */
  readonly kind: 'yes-no' | 'graded';
  /** One value per token. */
  readonly values: Float32Array;
}

/** Both answers of a yes-no feature must come this often in each half: the rank of two or three tokens is chance. */
const fewestOfEach = 5;

/**
 * The units of a network by how closely their activations follow each feature of a text, best first.
 *
 * The score is a rank correlation, so that only the order of activations counts, not their scale. For a yes-no feature
 * it is 2 AUC - 1 (the rank-biserial correlation, from Mann and Whitney's U). AUC is the chance that the unit is higher at a random
 * token with the feature than at one without. For a graded feature it is Spearman's rho. Equal values share
 * their mean rank.
 *
 * Of many units one seems to follow anything by chance. The text is therefore cut in two halves; a unit's score is the
 * weaker of both, and 0 when they differ in sign.
 *
 * @param activations after each token, [n, units], row-major
 * @param features each with n values
 * @returns a ranking per feature; empty for a feature that hardly varies in one of the halves
 * @throws ArgumentError when lengths do not fit
 */
export function rankUnits(activations: Float32Array, features: readonly UnitFeature[]): RankedUnit[][] {
  instance(Float32Array, 'a Float32Array')('activations', activations);
  const [first] = features;
  if (!first) return [];
  const tokens = first.values.length;
  const units = tokens === 0 ? 0 : activations.length / tokens;
  if (!Number.isInteger(units))
    throw new ArgumentError(
      'activations',
      `a multiple of ${tokens} values: one row per token`,
      inWords(`${activations.length} values`),
    );
  for (const [i, { values }] of features.entries())
    if (values.length !== tokens)
      throw new ArgumentError(
        `features[${i}].values`,
        `${tokens} values, as many as those of features[0]`,
        inWords(String(values.length)),
      );
  const middle = Math.ceil(tokens / 2);
  const halves = [
    { from: 0, to: middle },
    { from: middle, to: tokens },
  ];
  const scores = halves.map(({ from, to }) => scoresBetween(activations, features, { units, from, to }));
  return features.map((_, f) => {
    const [one, other] = scores.map((half) => half[f]);
    if (!one || !other) return [];
    const ranked = Array.from({ length: units }, (_, unit) => ({
      unit,
      score: weaker(one[unit], other[unit]),
    }));
    return ranked.sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
  });
}

function weaker(one: number, other: number): number {
  if (Math.sign(one) !== Math.sign(other)) return 0;
  return Math.abs(one) < Math.abs(other) ? one : other;
}

/** Per feature each unit's score over a part of the text; undefined for a feature that hardly varies there. */
function scoresBetween(
  activations: Float32Array,
  features: readonly UnitFeature[],
  { units, from, to }: { readonly units: number; readonly from: number; readonly to: number },
): (Float64Array | undefined)[] {
  const tokens = to - from;
  const targets = features.map(({ kind, values }) => targetOf(kind, values.subarray(from, to)));
  const scores = targets.map((target) => target && new Float64Array(units));
  const column = new Float32Array(tokens);
  for (let unit = 0; unit < units; unit++) {
    for (let i = 0; i < tokens; i++) column[i] = activations[(from + i) * units + unit];
    const ranks = midRanks(column);
    for (const [f, target] of targets.entries()) if (target) scores[f]![unit] = target(ranks);
  }
  return scores;
}

/** How the ranks of a unit are scored. */
function targetOf(
  kind: UnitFeature['kind'],
  values: Float32Array,
): ((ranks: Float64Array) => number) | undefined {
  if (kind === 'graded') {
    const wanted = midRanks(values);
    return spread(wanted) === 0 ? undefined : (ranks) => correlation(ranks, wanted);
  }
  const yes = values.reduce((sum, value) => sum + value, 0);
  const no = values.length - yes;
  if (Math.min(yes, no) < fewestOfEach) return undefined;
  return (ranks) => {
    let sum = 0;
    for (let i = 0; i < ranks.length; i++) if (values[i] === 1) sum += ranks[i];
    return (2 * (sum - (yes * (yes + 1)) / 2)) / (yes * no) - 1;
  };
}

/** Ranks from 1; equal values share the mean of theirs. */
function midRanks(values: Float32Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    // Ranks start + 1 to end.
    for (let i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Pearson's correlation; 0 when the first does not vary. */
function correlation(a: Float64Array, b: Float64Array): number {
  // Ranks of n values have the mean (n + 1) / 2, with ties or without.
  const mean = (a.length + 1) / 2;
  let product = 0;
  for (let i = 0; i < a.length; i++) product += (a[i] - mean) * (b[i] - mean);
  const scale = Math.sqrt(spread(a) * spread(b));
  return scale === 0 ? 0 : product / scale;
}

function spread(ranks: Float64Array): number {
  const mean = (ranks.length + 1) / 2;
  return ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0);
}

import * as Plot from '@observablehq/plot';
import { ArgumentError, checkOptions, list, required, text } from '@throughtime/errors';
import { defaultSize, type Figure, type FigureSize, numberList, sizeChecks } from '../figure.js';
import { visible } from './visible.js';

/** How much each step of a decoder looked at each place of its source. */
export interface AttentionWeights {
  /** The tokens of the source: the columns, S of them. */
  readonly source: readonly string[];
  /** The tokens that were written: the rows, T of them. */
  readonly target: readonly string[];
  /** T rows of S weights from 0 to 1. */
  readonly weights: readonly ArrayLike<number>[];
}

/**
 * What was written (rows) over what was read (columns): the darker, the more a step looked there.
 * @throws ArgumentError for weights that are not T rows of S
 */
export function attentionFigure(
  attention: AttentionWeights,
  options: FigureSize & { readonly title?: string } = {},
): Figure {
  checkOptions<AttentionWeights>(attention, {
    source: required(list(text)),
    target: required(list(text)),
    weights: required(list(numberList)),
  });
  checkOptions<FigureSize & { title?: string }>(options, { ...sizeChecks, title: text });
  const { source, target, weights } = attention;
  if (weights.length !== target.length) {
    throw new ArgumentError('weights.length', `${target.length}, the target`, weights.length);
  }
  const cells = weights.flatMap((row, step) => {
    if (row.length !== source.length) {
      throw new ArgumentError(`weights[${step}].length`, `${source.length}, the source`, row.length);
    }
    return source.map((_, place) => ({ step, place, weight: row[place] }));
  });
  const {
    width = defaultSize.width,
    height = 90 + target.length * 18,
    title = 'What each step looks at',
  } = options;
  const band = (tokens: readonly string[]) => ({
    type: 'band' as const,
    label: null,
    tickFormat: (at: number) => visible(tokens[at]),
    tickSize: 0,
  });
  return {
    title,
    description: `How much each of ${target.length} written tokens, ${visible(target.join(''))}, looks at each of ${source.length} read ones, ${visible(source.join(''))}`,
    plot: {
      width,
      height,
      padding: 0,
      x: { ...band(source), axis: 'bottom' },
      y: band(target),
      color: { type: 'linear', domain: [0, 1], scheme: 'Blues' },
      marks: [Plot.cell(cells, { x: 'place', y: 'step', fill: 'weight', inset: 0.25 })],
    },
  };
}

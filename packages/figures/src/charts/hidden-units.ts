import * as Plot from '@observablehq/plot';
import { checkOptions, list, number, required, text } from '@throughtime/errors';
import { defaultSize, type Figure, type FigureSize, numberList, sizeChecks } from '../figure.js';
import { visible } from './visible.js';

/** Activations of hidden units while a text was read. */
export interface HiddenActivations {
  /** One entry per time step: the token's text. */
  readonly tokens: readonly string[];
  /** [units, T], row-major, each in [-1, 1]. */
  readonly activations: Float32Array;
  /** The unit numbers of the rows. */
  readonly units: readonly number[];
}

/** Hidden units (rows) over text (columns): blue where a unit is below zero, orange where it is above. */
export function hiddenUnitsFigure(hidden: HiddenActivations, options: FigureSize = {}): Figure {
  checkOptions<HiddenActivations>(hidden, {
    tokens: required(list(text)),
    activations: required(numberList),
    units: required(list(number())),
  });
  checkOptions<FigureSize>(options, sizeChecks);
  const { tokens, activations, units } = hidden;
  const { width = defaultSize.width, height = 90 + units.length * 18 } = options;
  const cells = units.flatMap((unit, row) =>
    tokens.map((_, step) => ({
      step,
      unit: String(unit),
      activation: activations[row * tokens.length + step],
    })),
  );
  return {
    title: 'Hidden units over text',
    description: `Activations of ${units.length} hidden units over ${tokens.length} tokens: ${visible(tokens.join(''))}`,
    plot: {
      width,
      height,
      padding: 0,
      x: {
        type: 'band',
        axis: 'bottom',
        label: null,
        tickFormat: (step: number) => visible(tokens[step]),
        tickSize: 0,
      },
      y: { type: 'band', label: 'unit', tickSize: 0 },
      color: { type: 'diverging', domain: [-1, 1], scheme: 'PuOr', pivot: 0, reverse: true },
      marks: [Plot.cell(cells, { x: 'step', y: 'unit', fill: 'activation', inset: 0.25 })],
    },
  };
}

/// <reference path="./svgdom.d.ts" />
import { checkOptions, oneOf } from '@throughtime/errors';
import { createSVGWindow } from 'svgdom';
import type { Figure } from './figure.js';
import { renderFigure, type Theme, themeNames } from './render.js';

/** The theme of the file. */
export interface SvgOptions {
  /** Default 'auto': the file follows the reader's light or dark setting. */
  readonly theme?: Theme;
}

/**
 * Draws a figure as the text of an SVG file, in Node.
 *
 * @example
 * ```ts
 * import { perplexityCurves } from '@throughtime/figures';
 * import { figureToSvg } from '@throughtime/figures/node';
 * const points = [14, 8, 6].map((value, at) => ({ at, value }));
 * const svg = figureToSvg(perplexityCurves([{ label: 'training', points }]));
 * ```
 */
export function figureToSvg(figure: Figure, options: SvgOptions = {}): string {
  checkOptions<SvgOptions>(options, { theme: oneOf(themeNames) });
  const { document } = createSVGWindow();
  return `${renderFigure(figure, { document, ...options }).outerHTML}\n`;
}

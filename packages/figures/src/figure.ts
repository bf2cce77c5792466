import type { PlotOptions } from '@observablehq/plot';
import { check, type OptionChecks, positive } from '@throughtime/errors';

/** One line of a legend: what a color or a dash pattern stands for. */
export interface LegendEntry {
  /** What the color stands for. */
  readonly label: string;
  /** As CSS has it. */
  readonly color: string;
  /** Drawn dashed, as its line is. */
  readonly dashed?: boolean;
  /** A swatch for what is drawn as an area or as bars; a line otherwise. */
  readonly filled?: boolean;
  /**
   * The right end of the line, in values of the axes. A figure that is wide enough has the label there, beside the line, where it
   * need not be looked up. Omitted for what ends elsewhere.
   */
  readonly end?: { readonly x: number | Date; readonly y: number };
}

/** A chart before it is drawn: an Observable Plot specification, with what makes it readable on its own. */
export interface Figure {
  /** Stands above the chart and names it to a screen reader. */
  readonly title: string;
  /** What the chart shows, in a sentence, for those who cannot see it. */
  readonly description: string;
  /** In the order in which the lines are drawn; omitted when there is one line only. */
  readonly legend?: readonly LegendEntry[];
  /** What Observable Plot draws. */
  readonly plot: PlotOptions;
}

/** Sizes that every chart accepts. */
export interface FigureSize {
  /** In pixels; 640 by default, which fits a README and a phone held sideways. */
  readonly width?: number;
  /** In pixels; 360 by default. */
  readonly height?: number;
}

export const defaultSize = { width: 640, height: 360 } as const;

export const sizeChecks: OptionChecks<FigureSize> = { width: positive, height: positive };

/** For data, only the list itself is checked: a missing value is a gap in the line. */
export const dataList = check<readonly unknown[]>('a list', Array.isArray);

/** An array or a typed array. */
export const numberList = check<ArrayLike<number>>(
  'a list of numbers',
  (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)),
);

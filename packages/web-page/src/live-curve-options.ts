import { boolean, list, type OptionChecks, record, required, text } from '@throughtime/errors';

export interface LiveCurveLine {
  readonly label: string;
  readonly color: string;
  /** Its color on a dark page, where it needs to be lighter to be seen as well. Default: the same. */
  readonly darkColor?: string;
}

export interface LiveCurveOptions {
  /** Names the chart, for everyone: it is drawn on a canvas. */
  readonly title: string;
  /** What the horizontal axis counts: 'step', 'epoch'. */
  readonly horizontalLabel: string;
  readonly lines: readonly LiveCurveLine[];
  /** Logarithmic by default: perplexities and norms change by factors. */
  readonly logarithmic?: boolean;
  /** What is said of a line without points. Default: 'none yet'. */
  readonly none?: string;
  /** What stands in place of a curve that has not begun. Default: 'drawn while a model trains'. */
  readonly empty?: string;
}

export const liveCurveChecks: OptionChecks<LiveCurveOptions> = {
  title: required(text),
  horizontalLabel: required(text),
  lines: required(
    list(record<LiveCurveLine>({ label: required(text), color: required(text), darkColor: text })),
  ),
  logarithmic: boolean,
  none: text,
  empty: text,
};

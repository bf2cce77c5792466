import type { Frequency } from '@throughtime/datasets';

/** What a user may say of a file. A part that is left out is found in the file. A file that leaves two ways open is refused. */
export interface Reading {
  /** The columns of the time, or false for rows that are equal steps. */
  readonly time?: readonly string[] | false | undefined;
  readonly timeFormat?: string | undefined;
  readonly zone?: string | undefined;
  readonly frequency?: Frequency | undefined;
  readonly delimiter?: string | undefined;
  readonly decimal?: '.' | ',' | undefined;
  readonly header?: boolean | undefined;
  /** Cells that stand for a missing value, besides the usual ones. */
  readonly missingMarkers?: readonly string[] | undefined;
  readonly sort?: boolean | undefined;
  /** Which rows, of a file with several series: `store=A`. */
  readonly id?: string | undefined;
}

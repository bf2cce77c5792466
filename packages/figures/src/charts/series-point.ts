/** A point of a series. */
export interface SeriesPoint {
  /** A step number or a date. */
  readonly time: number | Date;
  /** NaN where it is missing: the line has a gap there. */
  readonly value: number;
}

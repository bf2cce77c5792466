/** A series before missing values are dealt with: NaN marks one. */
export interface SeriesDraft {
  readonly length: number;
  readonly times?: Float64Array | undefined;
  readonly columns: readonly string[];
  readonly values: Readonly<Record<string, Float64Array>>;
  /** Where an observation stands, for messages: `line 12 (1949-01-01)`. */
  readonly where: (index: number) => string;
}

/** The observations with these indices, in this order. */
export function pick(draft: SeriesDraft, indices: readonly number[]): SeriesDraft {
  const { times, columns, values, where } = draft;
  return {
    length: indices.length,
    times: times && Float64Array.from(indices, (index) => times[index]),
    columns,
    values: Object.fromEntries(
      columns.map((column) => [column, Float64Array.from(indices, (index) => values[column][index])]),
    ),
    where: (index) => where(indices[index]),
  };
}

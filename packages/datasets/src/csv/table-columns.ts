import { ArgumentError } from '@throughtime/errors';
import { type DecimalMark, NumberCells } from './numbers.js';
import type { Table } from './table.js';
import { TimeCells } from './times.js';

/**
 * A table column by column. Each column is cut out once, and its cells are looked at once as numbers and once as times, whatever is then
 * asked of them: a file may have thousands of columns or hundreds of thousands of rows.
 */
export class TableColumns {
  readonly table: Table;
  readonly #missingMarkers: readonly string[] | undefined;
  readonly #places: ReadonlyMap<string, number>;
  readonly #cells = new Map<string, readonly string[]>();
  readonly #numbers = new Map<string, NumberCells>();
  readonly #times = new Map<string, TimeCells>();
  #decimal: DecimalMark | undefined | 'not sought' = 'not sought';

  constructor(table: Table, missingMarkers?: readonly string[]) {
    this.table = table;
    this.#missingMarkers = missingMarkers;
    // Of two columns of one name the first.
    this.#places = new Map(table.columns.map((column, i): [string, number] => [column, i]).reverse());
  }

  get names(): readonly string[] {
    return this.table.columns;
  }

  /** @throws ArgumentError for a column that the table does not have */
  require(argument: string, column: string): void {
    if (this.#places.has(column)) return;
    throw new ArgumentError(argument, `a column of the table (${this.names.join(', ')})`, column);
  }

  cells(column: string): readonly string[] {
    const index = this.#places.get(column) ?? -1;
    return kept(this.#cells, column, () => this.table.rows.map((row) => row[index]));
  }

  numbers(column: string): NumberCells {
    return kept(this.#numbers, column, () => new NumberCells(this.cells(column), this.#missingMarkers));
  }

  /** The file's decimal mark, as the first column shows it in which only one can be; undefined where none tells. */
  get certainDecimal(): DecimalMark | undefined {
    if (this.#decimal === 'not sought') {
      // 12.2024 is a month.
      const telling = this.names.find(
        (column) => this.numbers(column).certainDecimal !== undefined && !this.times(column).areDates,
      );
      this.#decimal = telling === undefined ? undefined : this.numbers(telling).certainDecimal;
    }
    return this.#decimal;
  }

  times(column: string): TimeCells {
    return kept(this.#times, column, () => new TimeCells(this.cells(column), column));
  }
}

function kept<T>(values: Map<string, T>, column: string, make: () => T): T {
  const known = values.get(column);
  if (known !== undefined) return known;
  const made = make();
  values.set(column, made);
  return made;
}

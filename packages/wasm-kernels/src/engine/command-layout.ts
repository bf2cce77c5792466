/** Where a command's fields lie, in 32-bit words from its start. */
export interface CommandLayout<Field extends string> {
  readonly operation: number;
  readonly words: number;
  readonly fields: Readonly<Record<Field, FieldLayout>>;
}

export interface FieldLayout {
  readonly word: number;
  readonly float: boolean;
}

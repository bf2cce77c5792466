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

/**
 * A layout from its fields in order, as code generation writes them: shorter than one record per field, which every page would load.
 * @param header words before the first field
 * @param floats which fields are floating-point numbers
 * @public for src/generated/commands.ts, which knip does not read
 */
export function commandLayout<Field extends string>(
  operation: number,
  header: number,
  fields: readonly Field[],
  floats: readonly NoInfer<Field>[],
): CommandLayout<Field> {
  const layouts = fields.map((field, i) => [field, { word: header + i, float: floats.includes(field) }]);
  return {
    operation,
    words: header + fields.length,
    fields: Object.fromEntries(layouts) as Record<Field, FieldLayout>,
  };
}

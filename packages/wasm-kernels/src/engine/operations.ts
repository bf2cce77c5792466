import * as commands from '../generated/commands.js';

const NAMES = new Map(
  Object.entries(commands).flatMap(([name, layout]) =>
    'operation' in layout && typeof layout.operation === 'number' && 'words' in layout
      ? [[layout.operation, name] as const]
      : [],
  ),
);

/** The name of an operation by its number, as in assembly/dispatch.ts. */
export function operationName(operation: number): string {
  return NAMES.get(operation)?.toLowerCase().replaceAll('_', '-') ?? String(operation);
}

import { Operation } from '../generated/commands.js';

const NAMES = new Map<number, string>(
  Object.entries(Operation).map(([name, number]) => [number, name.toLowerCase().replaceAll('_', '-')]),
);

/** The name of an operation by its number. */
export function operationName(operation: number): string {
  return NAMES.get(operation) ?? String(operation);
}

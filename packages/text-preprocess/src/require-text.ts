import { ArgumentError, text } from '@throughtime/errors';

/** @throws ArgumentError when what is to be read as text is no string: a number has no length and would be no text, in silence */
export function requireText(value: string, argument = 'text'): void {
  text(argument, value);
}

/**
 * The chunks of a text that comes whole or in chunks.
 * @throws ArgumentError for bytes: their elements are numbers, which would be read as digits
 */
export function chunksOf(source: string | Iterable<string>): Iterable<string> {
  if (typeof source === 'string') return [source];
  const isIterable = typeof source === 'object' && source !== null && Symbol.iterator in source;
  if (!isIterable || ArrayBuffer.isView(source))
    throw new ArgumentError('source', 'a string, or strings one by one', source);
  return source;
}

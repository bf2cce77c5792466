/** The few pieces of protobuf's wire format that TensorBoard's events take. */

type FieldBytes = readonly number[] | Uint8Array;

/** Joins fields to a message. */
export function message(...fields: readonly FieldBytes[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, field) => sum + field.length, 0));
  let at = 0;
  for (const field of fields) {
    bytes.set(field, at);
    at += field.length;
  }
  return bytes;
}

/** Wire type 0: a whole number from 0 to 2^53. */
export function integerField(number: number, value: number): FieldBytes {
  return [...varint(number * 8), ...varint(value)];
}

/** Wire type 1: eight bytes. */
export function doubleField(number: number, value: number): FieldBytes {
  return [...varint(number * 8 + 1), ...new Uint8Array(Float64Array.of(value).buffer)];
}

/** Wire type 5: four bytes. */
export function floatField(number: number, value: number): FieldBytes {
  return [...varint(number * 8 + 5), ...new Uint8Array(Float32Array.of(value).buffer)];
}

/** Wire type 2: a string, or another message. */
export function bytesField(number: number, value: string | Uint8Array): FieldBytes {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

/** Seven bits a byte, lowest first. Division, not shifts: those end at 32 bits. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}

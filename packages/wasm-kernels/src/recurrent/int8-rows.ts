import { ArgumentError, whole } from '@throughtime/errors';
import type { Workspace } from '../engine/workspace.js';
import { MOST_INT8_COLUMNS } from '../generated/commands.js';
import { floats } from '../ops/checks.js';

/** A matrix of bytes: weight [r, c] is bytes[r, c] * scales[r]. */
export interface Int8Rows {
  /** [rows, columns], -127 to 127. */
  readonly bytes: Int8Array;
  /** [rows] */
  readonly scales: Float32Array;
}

/** The largest byte. */
const MOST = 127;
/** The smallest float32 of 24 digits. */
const LEAST = 2 ** -126;
const word = new Float32Array(1);
const bits = new Uint32Array(word.buffer);

/**
 * The smallest scale of 17 digits with which the largest magnitude of a row is a byte. With 7 of the byte, a product has 24 digits, as
 * many as a float32: rounding what was rounded before changes nothing, not even the last bit.
 */
function scaleFor(most: number): number {
  if (most === 0) return 0;
  word[0] = Math.max(most / MOST, LEAST);
  const [exact] = bits;
  bits[0] = (exact + 0x7f) & ~0x7f;
  // Only the largest float32 of all may leave the range; there bytes stop at 127.
  if (!Number.isFinite(Math.fround(word[0] * MOST))) bits[0] = exact & ~0x7f;
  return word[0];
}

/**
 * Rounds a matrix to bytes, with a scale for each row: its largest magnitude becomes 127 or -127.
 * @param values [rows, columns], finite
 * @throws ArgumentError
 */
export function toInt8Rows(values: Float32Array, columns: number): Int8Rows {
  floats('values', values);
  whole({ from: 1 })('columns', columns);
  if (values.length % columns !== 0)
    throw new ArgumentError('values', `whole rows of ${columns} elements`, values.length);
  const bytes = new Int8Array(values.length);
  const scales = new Float32Array(values.length / columns);
  for (let r = 0; r < scales.length; r++) {
    const first = r * columns;
    let most = 0;
    for (let i = first; i < first + columns; i++) {
      const magnitude = Math.abs(values[i]);
      if (!Number.isFinite(magnitude)) throw new ArgumentError(`values[${i}]`, 'a finite number', values[i]);
      if (magnitude > most) most = magnitude;
    }
    const scale = scaleFor(most);
    scales[r] = scale;
    if (scale === 0) continue;
    for (let i = first; i < first + columns; i++)
      bytes[i] = Math.max(-MOST, Math.min(MOST, Math.round(values[i] / scale)));
  }
  return { bytes, scales };
}

/**
 * Writes what bytes stand for, exactly.
 * @param values [rows, columns]
 */
export function fromInt8Rows({ bytes, scales }: Int8Rows, values: Float32Array): void {
  const columns = bytes.length / scales.length;
  for (let i = 0; i < bytes.length; i++) values[i] = bytes[i] * scales[Math.floor(i / columns)];
}

/** @throws ArgumentError for a size that the kernels have no room for */
export function checkInt8Columns(sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (size <= MOST_INT8_COLUMNS) continue;
    throw new ArgumentError(name, `at most ${MOST_INT8_COLUMNS} with int8 weights`, size);
  }
}

/** Rounds a matrix to bytes and lays it out as the kernels read it (assembly/products/int8.ts). Returns its address. */
export function addInt8Rows(workspace: Workspace, values: Float32Array, columns: number): number {
  const { bytes, scales } = toInt8Rows(values, columns);
  const record = 4 + Math.ceil(columns / 16) * 4; // in words
  const words = workspace.int32(scales.length * record);
  const target = new Int8Array(words.buffer, words.byteOffset, words.byteLength);
  const header = new Float32Array(words.buffer, words.byteOffset, words.length);
  for (let r = 0; r < scales.length; r++) {
    const row = bytes.subarray(r * columns, (r + 1) * columns);
    header[r * record] = scales[r];
    words[r * record + 1] = row.reduce((sum, byte) => sum + byte, 0);
    target.set(row, (r * record + 4) * 4);
  }
  return words.byteOffset;
}

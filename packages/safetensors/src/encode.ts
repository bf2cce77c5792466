import { ArgumentError, inWords, showValue } from '@throughtime/errors';
import { arrayConstructors, dtypeNames, dtypeRank, isDtype, requireLittleEndian } from './dtype.js';
import { InvalidTensorError } from './errors.js';
import { defaultMaxHeaderBytes, metadataKey, prefixBytes } from './header.js';
import { elementCount, indexOfNoBoolean, type Tensor } from './tensor.js';

/** Tensors by name, as a Map or a plain object. */
export type NamedTensors = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** Free text for `__metadata__`. */
export type Metadata = Readonly<Record<string, string>>;

/**
 * Writes tensors in the safetensors format. The bytes depend on nothing but the content: tensors are laid out widest data
 * type first, then by name (as the reference implementation does), metadata by key. The header is padded so that the
 * data starts on an 8-byte border.
 * @throws InvalidTensorError when a tensor's data type, shape and values do not agree, for metadata that is no text, and for a
 *   header that no reader takes; ArgumentError
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from '@throughtime/safetensors';
 * const bytes = encodeSafetensors({ weight: { dtype: 'F32', shape: [2, 1], data: Float32Array.of(0.5, -1) } });
 * decodeSafetensors(bytes).tensors.get('weight')?.data; // Float32Array [0.5, -1]
 * ```
 */
export function encodeSafetensors(tensors: NamedTensors, metadata: Metadata = {}): Uint8Array {
  const chunks = encodeChunks(tensors, metadata);
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/**
 * The same bytes in pieces, the header first and then each tensor's own memory, so that a large model is written without
 * a second copy of it. The pieces are views: write them before the tensors change. (Memory that threads share is copied: blobs,
 * responses and browsers' databases take no other.)
 */
export function encodeChunks(tensors: NamedTensors, metadata: Metadata = {}): Uint8Array[] {
  requireLittleEndian();
  const sorted = sortedTensors(tensors);
  return [encodeHeader(sorted, metadata), ...sorted.map(([, { data }]) => bytesOf(data))];
}

function bytesOf(data: Tensor['data']): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const shared = typeof SharedArrayBuffer !== 'undefined' && data.buffer instanceof SharedArrayBuffer;
  return shared ? bytes.slice() : bytes;
}

function sortedTensors(tensors: NamedTensors): [string, Tensor][] {
  if (typeof tensors !== 'object' || tensors === null) {
    throw new ArgumentError('tensors', 'a Map or an object of tensors by name', tensors);
  }
  const named = tensors instanceof Map ? [...tensors] : Object.entries(tensors as Record<string, Tensor>);
  for (const [name, tensor] of named) checkTensor(name, tensor);
  return named.sort(
    ([nameA, a], [nameB, b]) => dtypeRank(b.dtype) - dtypeRank(a.dtype) || compareBytes(nameA, nameB),
  );
}

/** Names compare by their UTF-8 bytes, as in the reference implementation; UTF-16 order differs beyond U+FFFF. */
function compareBytes(a: string, b: string): number {
  const encoder = new TextEncoder();
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) if (left[i] !== right[i]) return left[i] - right[i];
  return left.length - right.length;
}

/** JavaScript writes it as an escape that other readers refuse. */
const halfSurrogate = /\p{Surrogate}/u;

function checkTensor(name: string, tensor: Tensor): void {
  const fail = (expected: string, got: unknown): never => {
    throw new InvalidTensorError(`tensors[${showValue(name)}]`, expected, got);
  };
  if (typeof name !== 'string') fail('a name that is a string', name);
  if (name === metadataKey) fail('another name', inWords('the one kept for metadata'));
  if (halfSurrogate.test(name)) fail('a name of whole characters', inWords('half a surrogate pair'));
  if (typeof tensor !== 'object' || tensor === null) fail('an object with dtype, shape and data', tensor);
  const { dtype, shape, data } = tensor;
  if (!isDtype(dtype)) fail(`a dtype among ${dtypeNames}`, dtype);
  const Data = arrayConstructors[dtype] as unknown as typeof Uint8Array;
  if (!(data instanceof Data)) fail(`${Data.name} for ${dtype}`, data);
  const count = Array.isArray(shape) ? elementCount(shape) : Number.NaN;
  if (Number.isNaN(count)) fail('a shape of whole numbers', shape);
  if (count !== data.length) fail(`${count} values for shape ${showValue(shape)}`, data.length);
  const wrong = indexOfNoBoolean(tensor);
  if (wrong >= 0) fail('0 or 1 in every value of BOOL', inWords(`${data[wrong]} in data[${wrong}]`));
}

function encodeHeader(sorted: readonly [string, Tensor][], metadata: Metadata): Uint8Array {
  const fields: string[] = [];
  checkMetadata(metadata);
  const keys = Object.keys(metadata).sort(compareBytes);
  if (keys.length > 0) {
    const texts = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
    fields.push(`"${metadataKey}":{${texts.join(',')}}`);
  }
  let end = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    const begin = end;
    end += data.byteLength;
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
  }
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const padded = Math.ceil(json.byteLength / 8) * 8;
  if (padded > defaultMaxHeaderBytes) {
    throw new InvalidTensorError(
      'tensors',
      `names, shapes and metadata of at most ${defaultMaxHeaderBytes} bytes as JSON, which readers take`,
      padded,
    );
  }
  const bytes = new Uint8Array(prefixBytes + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, prefixBytes);
  return bytes;
}

function checkMetadata(metadata: Metadata): void {
  // A Map would be written as no metadata at all.
  if (!isPlainObject(metadata)) throw new InvalidTensorError('metadata', 'an object of strings', metadata);
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') throw new InvalidTensorError(`metadata.${key}`, 'a string', value);
    for (const text of [key, value]) {
      if (halfSurrogate.test(text)) {
        throw new InvalidTensorError(
          `metadata[${showValue(key)}]`,
          'a key and a value of whole characters',
          inWords('half a surrogate pair'),
        );
      }
    }
  }
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

import { requireLittleEndian } from './byte-order.js';
import { arrayConstructors, dtypeNames, dtypeRank, isDtype } from './dtype.js';
import { InvalidTensorError } from './errors.js';
import { metadataKey, prefixBytes } from './header.js';
import { elementCount, type Tensor } from './tensor.js';

/** Tensors by name, as a Map or a plain object. */
export type NamedTensors = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** Free text for `__metadata__`. */
export type Metadata = Readonly<Record<string, string>>;

/**
 * Writes tensors in the safetensors format. The bytes depend on nothing but the content: tensors are laid out widest data
 * type first, then by name (as the reference implementation does), metadata by key, and the header is padded so that the
 * data starts on an 8-byte border.
 * @throws InvalidTensorError when a tensor's data type, shape and values do not agree
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

function checkTensor(name: string, { dtype, shape, data }: Tensor): void {
  if (name === metadataKey) throw new InvalidTensorError(name, 'another name', 'the one kept for metadata');
  if (/\p{Surrogate}/u.test(name))
    throw new InvalidTensorError(name, 'a name of whole characters', 'half a surrogate pair');
  if (!isDtype(dtype)) throw new InvalidTensorError(name, `a dtype among ${dtypeNames}`, `'${dtype}'`);
  const Data = arrayConstructors[dtype];
  if (!(data instanceof (Data as unknown as typeof Uint8Array))) {
    throw new InvalidTensorError(
      name,
      `${(Data as unknown as typeof Uint8Array).name} for ${dtype}`,
      kindOf(data),
    );
  }
  const count = elementCount(shape);
  if (count !== data.length) {
    throw new InvalidTensorError(name, `${count} values for shape [${shape}]`, `${data.length}`);
  }
}

function kindOf(value: unknown): string {
  return value instanceof Object ? value.constructor.name : String(value);
}

function encodeHeader(sorted: readonly [string, Tensor][], metadata: Metadata): Uint8Array {
  const fields: string[] = [];
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
  const bytes = new Uint8Array(prefixBytes + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, prefixBytes);
  return bytes;
}

import { arrayConstructors, dtypeNames, isDtype, requireLittleEndian } from './dtype.js';
import { InvalidValueError, TruncatedSafetensorsError, UnreadableDtypeError } from './errors.js';
import {
  type Header,
  type HeaderOptions,
  headerLength,
  parseHeader,
  prefixBytes,
  type TensorEntry,
} from './header.js';
import { elementCount, indexOfNoBoolean, type Tensor } from './tensor.js';

/** What a safetensors file holds. */
export interface Safetensors {
  /**
   * By name, in the order of their data in the file. Tensors of data types that this package cannot read (`F8_E4M3` for
   * instance; the header has them) are left out, and `get` of such a name throws UnreadableDtypeError.
   */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The free text under `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a whole safetensors file from memory. Nothing is allocated for a file that does not agree with itself.
 *
 * A tensor's `data` is a view of `bytes` where it lies aligned there, a copy otherwise. It always does when `bytes` starts on an 8-byte
 * border and the writer padded the header, as this package and the reference implementation do.
 * @throws SafetensorsError, or one of its subclasses, that says what is wrong; ArgumentError for the options
 */
export function decodeSafetensors(bytes: Uint8Array | ArrayBuffer, options: HeaderOptions = {}): Safetensors {
  requireLittleEndian();
  const file = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const header = decodeHeader(file, options);
  const tensors = new ReadableTensors(header);
  for (const [name, entry] of header.entries) {
    const tensor = tensorAt(file, header.dataStart, entry);
    if (!tensor) continue;
    const wrong = indexOfNoBoolean(tensor);
    if (wrong >= 0) throw new InvalidValueError(name, wrong, tensor.data[wrong]);
    tensors.set(name, tensor);
  }
  return { tensors, metadata: header.metadata };
}

/** The tensors that can be read. Asking for another one of the file is an error rather than undefined. */
class ReadableTensors extends Map<string, Tensor> {
  readonly #header: Header;

  constructor(header: Header) {
    super();
    this.#header = header;
  }

  override get(name: string): Tensor | undefined {
    const tensor = super.get(name);
    const entry = this.#header.entries.get(name);
    if (!tensor && entry) throw new UnreadableDtypeError(name, entry.dtype, dtypeNames);
    return tensor;
  }
}

/**
 * Reads and checks the header alone: names, data types, shapes and where each tensor lies.
 * @throws SafetensorsError, or one of its subclasses, that says what is wrong; ArgumentError for the options
 */
export function decodeHeader(file: Uint8Array, options: HeaderOptions = {}): Header {
  const length = headerLength(file.subarray(0, prefixBytes), options);
  if (prefixBytes + length > file.byteLength) {
    throw new TruncatedSafetensorsError('up to the end of the header', prefixBytes + length, file.byteLength);
  }
  return parseHeader(file.subarray(prefixBytes, prefixBytes + length), file.byteLength);
}

function tensorAt(
  file: Uint8Array,
  dataStart: number,
  { dtype, shape, begin, end }: TensorEntry,
): Tensor | undefined {
  if (!isDtype(dtype)) return undefined;
  const Data = arrayConstructors[dtype];
  const start = dataStart + begin;
  const aligned = (file.byteOffset + start) % Data.BYTES_PER_ELEMENT === 0;
  // A copy, and aligned; `slice` of a Buffer, which is what readFile gives, would be a view of the same place.
  const home = aligned ? file : new Uint8Array(file.subarray(start, dataStart + end));
  const data = new Data(
    home.buffer,
    aligned ? file.byteOffset + start : home.byteOffset,
    elementCount(shape),
  );
  // The table pairs each dtype with its array, which the type of a looked-up constructor cannot say.
  return { dtype, shape, data } as Tensor;
}

export { ArgumentError } from '@throughtime/errors';
export { checksumFault, checksumMetadata, tensorsChecksum } from './checksum.js';
export { decodeHeader, decodeSafetensors, type Safetensors } from './decode.js';
export type { Dtype, DtypeArrays } from './dtype.js';
export { encodeChunks, encodeSafetensors, type Metadata, type NamedTensors } from './encode.js';
export {
  HeaderTooLargeError,
  InvalidHeaderError,
  InvalidTensorError,
  InvalidValueError,
  SafetensorsError,
  TruncatedSafetensorsError,
  UnreadableDtypeError,
} from './errors.js';
export { toFloat32 } from './float32.js';
export type { Header, HeaderOptions, TensorEntry } from './header.js';
export type { Tensor, TensorOf } from './tensor.js';

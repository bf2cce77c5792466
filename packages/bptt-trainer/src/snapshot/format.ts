import { ArgumentError, SavedFormat, savedFields } from '@throughtime/errors';
import { crc32c } from '@throughtime/platform';
import {
  decodeSafetensors,
  encodeChunks,
  SafetensorsError,
  type Tensor,
  tensorsChecksum,
} from '@throughtime/safetensors';
import { InvalidCheckpointError } from '../errors.js';
import type { DataArray } from '../run/plain-data.js';
import { memoryCheck, type RunMemory, type SnapshotTensor, type TrainerSnapshot } from './snapshot.js';

/**
 * What the file's metadata say of it; the memory is JSON there. Whoever changes {@link RunMemory} adds a version here, with its
 * migration from the one before.
 */
const checkpointFormat = new SavedFormat('throughtime-checkpoint', memoryCheck);

/**
 * A snapshot as the bytes of a safetensors file, in pieces: the first holds names and the run's memory, the others are the
 * arrays themselves. The metadata has a checksum over all of it.
 */
export function encodeCheckpoint({ memory, tensors }: TrainerSnapshot): Uint8Array[] {
  const named = new Map([...tensors].map(([name, tensor]) => [name, asTensor(tensor)]));
  const json = JSON.stringify(memory);
  return encodeChunks(named, {
    format: checkpointFormat.name,
    version: String(checkpointFormat.newest),
    memory: json,
    checksum: checksum(json, named),
  });
}

/** @throws InvalidCheckpointError when the bytes are not a checkpoint, are one of a later version, or are damaged */
export function decodeCheckpoint(bytes: Uint8Array): TrainerSnapshot {
  const { tensors, metadata } = read(bytes);
  if (metadata.format !== checkpointFormat.name) {
    throw new InvalidCheckpointError('no checkpoint: a safetensors file, but not one that the trainer wrote');
  }
  const { version, memory: json, checksum: written } = metadata;
  // Of a later release the checksum may be another one, too.
  const memory = (text: string | undefined) =>
    readMemory(() => checkpointFormat.upToDate(Number(version), text && savedFields(text)));
  if (Number(version) > checkpointFormat.newest) memory(undefined);
  if (json === undefined || written !== checksum(json, tensors)) {
    throw new InvalidCheckpointError('damaged: the content does not match its checksum');
  }
  const arrays = [...tensors].map(([name, { shape, data }]): [string, SnapshotTensor] => [
    name,
    { shape, data: data as DataArray },
  ]);
  return { memory: memory(json), tensors: new Map(arrays) };
}

function readMemory(read: () => RunMemory): RunMemory {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof ArgumentError)) throw cause;
    throw new InvalidCheckpointError(`damaged: ${cause.message}`, { cause });
  }
}

function read(bytes: Uint8Array) {
  try {
    return decodeSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new InvalidCheckpointError(`no checkpoint, or a damaged one: ${error.message}`, { cause: error });
  }
}

function asTensor({ shape, data }: SnapshotTensor): Tensor {
  if (data instanceof Float32Array) return { dtype: 'F32', shape, data };
  if (data instanceof Float64Array) return { dtype: 'F64', shape, data };
  if (data instanceof Int32Array) return { dtype: 'I32', shape, data };
  return { dtype: 'U8', shape, data };
}

/** Of the memory and of every tensor's name, type, shape and bytes. */
function checksum(json: string, tensors: ReadonlyMap<string, Tensor>): string {
  return tensorsChecksum(tensors, crc32c(new TextEncoder().encode(json)));
}

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
import type { RunMemory, SnapshotTensor, TrainerSnapshot } from './snapshot.js';

/** What the file's metadata says about it. */
const format = 'throughtime-checkpoint';
/**
 * From version 1 to 2, from 2 to 3, and so on. None so far: whoever changes {@link RunMemory} or the tensors' names adds the
 * step from the version before.
 */
const migrations: readonly ((snapshot: TrainerSnapshot) => TrainerSnapshot)[] = [];
const newest = migrations.length + 1;

/**
 * A snapshot as the bytes of a safetensors file, in pieces: the first holds names and the run's memory, the others are the
 * arrays themselves. The metadata has a checksum over all of it.
 */
export function encodeCheckpoint({ memory, tensors }: TrainerSnapshot): Uint8Array[] {
  const named = new Map([...tensors].map(([name, tensor]) => [name, asTensor(tensor)]));
  const json = JSON.stringify(memory);
  return encodeChunks(named, {
    format,
    version: String(newest),
    memory: json,
    checksum: checksum(json, named),
  });
}

/** @throws InvalidCheckpointError when the bytes are not a checkpoint, are one of a later version, or are damaged */
export function decodeCheckpoint(bytes: Uint8Array): TrainerSnapshot {
  const { tensors, metadata } = read(bytes);
  if (metadata.format !== format) {
    throw new InvalidCheckpointError('no checkpoint: a safetensors file, but not one that the trainer wrote');
  }
  const version = Number(metadata.version);
  if (!(Number.isInteger(version) && version >= 1 && version <= newest)) {
    throw new InvalidCheckpointError(
      `expected a checkpoint of version ${newest} or before, got version ${metadata.version}`,
    );
  }
  if (metadata.checksum !== checksum(metadata.memory, tensors)) {
    throw new InvalidCheckpointError('damaged: the content does not match its checksum');
  }
  const arrays = [...tensors].map(([name, { shape, data }]): [string, SnapshotTensor] => [
    name,
    { shape, data: data as DataArray },
  ]);
  const snapshot = { memory: JSON.parse(metadata.memory) as RunMemory, tensors: new Map(arrays) };
  return migrations.slice(version - 1).reduce<TrainerSnapshot>((kept, migrate) => migrate(kept), snapshot);
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

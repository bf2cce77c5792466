import { ThroughtimeError } from '@throughtime/errors';
import { unzipSync } from 'fflate';

/** An archive that cannot be read, lacks a member, or has one whose path leads out of the folder. */
export class ZipError extends ThroughtimeError {
  override name = 'ZipError';
}

/**
 * The uncompressed bytes of one member of an archive.
 * @throws ZipError
 */
export function zipMember(archive: Uint8Array, name: string): Uint8Array {
  const members: string[] = [];
  const found = unzip(archive, (member) => {
    members.push(member);
    return member === name;
  });
  if (!found[name]) {
    const known = members.slice(0, 10).join(', ') || 'nothing';
    throw new ZipError(`archive: expected a member '${name}', got ${known}`);
  }
  return found[name];
}

/** The members that `wanted` accepts by name and uncompressed size. */
export function unzip(
  archive: Uint8Array,
  wanted: (name: string, bytes: number) => boolean,
): Record<string, Uint8Array> {
  try {
    return unzipSync(archive, { filter: ({ name, originalSize }) => wanted(name, originalSize) });
  } catch (error) {
    if (error instanceof ZipError) throw error;
    throw new ZipError(`archive: not a zip file, or a damaged one (${(error as Error).message})`, {
      cause: error,
    });
  }
}

import { ThroughtimeError } from '@throughtime/errors';
import { crc32 } from '@throughtime/platform';
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

/**
 * The members that `wanted` accepts by name and uncompressed size, each as long as the archive says, and with its checksum.
 * @throws ZipError; what `wanted` throws
 */
export function unzip(
  archive: Uint8Array,
  wanted: (name: string, bytes: number) => boolean,
): Record<string, Uint8Array> {
  const expected: { readonly name: string; readonly at: number; readonly bytes: number }[] = [];
  let at = -1;
  const found = unpacked(archive, (name, bytes) => {
    at++;
    const isWanted = wanted(name, bytes);
    if (isWanted) expected.push({ name, at, bytes });
    return isWanted;
  });
  const checksums = memberChecksums(archive);
  for (const { name, at, bytes } of expected) {
    const content = found[name];
    const problem =
      content?.byteLength !== bytes
        ? `expected ${bytes} bytes, got ${content?.byteLength ?? 0}`
        : crc32(content) !== checksums[at]
          ? 'the content does not match its checksum'
          : undefined;
    if (problem !== undefined)
      throw new ZipError(`archive: member ${JSON.stringify(name)} is damaged: ${problem}`);
  }
  return found;
}

/**
 * The CRC-32 of each member, in the order of the archive's directory, which fflate does not look at (APPNOTE.TXT, 4.3.12 to 4.3.16).
 * Fields of the directory are little-endian, wherever they lie.
 */
function memberChecksums(archive: Uint8Array): number[] {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  const checksums: number[] = [];
  try {
    // A comment may follow the end record.
    let end = archive.byteLength - 22;
    while (u32(end) !== 0x06054b50) end--;
    let [count, at] = [u16(end + 10), u32(end + 16)];
    if (count === 0xffff || at === 0xffffffff) {
      // More members, or a longer archive, than these fields hold: the record before says so in longer ones (zip64).
      const longer = u32(end - 12);
      if (u32(longer) === 0x06064b50) [count, at] = [u32(longer + 32), u32(longer + 48)];
    }
    for (let i = 0; i < count; i++) {
      checksums.push(u32(at + 16));
      at += 46 + u16(at + 28) + u16(at + 30) + u16(at + 32);
    }
  } catch (error) {
    throw new ZipError('archive: expected a directory of its members, got a damaged one', { cause: error });
  }
  return checksums;
}

function unpacked(
  archive: Uint8Array,
  wanted: (name: string, bytes: number) => boolean,
): Record<string, Uint8Array> {
  let refusal: { readonly error: unknown } | undefined;
  try {
    return unzipSync(archive, {
      filter: ({ name, originalSize }) => {
        // fflate keeps members in a plain object, which would lose this one without a word.
        if (name === '__proto__') throw new ZipError("archive: expected no member '__proto__', got one");
        try {
          return wanted(name, originalSize);
        } catch (error) {
          refusal = { error };
          throw error;
        }
      },
    });
  } catch (error) {
    // Errors of `wanted` are for whoever asked.
    if (refusal) throw refusal.error;
    if (error instanceof ZipError) throw error;
    throw new ZipError(`archive: not a zip file, or a damaged one (${(error as Error).message})`, {
      cause: error,
    });
  }
}

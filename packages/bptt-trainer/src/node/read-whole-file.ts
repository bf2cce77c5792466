import { open } from 'node:fs/promises';

/**
 * A file's bytes, however many: Node 20's readFile refuses 2 GiB and more, and a single read of as much ends the process.
 * @param largestPiece bytes of one read. Default 1 GiB.
 * @throws the file system's error
 */
export async function readWholeFile(path: string, largestPiece = 2 ** 30): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(size);
    let at = 0;
    while (at < size) {
      const { bytesRead } = await file.read(bytes, at, Math.min(largestPiece, size - at), at);
      // Cut by someone while it was read: what is left says so when it is decoded.
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  } finally {
    await file.close();
  }
}

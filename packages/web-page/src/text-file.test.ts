import { ArgumentError, isUserError } from '@throughtime/errors';
import { describe, expect, it } from 'vitest';
import { FileProblem, readTextFile } from './text-file.js';

const file = (bytes: BlobPart, name = 'a.txt') => Object.assign(new Blob([bytes]), { name });

describe('readTextFile', () => {
  it('reads UTF-8, without its byte order mark', async () => {
    expect(await readTextFile(file('\ufeffWale — weiß 🐋'))).toBe('Wale — weiß 🐋');
  });

  it('names what is wrong with a file', async () => {
    await expect(readTextFile(file(''))).rejects.toThrow('a.txt is empty.');
    await expect(readTextFile(file(Uint8Array.of(0xff, 0xfe, 0x41)))).rejects.toThrow(
      'a.txt is not UTF-8 text.',
    );
    await expect(readTextFile(file('a\0b'))).rejects.toThrow('it holds NUL characters');
    await expect(readTextFile(file('abc'), { maxBytes: 2 })).rejects.toThrow(FileProblem);
    expect(isUserError(new FileProblem('a.txt is empty.'))).toBe(true);
  });

  it('refuses options that it does not know', async () => {
    await expect(readTextFile(file('abc'), { maxByte: 2 } as object)).rejects.toThrow(ArgumentError);
  });

  it('says that a file is gone, or is another by now', async () => {
    const gone = {
      name: 'a.txt',
      size: 3,
      arrayBuffer: () => Promise.reject(new DOMException('', 'NotFoundError')),
    };
    await expect(readTextFile(gone as unknown as Blob)).rejects.toThrow('a.txt cannot be read: it was moved');
  });

  it('refuses a large file before reading it', async () => {
    const huge = { name: 'big.txt', size: 2e9, arrayBuffer: () => Promise.reject(new Error('was read')) };
    await expect(readTextFile(huge as unknown as Blob)).rejects.toThrow(
      'big.txt has 2000 MB; this page takes up to 20 MB.',
    );
  });
});

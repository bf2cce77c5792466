import { checkOptions, positive, ThroughtimeError } from '@throughtime/errors';

/** A file that the page cannot use; the message is a sentence for the person who chose it. */
export class FileProblem extends ThroughtimeError {
  override name = 'FileProblem';
}

export interface TextFileOptions {
  /** Refused beyond this; 20 MB by default, minutes of training at any setting and far below a page's memory. */
  readonly maxBytes?: number;
}

/**
 * The bytes of a file that someone chose or dropped.
 * @throws FileProblem when it is too large or empty
 */
export async function readFileBytes(
  file: Blob & { readonly name?: string },
  options: TextFileOptions = {},
): Promise<Uint8Array> {
  checkOptions<TextFileOptions>(options, { maxBytes: positive });
  const { maxBytes = 20e6 } = options;
  const name = nameOf(file);
  if (file.size === 0) throw new FileProblem(`${name} is empty.`);
  // Checked before reading: a 2 GB file must not be taken into memory to be refused.
  if (file.size > maxBytes) {
    throw new FileProblem(
      `${name} has ${megabytes(file.size)}; this page takes up to ${megabytes(maxBytes)}.`,
    );
  }
  return new Uint8Array(await bytesOf(file, name));
}

/**
 * The text of a file that someone chose or dropped.
 * @throws FileProblem when it is too large, empty, or not UTF-8 text
 */
export async function readTextFile(
  file: Blob & { readonly name?: string },
  options: TextFileOptions = {},
): Promise<string> {
  const bytes = await readFileBytes(file, options);
  const name = nameOf(file);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FileProblem(`${name} is not UTF-8 text.`);
  }
  if (text.includes('\0')) throw new FileProblem(`${name} is not text: it holds NUL characters.`);
  return text;
}

function nameOf({ name = 'The text' }: { readonly name?: string }): string {
  return name;
}

async function bytesOf(file: Blob, name: string): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch {
    // Browsers refuse a file that is not what it was when it was chosen.
    throw new FileProblem(`${name} cannot be read: it was moved or changed meanwhile. Choose it again.`);
  }
}

function megabytes(bytes: number): string {
  const size = bytes / 1e6;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} MB`;
}

import { checkOptions, positive, ThroughtimeError } from '@throughtime/errors';
import { chosenLanguage, type Language } from './language.js';

/** A file that the page cannot use; the message is a sentence for the person who chose it. */
export class FileProblem extends ThroughtimeError {
  override name = 'FileProblem';
}

export interface TextFileOptions {
  /** Refused beyond this; 20 MB by default, minutes of training at any setting and far below a page's memory. */
  readonly maxBytes?: number;
}

/** What is said of files that cannot be used. */
interface FileTexts {
  /** What a text without a name is called. */
  readonly unnamed: string;
  readonly empty: (name: string) => string;
  readonly tooLarge: (name: string, size: string, most: string) => string;
  readonly notText: (name: string) => string;
  readonly holdsNul: (name: string) => string;
  readonly moved: (name: string) => string;
}

const fileTexts: Readonly<Record<Language, FileTexts>> = {
  en: {
    unnamed: 'The text',
    empty: (name) => `${name} is empty.`,
    tooLarge: (name, size, most) => `${name} has ${size}; this page takes up to ${most}.`,
    notText: (name) => `${name} is not UTF-8 text.`,
    holdsNul: (name) => `${name} is not text: it holds NUL characters.`,
    moved: (name) => `${name} cannot be read: it was moved or changed meanwhile. Choose it again.`,
  },
  'pt-BR': {
    unnamed: 'O texto',
    empty: (name) => `${name} está vazio.`,
    tooLarge: (name, size, most) => `${name} tem ${size}; esta página aceita até ${most}.`,
    notText: (name) => `${name} não é texto em UTF-8.`,
    holdsNul: (name) => `${name} não é texto: contém caracteres NUL.`,
    moved: (name) => `${name} não pode ser lido: foi movido ou alterado. Escolha-o de novo.`,
  },
};

/** Those of the page, or of the worker, that asks. */
const texts = fileTexts[chosenLanguage()];

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
  if (file.size === 0) throw new FileProblem(texts.empty(name));
  // Checked before reading: a 2 GB file must not be taken into memory to be refused.
  if (file.size > maxBytes) {
    throw new FileProblem(texts.tooLarge(name, megabytes(file.size), megabytes(maxBytes)));
  }
  return new Uint8Array(await bytesOf(file, texts.moved(name)));
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
    throw new FileProblem(texts.notText(name));
  }
  if (text.includes('\0')) throw new FileProblem(texts.holdsNul(name));
  return text;
}

function nameOf({ name = texts.unnamed }: { readonly name?: string }): string {
  return name;
}

async function bytesOf(file: Blob, moved: string): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch {
    // Browsers refuse a file that is not what it was when it was chosen.
    throw new FileProblem(moved);
  }
}

function megabytes(bytes: number): string {
  const size = bytes / 1e6;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} MB`;
}

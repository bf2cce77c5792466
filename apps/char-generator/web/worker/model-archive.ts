import { FileProblem, type FileSet } from '@throughtime/web-page';
import { unzipSync, zipSync } from 'fflate';

/** The files of a model directory. */
const names = ['config.json', 'vocabulary.json', 'model.safetensors'];

/** Far more than any model that a page can run. */
const mostBytes = 500e6;

/** One .zip of a model's files. Weights hardly compress, so nothing is compressed. */
export function modelArchive(files: FileSet): Uint8Array<ArrayBuffer> {
  return zipSync({ ...files }, { level: 0 });
}

/**
 * The files of a model from what someone chose: its three files, or a .zip of them, wherever in it they are.
 * @throws FileProblem
 */
export async function readModelFiles(chosen: readonly File[]): Promise<FileSet> {
  const size = chosen.reduce((sum, file) => sum + file.size, 0);
  if (size > mostBytes)
    throw new FileProblem(
      `The files have ${Math.round(size / 1e6)} MB; this page opens models of up to ${mostBytes / 1e6} MB.`,
    );
  const [first] = chosen;
  const files =
    chosen.length === 1 && first.name.toLowerCase().endsWith('.zip')
      ? unzipped(first.name, new Uint8Array(await first.arrayBuffer()))
      : await picked(chosen);
  if (Object.keys(files).length === 0)
    throw new FileProblem(`Expected a .zip of a model, or its files ${names.join(', ')}.`);
  return files;
}

async function picked(chosen: readonly File[]): Promise<FileSet> {
  const known = chosen.filter(({ name }) => names.includes(name));
  const entries = known.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function unzipped(archive: string, bytes: Uint8Array): FileSet {
  try {
    const found = unzipSync(bytes, {
      // The size is checked before anything is unpacked: a small archive can claim to be enormous.
      filter: ({ name, originalSize }) => names.includes(baseName(name)) && originalSize <= mostBytes,
    });
    return Object.fromEntries(Object.entries(found).map(([name, content]) => [baseName(name), content]));
  } catch {
    throw new FileProblem(`${archive} is no .zip file, or a damaged one.`);
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

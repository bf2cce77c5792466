import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Figure } from '@throughtime/figures';
import { figureToSvg } from '@throughtime/figures/node';
import { figureToPng } from '@throughtime/figures/png';
import { replaceFile } from '@throughtime/platform/node';
import { csvText } from '../core/csv.js';

/** Writes a table as CSV. A file that stands there is replaced as a whole; its folder is made. */
export async function writeCsv(
  path: string,
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  await writeText(path, csvText(header, rows));
}

/** Writes a figure into a folder, as SVG and as PNG. */
export async function writeFigure(folder: string, name: string, figure: Figure): Promise<void> {
  await writeText(join(folder, `${name}.svg`), figureToSvg(figure));
  await replaceFile(join(folder, `${name}.png`), [await figureToPng(figure)]);
}

async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, text);
}

import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { csvText } from '@throughtime/datasets';
import type { Figure } from '@throughtime/figures';
import { figureToSvg } from '@throughtime/figures/node';
import { figureToPng } from '@throughtime/figures/png';
import { replaceFile } from '@throughtime/platform/node';

/** Writes a table as CSV. A file that stands there is replaced as a whole; its folder is made. */
export async function writeCsv(
  path: string,
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  await writeText(path, csvText(header, rows));
}

/** Writes a figure into folders, as SVG and as PNG. */
export async function writeFigure(folders: readonly string[], name: string, figure: Figure): Promise<void> {
  const [svg, png] = [figureToSvg(figure), await figureToPng(figure)];
  for (const folder of folders) {
    await writeText(join(folder, `${name}.svg`), svg);
    await replaceFile(join(folder, `${name}.png`), [png]);
  }
}

async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, text);
}

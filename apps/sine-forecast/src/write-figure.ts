import { join } from 'node:path';
import type { Figure } from '@throughtime/figures';
import { figureToSvg } from '@throughtime/figures/node';
import { figureToPng } from '@throughtime/figures/png';
import { replaceFile } from '@throughtime/platform/node';
import { writeText } from './csv.js';

/** Writes a figure into a folder, as SVG and as PNG. */
export async function writeFigure(folder: string, name: string, figure: Figure): Promise<void> {
  await writeText(join(folder, `${name}.svg`), figureToSvg(figure));
  await replaceFile(join(folder, `${name}.png`), [await figureToPng(figure)]);
}

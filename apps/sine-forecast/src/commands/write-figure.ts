// What draws is large: commands import this file when a figure is written, not before.
import { join } from 'node:path';
import type { Figure } from '@throughtime/figures';
import { figureToSvg } from '@throughtime/figures/node';
import { figureToPng } from '@throughtime/figures/png';
import { replaceFile } from '@throughtime/platform/node';
import { writeText } from './write-files.js';

/** Writes a figure into folders, as SVG and as PNG. */
export async function writeFigure(folders: readonly string[], name: string, figure: Figure): Promise<void> {
  const [svg, png] = [figureToSvg(figure), await figureToPng(figure)];
  for (const folder of folders) {
    await writeText(join(folder, `${name}.svg`), svg);
    await replaceFile(join(folder, `${name}.png`), [png]);
  }
}

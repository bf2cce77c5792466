import { renderFigure, themes } from '@throughtime/figures';
import { offerDownload } from '@throughtime/web-page';
import { originFigure, type Shown } from './model-figures.js';
import type { OriginForecast } from './protocol.js';
import { texts } from './texts/chosen.js';

/** The size in which pages that show links show pictures. */
const size = { width: 1200, height: 630 } as const;
const margin = 40;
const lineHeight = 34;

/** Offers a picture of a forecast with what is to be said of it, to be sent to someone. */
export async function saveImageCard(
  shown: Shown,
  forecast: OriginForecast,
  sentences: string,
): Promise<void> {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, size);
  const context = canvas.getContext('2d')!;
  // A picture cannot follow its reader's setting.
  const { background, text } = themes.light;
  context.fillStyle = background;
  context.fillRect(0, 0, size.width, size.height);
  context.fillStyle = text;
  context.font = '24px system-ui, sans-serif';
  const lines = wrapped(context, sentences, size.width - 2 * margin).slice(0, 3);
  const top = margin + lines.length * lineHeight;
  lines.forEach((line, i) => {
    context.fillText(line, margin, margin + 12 + i * lineHeight);
  });
  const figureSize = { width: (size.width - 2 * margin) / 1.5, height: (size.height - top - 50) / 1.5 };
  const svg = renderFigure(originFigure(shown, forecast).figure(figureSize), { theme: 'light' });
  const source = new Blob([new XMLSerializer().serializeToString(svg)], { type: 'image/svg+xml' });
  const address = URL.createObjectURL(source);
  try {
    const image = new Image(size.width - 2 * margin, size.height - top - 50);
    image.src = address;
    await image.decode();
    context.drawImage(image, margin, top, image.width, image.height);
  } finally {
    URL.revokeObjectURL(address);
  }
  context.font = '18px system-ui, sans-serif';
  context.globalAlpha = 0.7;
  context.fillText(texts.forecast.card, margin, size.height - 18);
  const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (picture !== null)
    offerDownload('forecast.png', new Uint8Array(await picture.arrayBuffer()), 'image/png');
}

function wrapped(context: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && context.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

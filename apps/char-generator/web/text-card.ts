// A text as an image to share: colored, with a line that says what wrote it.

/** The size that sites show beside links. */
const width = 1200;
const height = 630;
const margin = 56;
const lineHeight = 40;
const font = '26px "DejaVu Sans Mono", ui-monospace, monospace';

export interface TextCard {
  readonly pieces: readonly string[];
  /** The background of each piece; '' for none. */
  readonly colors: readonly string[];
  /** What stands below the text. */
  readonly caption: string;
}

/** A PNG of 1200 by 630 pixels with as much of the text as fits. */
export async function textCard({ pieces, colors, caption }: TextCard): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser draws no images.');
  // Light whatever the page is: it will stand on other pages.
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';
  context.font = font;
  const end = height - margin - lineHeight;
  let [x, y] = [margin, margin];
  for (const word of wordsOf(pieces, colors)) {
    const size = word.reduce((sum, { character }) => sum + context.measureText(character).width, 0);
    if (x + size > width - margin && x > margin) [x, y] = [margin, y + lineHeight];
    if (y + lineHeight > end) break;
    for (const { character, color } of word) {
      if (character === '\n') {
        [x, y] = [margin, y + lineHeight];
        continue;
      }
      const advance = context.measureText(character).width;
      if (color) {
        context.fillStyle = color;
        context.fillRect(x, y, Math.ceil(advance), lineHeight);
      }
      context.fillStyle = '#1b1f24';
      context.fillText(character, x, y + lineHeight / 2);
      x += advance;
    }
  }
  context.font = '24px system-ui, "DejaVu Sans", sans-serif';
  context.fillStyle = '#57606a';
  context.fillText(caption, margin, height - margin / 2 - 8, width - 2 * margin);
  const image = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!image) throw new Error('This browser draws no images.');
  return new Uint8Array(await image.arrayBuffer());
}

interface Colored {
  readonly character: string;
  readonly color: string | undefined;
}

/** Words with the blanks after them, which stay on one line. */
function wordsOf(pieces: readonly string[], colors: readonly string[]): Colored[][] {
  const words: Colored[][] = [];
  let isBlank = true;
  for (const [i, piece] of pieces.entries())
    for (const character of piece) {
      const blank = /\s/.test(character);
      if (words.length === 0 || (isBlank && !blank)) words.push([]);
      words[words.length - 1].push({ character, color: colors[i] });
      isBlank = blank;
    }
  return words;
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { checkOptions, number, oneOf } from '@throughtime/errors';
import type { Figure } from './figure.js';
import { figureToSvg } from './node.js';
import { themes } from './palette.js';

/** The theme and the resolution of the file. */
export interface PngOptions {
  /** Default 'light': a PNG cannot follow its reader's setting. */
  readonly theme?: 'light' | 'dark';
  /** Pixels per pixel of the SVG, at most 10. Default 2, for screens of today and for print. */
  readonly scale?: number;
}

const require = createRequire(import.meta.url);
const fontFamily = 'Noto Sans';

/** What a PNG needs beside the figure: its text is drawn with a font of our own, so it looks the same on every machine. */
let renderer: Promise<{ readonly fonts: Uint8Array[] }> | undefined;

/**
 * Draws a figure as the bytes of a PNG file, in Node: for where SVG is not shown (mail, slides, notebooks).
 *
 * @example
 * ```ts
 * import { perplexityCurves } from '@throughtime/figures';
 * import { figureToPng } from '@throughtime/figures/png';
 * const points = [14, 8, 6].map((value, at) => ({ at, value }));
 * const png = await figureToPng(perplexityCurves([{ label: 'training', points }]), { theme: 'dark' });
 * ```
 */
export async function figureToPng(figure: Figure, options: PngOptions = {}): Promise<Uint8Array> {
  checkOptions<PngOptions>(options, {
    theme: oneOf(['light', 'dark']),
    scale: number({ above: 0, to: 10 }),
  });
  const { theme = 'light', scale = 2 } = options;
  renderer ??= loadRenderer();
  const { fonts } = await renderer;
  const { background } = themes[theme];
  // The renderer knows no CSS variables.
  const svg = figureToSvg(figure, { theme }).replaceAll('"var(--plot-background)"', `"${background}"`);
  const drawing = new Resvg(svg, {
    background,
    fitTo: { mode: 'zoom', value: scale },
    font: { fontBuffers: fonts, defaultFontFamily: fontFamily, sansSerifFamily: fontFamily },
  });
  const image = drawing.render();
  const png = image.asPng();
  image.free();
  drawing.free();
  return png;
}

async function loadRenderer(): Promise<{ readonly fonts: Uint8Array[] }> {
  const [wasm, ...fonts] = await Promise.all(
    [
      '@resvg/resvg-wasm/index_bg.wasm',
      '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
      '@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf',
    ].map((file) => readFile(require.resolve(file))),
  );
  await initWasm(wasm);
  return { fonts };
}

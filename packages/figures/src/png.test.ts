import { inflateSync } from 'node:zlib';
import { ArgumentError } from '@throughtime/errors';
import { describe, expect, it } from 'vitest';
import { sampleFigures } from './fixtures/sample-figures.js';
import { figureToPng } from './png.js';

const figure = sampleFigures.residuals;

/** Size and first pixel (red, green, blue, alpha) of a PNG of eight bits a channel. */
function inspect(png: Uint8Array) {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  // Whatever its filter, the first pixel has only zeros to be predicted from.
  const [, ...corner] = inflateSync(Buffer.concat(parts)).subarray(0, 5);
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), corner };
}

describe('figureToPng', () => {
  it('draws at twice the size of the SVG, on the background of the theme', async () => {
    expect(inspect(await figureToPng(figure))).toEqual({
      width: 1280,
      height: 720,
      corner: [0xff, 0xff, 0xff, 0xff],
    });
    expect(inspect(await figureToPng(figure, { theme: 'dark', scale: 1 }))).toEqual({
      width: 640,
      height: 360,
      corner: [0x15, 0x18, 0x1d, 0xff],
    });
  });

  it('draws the text, whatever fonts the machine has', async () => {
    const titled = (title: string) => figureToPng({ ...figure, title }, { scale: 1 });
    expect(await titled('Errors')).toEqual(await titled('Errors'));
    expect(await titled('Errors')).not.toEqual(await titled('Residuals'));
  });

  it('draws every chart', async () => {
    for (const chart of Object.values(sampleFigures)) {
      expect(inspect(await figureToPng(chart, { scale: 0.5 })).width).toBe(320);
    }
  });

  it('refuses a scale that is no scale', async () => {
    for (const scale of [0, -1, Number.NaN, 11]) {
      await expect(figureToPng(figure, { scale })).rejects.toThrow(ArgumentError);
    }
  });
});

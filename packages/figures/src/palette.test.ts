import { describe, expect, it } from 'vitest';
import { contextColor, darkColors, seriesColor, seriesColors, themes } from './palette.js';

/** Relative luminance and contrast as WCAG 2.1 defines them. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe('the palette', () => {
  for (const color of [...seriesColors, contextColor]) {
    it(`${color} is as readable as text on every background of either theme (4.5:1, WCAG for text)`, () => {
      for (const behind of [themes.light.background, themes.light.panel])
        expect(contrast(color, behind)).toBeGreaterThanOrEqual(4.5);
      for (const behind of [themes.dark.background, themes.dark.panel])
        expect(contrast(darkColors[color], behind)).toBeGreaterThanOrEqual(4.5);
    });
  }

  it('keeps text readable on both backgrounds (7:1)', () => {
    for (const { text, background } of Object.values(themes))
      expect(contrast(text, background)).toBeGreaterThan(7);
  });

  it('starts again after the last color', () => {
    expect(seriesColor(seriesColors.length)).toBe(seriesColors[0]);
  });
});

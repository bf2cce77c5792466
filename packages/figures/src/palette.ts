/**
 * Colors for lines and marks: distinguishable with any common color blindness (after Okabe and Ito) and with a
 * contrast of at least 3 to 1 on both backgrounds below, so that one figure serves light and dark pages.
 */
export const seriesColors = ['#0072b2', '#d55e00', '#009e73', '#b85f93', '#8a63c9', '#a87900'] as const;

/** For what is context rather than result: the data behind a forecast, a floor, a reference line. */
export const contextColor = '#7d8590';

/** Text and background, which follow the reader's setting. */
export const themes = {
  light: { text: '#1b1f24', background: '#ffffff' },
  dark: { text: '#e6e8eb', background: '#15181d' },
} as const;

/** The color of the i-th series; they repeat after the sixth, where a figure has too many lines anyway. */
export function seriesColor(i: number): string {
  return seriesColors[i % seriesColors.length];
}

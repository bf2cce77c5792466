/**
 * Colors for lines and marks: distinguishable with any common color blindness (after Okabe and Ito), and with a contrast of at
 * least 4.5 to 1 on the light background and panel. A dark background has the colors of {@link darkColors} in their place.
 */
export const seriesColors = ['#0067a8', '#b94e00', '#007a58', '#a34a80', '#7650bd', '#876000'] as const;

/** For what is context rather than result: the data behind a forecast, a floor, a reference line. */
export const contextColor = '#656e79' as const;

/** What each color is on a dark background, where it needs to be lighter for the same contrast. */
export const darkColors: Readonly<Record<(typeof seriesColors)[number] | typeof contextColor, string>> = {
  '#0067a8': '#5fb3f0',
  '#b94e00': '#ff9b57',
  '#007a58': '#35c795',
  '#a34a80': '#ee8ec1',
  '#7650bd': '#b39af0',
  '#876000': '#dbae3c',
  '#656e79': '#9aa4b0',
};

/** Text and background, which follow the reader's setting; a page's panels are a shade off its background. */
export const themes = {
  light: { text: '#1b1f24', background: '#ffffff', panel: '#f5f6f8' },
  dark: { text: '#e6e8eb', background: '#15181d', panel: '#1e2229' },
} as const;

/** The color of the i-th series; they repeat after the sixth, where a figure has too many lines anyway. */
export function seriesColor(i: number): (typeof seriesColors)[number] {
  return seriesColors[i % seriesColors.length];
}

/** The color of the i-th series on either background, for what draws on a canvas and must choose by itself. */
export function lineColors(i: number): { readonly color: string; readonly darkColor: string } {
  const color = seriesColor(i);
  return { color, darkColor: darkColors[color] };
}

/** The same for what is context. */
export const contextColors = { color: contextColor, darkColor: darkColors[contextColor] } as const;

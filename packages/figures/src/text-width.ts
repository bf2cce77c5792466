const narrow = /[iljtfrI.,:;'|!()[\] -]/;
const wide = /[mwMW%@∂]/;
const upper = /[\p{Lu}−+=<>~#&€£$]/u;
// Chinese, Japanese, Korean and pictures are as wide as they are high.
const square =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}]/u;

/**
 * A generous estimate of how wide a text is drawn, in pixels. There is no layout engine in Node, and readers have different
 * fonts: the widths are those of DejaVu Sans, one of the widest in use.
 */
export function textWidth(text: string, fontSize = 12): number {
  let width = 0;
  for (const character of text) {
    if (narrow.test(character)) width += 0.38;
    else if (square.test(character)) width += 1;
    else if (wide.test(character)) width += 0.95;
    else if (upper.test(character)) width += 0.74;
    else width += 0.62;
  }
  return width * fontSize;
}

/** The text, cut where it would be wider than there is room for. */
export function fitted(text: string, room: number, fontSize = 12): string {
  if (textWidth(text, fontSize) <= room) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, fontSize) > room) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Spaces and line breaks are tokens like others and must be seen. */
export function visible(text: string): string {
  return text.replaceAll(' ', '␣').replaceAll('\n', '⏎').replaceAll('\t', '⇥');
}

/** Gives its argument back; replace it by what the package is for. */
export function __camelName__(text: string): string {
  return text;
}

import { InvalidHeaderError } from './errors.js';

/** A header is an object of objects that hold lists: `{name: {shape: [..]}}`. Nothing valid nests deeper. */
const deepestNesting = 3;

/**
 * Checks what `JSON.parse` would hide or pay for: a key that stands twice in one object (it keeps the last), and deep
 * nesting (a megabyte of `[` becomes a hundred megabytes of arrays). Whether the text is JSON at all is left to it.
 * @throws InvalidHeaderError
 */
export function scanHeader(text: string): void {
  /** The keys seen in each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      if (open.length === deepestNesting) {
        throw new InvalidHeaderError(`header: nested deeper than ${deepestNesting} at character ${at}`);
      }
      open.push(character === '{' ? new Set() : undefined);
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) noteKey(open.at(-1), text.slice(at, end + 1));
      at = end;
    }
  }
}

/** The index of the quote that closes the string opened at `start`; the text's end when none does. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function isKey(text: string, endOfString: number): boolean {
  let at = endOfString + 1;
  while (at < text.length && ' \t\r\n'.includes(text[at])) at++;
  return text[at] === ':';
}

function noteKey(keys: Set<string> | undefined, quoted: string): void {
  if (!keys) return;
  // Parsed, because "a" and "\u0061" are one name.
  const key = parseString(quoted);
  if (keys.has(key)) throw new InvalidHeaderError(`header: the name '${key}' stands twice`);
  keys.add(key);
}

function parseString(quoted: string): string {
  try {
    return JSON.parse(quoted);
  } catch {
    throw new InvalidHeaderError(`header: expected JSON, got the broken string ${quoted.slice(0, 80)}`);
  }
}

/** Longest text that {@link showValue} returns: enough to recognize a value, short enough for one line of a terminal. */
const longest = 100;
/** Most members of a list or record that are looked at: more would not fit into the line. */
const mostMembers = 20;

/** Longest message of an error: a terminal's screen at most, also where a file or a path is quoted in it. */
export const longestMessage = 1000;

/** Text that an error shows as it is, without quotes. */
export class InWords {
  /** The words, as the message shows them. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** For an error's "got": words rather than a value, such as `inWords('none')` or `inWords('an embedding of 5')`. */
export function inWords(text: string): InWords {
  return new InWords(text);
}

/**
 * A count with its digits in threes: `grouped(1234567)` is '1,234,567'. `toLocaleString` writes the same, after some 35 ms the first time.
 * @param count a whole number
 */
export function grouped(count: number): string {
  // linear: a number has at most 21 digits
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/**
 * A value as error messages show it: on one line, at most 100 characters, control characters escaped. Strings have single
 * quotes; typed arrays and objects of classes are named, not listed. It never throws, whatever the value.
 *
 *     showValue('three')             'three'
 *     showValue([3, 'a'])            [3, 'a']
 *     showValue({ betwen: 0.5 })     { betwen: 0.5 }
 *     showValue(new Float32Array(4)) Float32Array(4)
 */
export function showValue(value: unknown): string {
  let shown: string;
  try {
    shown = show(value, 0);
  } catch {
    shown = 'a value that cannot be shown';
  }
  return shortened(shown, longest);
}

function show(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return /^class\b/.test(Function.prototype.toString.call(value))
        ? `the class ${value.name || 'without a name'}`
        : 'a function';
    case 'object':
      return value === null ? 'null' : showObject(value, depth);
    default:
      return escapeControls(String(value));
  }
}

function showObject(value: object, depth: number): string {
  if (value instanceof InWords) return value.text;
  if (Array.isArray(value)) {
    if (depth > 1) return `a list of ${value.length}`;
    const items = value.slice(0, mostMembers).map((item) => show(item, depth + 1));
    return `[${items.join(', ')}${value.length > mostMembers ? ', ...' : ''}]`;
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    const length = (value as { length?: number }).length ?? value.byteLength;
    return `${value.constructor.name}(${length})`;
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString();
  if (value instanceof Error) return `${value.name}: ${escapeControls(value.message)}`;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return withArticle(classOf(value));
  if (depth > 1) return 'an object';
  const names = Object.keys(value);
  const fields = names
    .slice(0, mostMembers)
    .map((name) => `${fieldName(name)}: ${show((value as Record<string, unknown>)[name], depth + 1)}`);
  if (fields.length === 0) return '{}';
  return `{ ${fields.join(', ')}${names.length > mostMembers ? ', ...' : ''} }`;
}

function classOf(value: object): string {
  const maker: unknown = value.constructor;
  return (typeof maker === 'function' && maker.name) || 'object';
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

function fieldName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}

function quoted(text: string): string {
  // What lies behind the cut need not be escaped: a string may be a whole corpus.
  return `'${escapeControls(text.slice(0, 2 * longest)).replaceAll("'", "\\'")}'`;
}

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text that a terminal shows as it is: control characters, which would move the cursor, color the screen or set its title, and line
 * and direction marks, which would reorder the line, are written `\n`, `\u001b`.
 * @param keep control characters that stay, say a line end. Default: none
 */
export function escapeControls(text: string, keep = ''): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be escaped
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) =>
      keep.includes(character)
        ? character
        : (shortEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** The beginning of a text that is longer than this. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  // Not through the middle of a character outside the basic plane.
  return `${text.slice(0, length - 3).replace(/[\ud800-\udbff]$/, '')}...`;
}

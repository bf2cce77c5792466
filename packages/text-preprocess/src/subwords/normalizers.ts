import type { SavedFields } from '@throughtime/errors';
import { whiteSpace } from '../cleaning/whitespace.js';
import { isHighSurrogate, isLowSurrogate } from '../tokenizers/surrogates.js';
import { asList, asObject, checkCount, flag, invalid, requireValue } from './fields.js';
import { patternFinder } from './pattern-finder.js';
import { stretches } from './splitter.js';

type Step = (text: string) => string;

const FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const;

const NORMALIZERS = [
  ...FORMS,
  'Lowercase',
  'StripAccents',
  'Strip',
  'Prepend',
  'Replace',
  'BertNormalizer',
] as const;

/**
 * What a text goes through before it is looked at, by the `normalizer` of a `tokenizer.json`; `undefined` where it stays as it is.
 * @throws InvalidFormatError naming what this package does not do
 */
export function normalizerOf(value: unknown): ((text: string) => string) | undefined {
  const steps = stepsOf(value ?? null, 'normalizer');
  checkCount('normalizer', steps);
  return steps.length === 0 ? undefined : (text) => steps.reduce((result, step) => step(result), text);
}

function stepsOf(value: unknown, path: string): Step[] {
  if (value === null) return [];
  const part = asObject(value, path);
  if (part.type === 'Sequence') {
    return asList(part.normalizers, `${path}.normalizers`).flatMap((step, i) =>
      stepsOf(step, `${path}.normalizers[${i}]`),
    );
  }
  requireValue(part, path, 'type', NORMALIZERS);
  const form = FORMS.find((name) => name === part.type);
  if (form !== undefined) return [(text) => text.normalize(form)];
  switch (part.type) {
    case 'Lowercase':
      return [lowerCase];
    case 'StripAccents':
      return [(text) => text.replace(/\p{M}/gu, '')];
    case 'Strip':
      return [strip(flag(part, path, 'strip_left', true), flag(part, path, 'strip_right', true))];
    case 'Prepend': {
      const prefix = textOf(part, path, 'prepend');
      return [(text) => (text === '' ? text : prefix + text)];
    }
    case 'Replace':
      return [replacement(part, path)];
    default:
      return bertSteps(part, path);
  }
}

function textOf(part: SavedFields, path: string, name: string): string {
  const value = part[name];
  if (typeof value === 'string') return value;
  throw invalid(`${path}.${name}: expected a text`);
}

function replacement(part: SavedFields, path: string): Step {
  const find = patternFinder(asObject(part.pattern, `${path}.pattern`), `${path}.pattern`);
  const content = textOf(part, path, 'content');
  return (text) => {
    // The library finds nothing in an empty text, not even nothing.
    if (text === '') return text;
    const parts = stretches(find, text, false);
    return parts.map(({ start, end, isMatch }) => (isMatch ? content : text.slice(start, end))).join('');
  };
}

function strip(left: boolean, right: boolean): Step {
  const { table } = whiteSpace.unicode;
  return (text) => {
    let start = 0;
    let end = text.length;
    while (left && start < end && table[text.charCodeAt(start)] === 1) start++;
    while (right && end > start && table[text.charCodeAt(end - 1)] === 1) end--;
    return text.slice(start, end);
  };
}

/** BERT's, in the order in which its code has them: control characters, Chinese characters as words, accents, lower case. */
function bertSteps(part: SavedFields, path: string): Step[] {
  const lower = flag(part, path, 'lowercase', true);
  const accents = part.strip_accents ?? null;
  if (accents !== null && typeof accents !== 'boolean')
    throw invalid(`${path}.strip_accents: expected true, false or null`);
  const steps: Step[] = [];
  if (flag(part, path, 'clean_text', true)) steps.push(cleanText);
  if (flag(part, path, 'handle_chinese_chars', true)) steps.push((text) => text.replace(CHINESE, ' $& '));
  if (accents ?? lower) steps.push((text) => text.normalize('NFD').replace(/\p{Mn}/gu, ''));
  if (lower) steps.push(lowerCase);
  return steps;
}

/** The ideographs that BERT takes for words, as Hugging Face's library has them: block E of the original begins at U+2B820. */
const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

/**
 * Control and format characters and those for private use go, white space becomes blanks. Code points without a character stay, and
 * format characters that are younger than the tables of Hugging Face's library.
 */
function cleanText(text: string): string {
  return text
    .replace(
      /[\0\ufffd]|(?![\t\n\r\u0890\u0891\u08e2\u{110cd}\u{13430}-\u{1343f}])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu,
      '',
    )
    .replace(/\p{White_Space}/gu, ' ');
}

/** Character by character, as Rust does: a sigma at a word's end is like any other. */
function lowerCase(text: string): string {
  let lower = '';
  for (let i = 0; i < text.length; i++) {
    const isPair = isHighSurrogate(text.charCodeAt(i)) && isLowSurrogate(text.charCodeAt(i + 1));
    lower += (isPair ? text.slice(i, i + 2) : text[i]).toLowerCase();
    if (isPair) i++;
  }
  return lower;
}

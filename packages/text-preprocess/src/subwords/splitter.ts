import type { Finder } from '../tokenizers/linear-pattern.js';

/** Calls `visit` with one piece of a text after another. */
export type Splitter = (text: string, visit: (piece: string) => void) => void;

/** What becomes of a pattern's matches, in Hugging Face's words. */
export type SplitBehavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';

export const SPLIT_BEHAVIORS: readonly SplitBehavior[] = [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
];

/** A stretch of text: a match, or what lies between two. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly isMatch: boolean;
}

/** Splits at what is found. `invert`: what lies between them counts as matches, and they do not. */
export function splitter(find: Finder, behavior: SplitBehavior, invert: boolean): Splitter {
  return (text, visit) => {
    for (const { start, end } of joined(stretches(find, text, invert), behavior)) {
      if (end > start) visit(text.slice(start, end));
    }
  };
}

/** The matches of a text and what lies between them, in order. */
export function stretches(find: Finder, text: string, invert: boolean): Stretch[] {
  const found: Stretch[] = [];
  let done = 0;
  let last = -1;
  for (const { 0: match, index } of find(text)) {
    // Oniguruma finds no empty match where another one ended.
    if (match === '' && index === last) continue;
    if (index > done) found.push({ start: done, end: index, isMatch: invert });
    found.push({ start: index, end: index + match.length, isMatch: !invert });
    done = last = index + match.length;
  }
  if (done < text.length) found.push({ start: done, end: text.length, isMatch: invert });
  return found;
}

function joined(parts: Stretch[], behavior: SplitBehavior): Stretch[] {
  switch (behavior) {
    case 'Isolated':
      return parts;
    case 'Removed':
      return parts.filter(({ isMatch }) => !isMatch);
    case 'Contiguous':
      return joinedWhere(parts, (part, before) => part.isMatch === before);
    case 'MergedWithPrevious':
      return joinedWhere(parts, (part, before) => part.isMatch && !before);
    case 'MergedWithNext':
      return joinedWhere([...parts].reverse(), (part, before) => part.isMatch && !before).reverse();
  }
}

/** `parts` with each joined to the one before it where `joins` says so; `before`: whether that one was a match. */
function joinedWhere(
  parts: readonly Stretch[],
  joins: (part: Stretch, before: boolean) => boolean,
): Stretch[] {
  const result: Stretch[] = [];
  let before = false;
  for (const part of parts) {
    const previous = result[result.length - 1];
    if (previous !== undefined && joins(part, before)) {
      const start = Math.min(previous.start, part.start);
      result[result.length - 1] = { ...previous, start, end: Math.max(previous.end, part.end) };
    } else result.push(part);
    before = part.isMatch;
  }
  return result;
}

/** One splitter after the other. */
export function inSequence(splitters: readonly Splitter[]): Splitter {
  return splitters.reduceRight<Splitter>(
    (rest, first) => (text, visit) => first(text, (piece) => rest(piece, visit)),
    (text, visit) => visit(text),
  );
}

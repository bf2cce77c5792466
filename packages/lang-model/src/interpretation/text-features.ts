import { list, text } from '@throughtime/errors';

/** What {@link textFeatures} finds in a text. */
export const textFeatureNames = [
  'quotes',
  'line-position',
  'word-start',
  'digits',
  'capitals',
  'sentence-end',
] as const;

/** A property of a text that {@link textFeatures} measures. */
export type TextFeatureName = (typeof textFeatureNames)[number];

/** One property of a text, measured after each token. */
export interface TextFeature {
  /** Which property it is. */
  readonly name: TextFeatureName;
  /** `yes-no`: values are 0 and 1. `graded`: any numbers, larger means more. */
  readonly kind: 'yes-no' | 'graded';
  /** One value per token. */
  readonly values: Float32Array;
}

const openers = /[“„«「『]/u;
const closers = /[”»」』]/u;
const letter = /\p{L}/u;
const wordCharacter = /[\p{L}\p{M}\p{N}]/u;
const sentenceMark = /[.!?…。！？]/u;

/**
 * What a hidden unit of a character model may follow, measured after each token of a text:
 *
 * - `quotes`: inside quotation marks. An empty line ends a quotation, since authors leave those that continue open.
 *   Straight and curly single marks do not count: most of them are apostrophes.
 * - `line-position`: how many characters the line has so far (graded)
 * - `word-start`: the token has the first letter of a word
 * - `digits`, `capitals`: the token has one
 * - `sentence-end`: a sentence has ended, and the next one has not begun
 *
 * @param pieces what each token adds to the text; together they are the text
 */
export function textFeatures(pieces: readonly string[]): TextFeature[] {
  list(text)('pieces', pieces);
  const values = () => new Float32Array(pieces.length);
  const features: Readonly<Record<TextFeatureName, Float32Array>> = {
    quotes: values(),
    'line-position': values(),
    'word-start': values(),
    digits: values(),
    capitals: values(),
    'sentence-end': values(),
  };
  let quoted = false;
  let germanQuote = false;
  let column = 0;
  let inWord = false;
  let ended = false;
  for (const [i, piece] of pieces.entries()) {
    for (const character of piece) {
      if (character === '\n') {
        if (column === 0) quoted = false;
        column = 0;
      } else column++;
      // German closes with the mark that English opens with.
      if (character === '"' || (character === '“' && germanQuote)) quoted = !quoted;
      else if (openers.test(character)) quoted = true;
      else if (closers.test(character)) quoted = false;
      germanQuote = quoted && (germanQuote || character === '„');
      const isWord = wordCharacter.test(character);
      if (!inWord && letter.test(character)) features['word-start'][i] = 1;
      // An apostrophe does not end a word.
      inWord = isWord || (inWord && /['’]/u.test(character));
      if (/\p{Nd}/u.test(character)) features.digits[i] = 1;
      if (/\p{Lu}/u.test(character)) features.capitals[i] = 1;
      ended = sentenceMark.test(character) || (ended && !isWord);
    }
    features.quotes[i] = Number(quoted);
    features['line-position'][i] = column;
    features['sentence-end'][i] = Number(ended);
  }
  return textFeatureNames.map((name) => ({
    name,
    kind: name === 'line-position' ? 'graded' : 'yes-no',
    values: features[name],
  }));
}

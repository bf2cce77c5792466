// How tokenizers take long lines and paragraphs of any script: the time per character must not grow with the text. In Node 20
// each segment of Intl.Segmenter takes time in proportion to the text that it is cut from, so that a book on one line took hours.
import { readFileSync } from 'node:fs';
import { Random } from '@throughtime/random';
import {
  charTokenizer,
  sentenceTokenizer,
  treebankTokenizer,
  unicodeWordTokenizer,
} from '@throughtime/text-preprocess';

/** UTF-16 units: each twice the one before. */
const sizes = [32_000, 64_000, 128_000];
const rounds = 5;
/** Of time per character, from the shortest text to the longest. Time in proportion to the square would come to 4. */
const mostGrowth = 1.5;

const languages = JSON.parse(
  readFileSync(new URL('../packages/text-preprocess/src/fixtures/languages.json', import.meta.url), 'utf8'),
);

/** Texts without end: each says what comes next. */
const texts = {
  'Latin, one line': stretchesOf('english'),
  'Cyrillic, one line': stretchesOf('russian'),
  'Chinese, one line': stretchesOf('chinese'),
  'Japanese, one line': stretchesOf('japanese'),
  'Thai, one line': stretchesOf('thai'),
  'Arabic, one line': stretchesOf('arabic'),
  'Devanagari, one line': stretchesOf('hindi'),
  'emoji with joiners': among(['👩‍👩‍👧', '👨‍👩‍👧‍👦', '🏴‍☠️', '👍🏽', '🇩🇪', '❤️‍🔥']),
  'blanks alone': () => ' ',
  'line ends alone': () => '\n',
  'a sentence a line': among([
    'The cat sat on the mat and slept.\n',
    'Кит не всплыл.\n',
    '鲸鱼没有浮出水面。\n',
  ]),
};

const tokenizers = {
  words: unicodeWordTokenizer(),
  sentences: sentenceTokenizer(),
  graphemes: charTokenizer({ unit: 'grapheme' }),
  treebank: treebankTokenizer(),
};

/**
 * Rows of nanoseconds per character; `ratio` is how much the longest text takes more than the shortest.
 * @param {(line: string) => void} report
 */
export function longLineRows(report) {
  report('');
  report(
    `Long lines: CPU nanoseconds per UTF-16 unit at ${sizes.join(', ')} units, least of ${rounds} rounds.`,
  );
  const rows = [];
  for (const [of, next] of Object.entries(texts))
    for (const [kind, tokenizer] of Object.entries(tokenizers))
      rows.push(
        row(
          `${kind}, ${of}`,
          tokenizer,
          sizes.map((size) => textOf(next, size)),
          report,
        ),
      );
  const million = [500_000, 1_000_000].map((size) => textOf(texts['Latin, one line'], size));
  rows.push(row('words, Latin, one line of a megabyte', tokenizers.words, million, report));
  const grown = rows.filter(({ ratio }) => ratio > mostGrowth);
  report(
    grown.length === 0
      ? `Level in all ${rows.length}: none grows more than ${mostGrowth} times.`
      : `GROWS: ${grown.map(({ name }) => name).join('; ')}`,
  );
  return rows;
}

/**
 * @param {string} name
 * @param {{ tokenize(text: string): string[] }} tokenizer
 * @param {string[]} all texts by length
 * @param {(line: string) => void} report
 */
function row(name, tokenizer, all, report) {
  /** By turns, so that a disturbance meets all. */
  const least = all.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++)
    for (const [i, text] of all.entries()) {
      const before = process.cpuUsage();
      tokenizer.tokenize(text);
      const { user, system } = process.cpuUsage(before);
      least[i] = Math.min(least[i], ((user + system) * 1000) / text.length);
    }
  const ratio = least[least.length - 1] / least[0];
  const shown = least.map((value) => value.toFixed(0).padStart(5)).join(' ');
  report(`  ${name.padEnd(40)} ${shown}   ${ratio.toFixed(2)} times`);
  return { name: `long lines: ${name}`, value: least[least.length - 1], unit: 'ns/character', ratio };
}

/** @param {() => string} next @param {number} size */
function textOf(next, size) {
  const parts = [];
  let length = 0;
  while (length < size) {
    const part = next();
    parts.push(part);
    length += part.length;
  }
  // By way of bytes: a joined string is a tree of parts, and the first to walk it would pay for flattening it.
  return Buffer.from(parts.join('').slice(0, size).toWellFormed()).toString();
}

/** @param {readonly string[]} parts */
function among(parts) {
  const random = Random.seeded(1);
  return () => parts[random.integer(0, parts.length)];
}

/** Stretches of a few words or letters of a language, in any order, so that nothing repeats. @param {string} language */
function stretchesOf(language) {
  const random = Random.seeded(1);
  const letters = [...languages[language].replaceAll('\n', ' ')];
  return () => {
    const from = random.integer(0, letters.length);
    return letters.slice(from, from + random.integer(2, 30)).join('');
  };
}

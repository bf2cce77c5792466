// Prose that must be decoded: sentences that are too long, and habits of wording that readers stumble over. Looked at in every document,
// and in the comments, docstrings, help texts and error messages of the sources. Code and figures are left out.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseSync } from 'oxc-parser';
import { sourceFiles } from './source-files.mjs';
import { root } from './workspace.mjs';

/** More words than this, and a reader has to go back to the sentence's beginning. */
const longest = 30;

/** Where documents and sources are. */
const documents = ['.', 'docs', 'packages', 'apps', 'examples', 'reproductions', 'benchmarks', 'site'];
const sources = ['packages', 'apps', 'examples', 'reproductions', 'benchmarks', 'scripts', 'site'];

/** Sources whose strings are data, and not said to anyone. */
const silent = /\.(?:test|repro)\.[a-z]+$|(?:^|\/)(?:fixtures|testing|scripts|benchmarks|old-lines)\//;

/**
 * Documents whose sentences are not counted: records of what was tried and decided, which are not rewritten afterwards.
 */
const records = /^docs\/(decisions\/|performance\.md|old-lines\.md)|^\.changeset\//;

/** @type {readonly [RegExp, string][]} */
const habits = [
  [/(?:^|[\s(|])\.\d/, "write '0.39', not '.39'"],
  [
    /\b(?:tokens?|steps?|characters?|updates?|bytes|numbers?|cycles?|rows?|hours?|minutes?|seconds?|ms|us|ns|FLOPs?|GFLOP\/s) an? (?:second|minute|hour|day|token|step|weight|layer|row|thread|core|gate|vector|update|batch|epoch|pass|character|word|line)\b/,
    "write 'per', not 'a'",
  ],
  [
    /\b(?:put up with|in the midst|made anew|leaves? it alone|goes on|so many)\b/i,
    'an idiom: use the plain word',
  ],
  [/\b(?:mend(?:s|ed|ing)?|anew)\b/i, "write 'fix' or 'again'"],
  [/\bhas not (?:an?|the|any|enough|its)\b/, "write 'lacks' or 'does not have'"],
  [/^\|.*\|\s*came\s*\|/, "head the column 'measured', not 'came'"],
  [
    /\b(?:colou?red?s? ?(?<=colour)|(?:behavi|fav|neighb|hon|lab)our\w*|(?:optim|normal|initial|organ|recogn|real|summar|general|regular|token|visual|parallel|special|util|minim|maxim|random|serial)is(?:e[ds]?|ing|ations?)|analys(?:e[ds]?|ing)|learnt|centre[ds]?|modell(?:ed|ing)|travell(?:ed|ing)|cancell(?:ed|ing)|label+ling|grey|whilst|catalogue)\b/i,
    'American spelling',
  ],
  [
    /^(?:What|Whose) (?!.*\?$)(?:\S+ ){1,12}?(?:is|are|was|were|has|have|can|may|must|stands?|comes?)\b/,
    "say who does what: do not begin with 'what' or 'whose'",
  ],
];

/**
 * In comments, a noun clause may stand alone, as a label of what is declared below it: "What a bar stands for." It may not be a subject.
 * @type {readonly [RegExp, string][]}
 */
const habitsOfComments = habits.map(([pattern, advice]) =>
  pattern.source.startsWith('^(?:What|Whose)')
    ? [
        /^(?:What|Whose) (?:is|was|are|were|does|has|goes|comes|came|stands|never|no|follows|pauses|would(?! have)|suits|happened|needs)\b(?:(?! (?:what|where|that|which|as|when)\b)[^;:,])*?\s(?:is|are|was|has|have|stays?|stands?|goes|follows|does|may|must|can|gets?)\b/,
        advice,
      ]
    : [pattern, advice],
);

/**
 * @param {string} base the workspace's root
 * @returns {string[]} one line for each sentence
 */
export function proseBreaches(base = root) {
  return [
    ...documents
      .flatMap((folder) => markdownFiles(base, folder))
      .flatMap((file) => breachesOf(file, sentencesOfMarkdown(readFileSync(join(base, file), 'utf8')))),
    ...sources
      .flatMap((folder) => sourcesIn(base, folder))
      .flatMap((file) => breachesOf(file, sentencesOfSource(file, readFileSync(join(base, file), 'utf8')))),
  ];
}

/**
 * @typedef {object} Sentence
 * @property {number} line  from 1
 * @property {string} text
 * @property {boolean} [isComment]  in a source
 */

/** @param {string} file @param {readonly Sentence[]} sentences */
function breachesOf(file, sentences) {
  if (records.test(file)) return [];
  return sentences.flatMap(({ line, text, isComment }) => {
    const words = text.startsWith('|')
      ? 0
      : text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
    const found = (isComment ? habitsOfComments : habits)
      .filter(([pattern]) => pattern.test(text))
      .map(([, advice]) => advice);
    if (words > longest) found.push(`${words} words, ${longest} at most: split it`);
    return found.map((advice) => `${file}:${line}: ${advice}: ${shortened(text)}`);
  });
}

/** @param {string} text */
function shortened(text) {
  return text.length > 90 ? `${text.slice(0, 90)}...` : text;
}

/**
 * The sentences of a document's prose. Items of lists and cells of tables stand for themselves. Code in a line is one word.
 * @param {string} text Markdown
 * @returns {Sentence[]}
 */
export function sentencesOfMarkdown(text) {
  /** @type {Sentence[]} */
  const parts = [];
  let inCode = false;
  let inHeader = /^---\n/.test(text);
  let isMeasured = false;
  let open = false;
  text.split('\n').forEach((raw, i) => {
    const line = raw.trim();
    if (inHeader) {
      if (i > 0 && line === '---') inHeader = false;
      return;
    }
    if (/^(?:```|~~~)/.test(line)) {
      inCode = !inCode;
      open = false;
      return;
    }
    // Rows that a program enters are figures.
    if (/^<!-- results/.test(line)) isMeasured = true;
    if (/^<!-- \/results/.test(line)) isMeasured = false;
    if (isMeasured) return;
    if (inCode || line === '' || /^(?:#|<|\||!\[|-{3,}$)/.test(line)) {
      open = false;
      if (!inCode && line.startsWith('|')) {
        parts.push({ line: i + 1, text: plain(line) });
        for (const cell of cellsOf(line)) parts.push({ line: i + 1, text: plain(cell) });
      }
      return;
    }
    const item = /^(?:[-*>]|\d+\.)\s+/.exec(line);
    if (item || !open) parts.push({ line: i + 1, text: line.slice(item?.[0].length ?? 0) });
    else parts[parts.length - 1].text += ` ${line}`;
    open = true;
  });
  return parts.flatMap(({ line, text: part }) =>
    part.startsWith('|')
      ? [{ line, text: part }]
      : split(plain(part)).map((sentence) => ({ line, text: sentence })),
  );
}

/** A table's row, cell by cell; a bar in code or behind a backslash is none. @param {string} row */
function cellsOf(row) {
  return row
    .replace(/`[^`]*`/g, 'code')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '');
}

/** Prose without marks: links are their texts, code is one word. @param {string} text */
function plain(text) {
  return text
    .replace(/`[^`]*`/g, 'code')
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replace(/(?<![\w*])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?![\w*])/g, '')
    .replace(/<[^<>]+>/g, '');
}

/** @param {string} text */
function split(text) {
  return text
    .replace(/\b(e\.g|i\.e|etc|vs|cf|al|Mr|Mrs|Dr|No)\./g, '$1')
    .split(/(?<=[.!?:][)"”']?)\s+(?=[\p{Lu}\p{N}`"“(*~≥≤-]|code)|(?<=:)\s+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/**
 * The sentences of a source: of its comments and docstrings, and of its strings that are long enough to be prose.
 * @param {string} file
 * @param {string} source
 * @returns {Sentence[]}
 */
export function sentencesOfSource(file, source) {
  const { program, comments } = parseSync(file, source);
  const lineOf = lineFinder(source);
  return [
    ...commentsOf(comments, source, lineOf).flatMap(({ line, text }) =>
      sentencesOfMarkdown(text).map((sentence) => ({
        ...sentence,
        line: line + sentence.line - 1,
        isComment: true,
      })),
    ),
    ...(silent.test(file) ? [] : sentencesOfStrings(program.body, lineOf)),
  ];
}

/** @param {string} source @returns {(offset: number) => number} the line of a place, from 1 */
function lineFinder(source) {
  const starts = [0];
  for (let i = source.indexOf('\n'); i >= 0; i = source.indexOf('\n', i + 1)) starts.push(i + 1);
  return (offset) => {
    let line = 0;
    for (let step = 2 ** 20; step >= 1; step /= 2)
      if (line + step < starts.length && starts[line + step] <= offset) line += step;
    return line + 1;
  };
}

/**
 * The text of comments, as Markdown. Line comments that follow one another are one text. Each tag of a docstring begins a
 * sentence. Examples, and lines that are indented as tables and formulas are, are code.
 * @param {readonly { type: string, value: string, start: number, end: number }[]} comments
 * @param {string} source
 * @param {(offset: number) => number} lineOf
 * @returns {{ line: number, text: string }[]}
 */
function commentsOf(comments, source, lineOf) {
  /** @type {{ line: number, end: number, text: string }[]} */
  const texts = [];
  for (const { type, value, start, end } of comments) {
    const last = texts.at(-1);
    const prose = (/** @type {string} */ text, /** @type {RegExp} */ code) =>
      code.test(text) ? '' : text.trim();
    const isOnlyOnLine = /(?:^|\n)[ \t]*$/.test(source.slice(Math.max(0, start - 200), start));
    if (type === 'Line') {
      if (last && isOnlyOnLine && last.end >= 0 && /^\n[ \t]*$/.test(source.slice(last.end, start))) {
        last.text += `\n${prose(value, /^ {3,}\S/)}`;
        last.end = end;
      } else texts.push({ line: lineOf(start), end, text: prose(value, /^ {3,}\S/) });
      continue;
    }
    const lines = value.split('\n').map((line) => line.replace(/^\s*\*? ?/, ''));
    let isExample = false;
    const said = lines.map((line) => {
      if (/^@\w/.test(line))
        isExample = /^@(?:example|type|typedef|property|template|satisfies|import)\b/.test(line);
      if (isExample) return '';
      return prose(line, /^ {4,}\S/).replace(
        /^@(?:param|returns?|throws|default\w*|see)\b(?:\s*\{[^}]*\})?\s*/,
        '- ',
      );
    });
    texts.push({ line: lineOf(start), end: -1, text: said.join('\n') });
  }
  return texts;
}

/**
 * The sentences of strings of more than five words.
 * @param {unknown} body
 * @param {(offset: number) => number} lineOf
 * @returns {Sentence[]}
 */
function sentencesOfStrings(body, lineOf) {
  /** @type {Sentence[]} */
  const found = [];
  /** @param {any} node */
  const visit = (node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (node === null || typeof node !== 'object') return;
    const text =
      node.type === 'Literal' && typeof node.value === 'string'
        ? node.value
        : node.type === 'TemplateLiteral'
          ? node.quasis.map((/** @type {any} */ { value }) => value.cooked).join('code')
          : undefined;
    // A program that the command writes, or a style sheet.
    if (text?.startsWith('#!') || (text !== undefined && /\{[^{}:]*:[^{};]*;/.test(text))) return;
    if (text !== undefined && text.split(/\s+/).length > 5) {
      const line = lineOf(node.start);
      for (const paragraph of text.split(/\n\s*\n|\n(?=\s)/))
        for (const sentence of split(paragraph.replace(/\s+/g, ' ').trim()))
          found.push({ line, text: sentence });
      return;
    }
    for (const [key, value] of Object.entries(node)) if (key !== 'loc' && key !== 'range') visit(value);
  };
  visit(body);
  return found;
}

/** @param {string} base @param {string} folder @returns {string[]} */
function markdownFiles(base, folder) {
  if (!existsSync(join(base, folder))) return [];
  return readdirSync(join(base, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter(
      (name) =>
        name.endsWith('.md') &&
        !/(?:^|\/)(?:node_modules|dist|build|out|generated|fixtures|CHANGELOG\.md|LICENSE)(?:\/|$)/.test(
          name,
        ),
    )
    .map((name) => (folder === '.' ? name : `${folder}/${name}`));
}

/** @param {string} base @param {string} folder */
function sourcesIn(base, folder) {
  if (!existsSync(join(base, folder))) return [];
  return sourceFiles(join(base, folder)).map((file) => relative(base, file).replaceAll('\\', '/'));
}

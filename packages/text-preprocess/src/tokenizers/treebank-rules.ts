import { splitWhitespace } from '../cleaning/whitespace.js';

type Rule = readonly [pattern: RegExp, replacement: string];

/**
 * The Penn Treebank's conventions as substitutions, in the order in which they apply: each puts spaces around what is a token
 * of its own. The conventions are those of the Treebank's own tokeniser (Robert MacIntyre's sed script, 1995); the tests hold
 * them to nltk's `TreebankWordTokenizer`.
 */
const OPENING: readonly Rule[] = [
  [/^"/, '``'],
  [/``/g, ' `` '],
  [/(?<=[ ([{<])(?:"|'')/g, ' `` '],
];

const PUNCTUATION: readonly Rule[] = [
  // 10,000 and 12:30 stay whole.
  [/[:,](?!\p{Nd})/gu, ' $& '],
  [/\.\.\./g, ' ... '],
  [/[;@#$%&]/g, ' $& '],
  // Only the full stop that ends the sentence, be it before closing brackets or quotes: "U.S." stays whole elsewhere.
  [/(?<=[^.])\.(?=[\])}>"']*\s*$)/, ' .'],
  [/[?!]/g, ' $& '],
  [/(?<=[^'])' /g, " ' "],
  [/[[\](){}<>]/g, ' $& '],
  [/--/g, ' -- '],
];

const CLOSING: readonly Rule[] = [
  [/''/g, " '' "],
  [/"/g, " '' "],
  [/(?<=[^' ])'[sSmMdD]?(?= )/g, ' $&'],
  [/(?<=[^' ])(?:'ll|'LL|'re|'RE|'ve|'VE|n't|N'T)(?= )/g, ' $&'],
];

const CONTRACTIONS: readonly Rule[] = [
  [/(?<![\p{L}\p{N}_])(can)(not)(?![\p{L}\p{N}_])/giu, '$1 $2'],
  [/(?<![\p{L}\p{N}_])(d)('ye)(?![\p{L}\p{N}_])/giu, '$1 $2'],
  [/(?<![\p{L}\p{N}_])(gim|lem)(me)(?![\p{L}\p{N}_])/giu, '$1 $2'],
  [/(?<![\p{L}\p{N}_])(gon)(na)(?![\p{L}\p{N}_])/giu, '$1 $2'],
  [/(?<![\p{L}\p{N}_])(got)(ta)(?![\p{L}\p{N}_])/giu, '$1 $2'],
  [/(?<![\p{L}\p{N}_])(more)('n)(?![\p{L}\p{N}_])/giu, '$1 $2'],
  [/(?<![\p{L}\p{N}_])(wan)(na)(?= )/giu, '$1 $2'],
  [/(?<= )('t)(is|was)(?![\p{L}\p{N}_])/giu, '$1 $2'],
];

/** The Treebank's tokens of one sentence; double quotes come as `` `` `` and `''`. */
export function treebankTokens(sentence: string): string[] {
  // Line ends and tabs count as spaces in all rules.
  const flat = sentence.replace(/\s/g, ' ');
  const opened = apply([...OPENING, ...PUNCTUATION], flat);
  return splitWhitespace(apply([...CLOSING, ...CONTRACTIONS], ` ${opened} `));
}

function apply(rules: readonly Rule[], text: string): string {
  return rules.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

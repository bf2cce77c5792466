export const bleuTokenizers = ['13a', 'char', 'none'] as const;

/** How BLEU cuts strings into tokens. */
export type BleuTokenizer = (typeof bleuTokenizers)[number];

/** Python's white space, at which `str.split` splits: \s of JavaScript has U+FEFF too, and lacks U+001C to U+001F and U+0085. */
const blank =
  '[\\t-\\r\\u001c-\\u001f \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
// linear: a class, repeated
const blanks = /* @__PURE__ */ new RegExp(`${blank}+`, 'u');
// linear: one character
const isBlank = /* @__PURE__ */ new RegExp(blank, 'u');

/** The tokens of a text that BLEU compares; tokens are taken as they are, but for capitals. */
export function tokensOf(
  text: string | readonly string[],
  tokenizer: BleuTokenizer,
  lowercase: boolean,
): readonly string[] {
  if (typeof text !== 'string') return lowercase ? text.map((token) => token.toLowerCase()) : text;
  const plain = withoutBlanksAtEnd(lowercase ? text.toLowerCase() : text);
  const cut = tokenizer === '13a' ? mteval13a(plain) : tokenizer === 'char' ? [...plain].join(' ') : plain;
  return cut.split(blanks).filter((token) => token !== '');
}

/** As sacrebleu does first: a dash before a line end at a text's end joins no words. */
function withoutBlanksAtEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank.test(text[end - 1])) end--;
  return text.slice(0, end);
}

/** The tokenization of WMT's script mteval-v13a, without its part for other languages. */
function mteval13a(text: string): string {
  const joined = text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
  const plain = joined
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  return (
    ` ${plain} `
      // Symbols, but for those below and the apostrophe.
      .replace(/[{-~[-` -&(-+:-@/]/g, ' $& ')
      // A period or comma, unless digits stand on both sides.
      .replace(/([^0-9])([.,])/gu, '$1 $2 ')
      .replace(/([.,])([^0-9])/gu, ' $1 $2')
      // A dash after a digit.
      .replace(/([0-9])(-)/g, '$1 $2 ')
  );
}

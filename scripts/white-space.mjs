// Text code names the white space that it means. `\s` and `\S` have JavaScript's meaning, which no tokenizer, corpus or n-gram file
// of other programs shares: U+FEFF is in it, U+0085 is not. `packages/text-preprocess/src/cleaning/whitespace.ts` has the four
// meanings. Where JavaScript's is meant, or makes no difference, the line or the one before it says `// whitespace: why`.
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { sourceFiles } from './source-files.mjs';
import { root } from './workspace.mjs';

/** Where text is cut, cleaned, counted or written for other programs. */
const textCode = [
  'packages/text-preprocess/src',
  'packages/lang-model/src/ngram',
  'apps/char-generator/src/core',
];

/**
 * @param {string} base the workspace's root
 * @returns {string[]} one line for each breach
 */
export function whiteSpaceBreaches(base = root) {
  return textCode.flatMap((folder) => {
    if (!existsSync(join(base, folder))) return [];
    return sourceFiles(join(base, folder))
      .filter((file) => !/\.test\.\w+$/.test(file))
      .flatMap((file) => {
        const name = relative(base, file).split(sep).join('/');
        return bareClasses(readFileSync(file, 'utf8')).map(
          (line) =>
            `${name}:${line}: \\s means JavaScript's white space; use the table of cleaning/whitespace.ts`,
        );
      });
  });
}

/** The numbers of the lines that hold a bare class. @param {string} source */
function bareClasses(source) {
  const lines = source.split('\n');
  return lines.flatMap((line, i) => {
    const isComment = /^\s*(?:\/\/|\/?\*)/.test(line);
    const code = line.replace(/\s\/\/\s.*$/, '');
    if (isComment || !/\\[sS]/.test(code)) return [];
    const isMarked = /\/\/ whitespace: \S/.test(line) || /^\s*\/\/ whitespace: \S/.test(lines[i - 1] ?? '');
    return isMarked ? [] : [i + 1];
  });
}

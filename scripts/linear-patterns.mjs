// Every regular expression takes linear time, whatever text it meets: files, vocabularies and requests come from strangers. scslre
// (the analysis of eslint-plugin-regexp) finds those that may take longer. One that is made while the program runs cannot be
// analyzed: its line, or the one before it, says `// linear: why`. So may a line whose pattern the analysis judges too hard.
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { analyse } from 'scslre';
import { sourceFiles } from './source-files.mjs';
import { root } from './workspace.mjs';

const folders = ['packages', 'apps', 'scripts', 'benchmarks', 'examples', 'reproductions'];
/** Tests, and what only they use, read no strangers' text. */
const tests = /\.test\.\w+$|\/fixtures\//;

/**
 * @param {string} base the workspace's root
 * @returns {string[]} one line for each breach
 */
export function slowPatternBreaches(base = root) {
  return folders.flatMap((folder) => {
    if (!existsSync(join(base, folder))) return [];
    return sourceFiles(join(base, folder)).flatMap((file) => {
      const name = relative(base, file).split(sep).join('/');
      if (tests.test(name)) return [];
      const source = readFileSync(file, 'utf8');
      return breachesIn(name, source).map(({ line, why }) => `${name}:${line}: ${why}`);
    });
  });
}

/** @param {string} name @param {string} source */
function breachesIn(name, source) {
  /** @type {{ line: number, why: string }[]} */
  const found = [];
  if (!/\/|RegExp/.test(source)) return found;
  const lines = source.split('\n');
  /** @param {number} position @param {string} why */
  const breach = (position, why) => {
    const line = source.slice(0, position).split('\n').length;
    const isMarked = [lines[line - 1], lines[line - 2]].some((text) => text?.includes('// linear: '));
    if (!isMarked) found.push({ line, why });
  };
  /** @param {import('oxc-parser').NewExpression | import('oxc-parser').CallExpression} node */
  const made = (node) => {
    if (node.callee.type !== 'Identifier' || node.callee.name !== 'RegExp') return;
    const [pattern, flags] = node.arguments;
    const isFixed = pattern?.type === 'Literal' && typeof pattern.value === 'string';
    if (isFixed)
      judge(node.start, String(pattern.value), flags?.type === 'Literal' ? String(flags.value) : '');
    // A copy of a literal that is judged where it stands.
    else if (pattern?.type !== 'Identifier' || !/^[A-Z_]+$/.test(pattern.name))
      breach(node.start, 'a regular expression that cannot be analyzed: say `// linear: why` above it');
  };
  /** @param {number} position @param {string} pattern @param {string} flags */
  const judge = (position, pattern, flags) => {
    const [report] = analyse({ source: pattern, flags }).reports;
    if (report === undefined) return;
    const growth = report.exponential ? 'exponential' : 'quadratic';
    breach(position, `/${pattern}/ may take ${growth} time, on ${report.character.literal.source} repeated`);
  };
  new Visitor({
    Literal: (node) => {
      if ('regex' in node) judge(node.start, node.regex.pattern, node.regex.flags);
    },
    NewExpression: made,
    CallExpression: made,
  }).visit(parseSync(name, source).program);
  return found;
}

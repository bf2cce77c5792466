// Finds the runnable examples of READMEs, and runs one as a user would: as an ES module of its own, against the built
// packages, with what it prints held against the comments beside its console.log lines.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { libraries, members, root } from './workspace.mjs';

/**
 * @typedef {object} Example
 * @property {string} folder  the member whose README it stands in
 * @property {number} number  counted from 1 within the README
 * @property {string} code
 */

/** Every ```ts block of every member's README. A block marked ```ts ignore is a sketch and does not run. @returns {Example[]} */
export function readmeExamples() {
  return members().flatMap(({ folder }) => examplesOf(folder));
}

/**
 * The blocks of one README that are marked ts.
 * @param {string} folder within the workspace; '' for the root
 * @returns {Example[]}
 */
export function examplesOf(folder) {
  const file = join(root, folder, 'README.md');
  if (!existsSync(file)) return [];
  const blocks = [...readFileSync(file, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
  return blocks.map((block, i) => ({ folder, number: i + 1, code: block[1] }));
}

/**
 * The packages that a README's first `npm install` line names, as it names them; none where it has no such line.
 * @param {string} folder within the workspace; '' for the root
 */
export function installedBy(folder) {
  const text = readFileSync(join(root, folder, 'README.md'), 'utf8');
  const line = /^npm install ((?:.*\\\n)*.*)$/m.exec(text)?.[1] ?? '';
  return line.split(/[\s\\]+/).filter((word) => word !== '');
}

/** The packages that an example imports, without Node's own. @param {string} code */
export function importedBy(code) {
  const specifiers = [...code.matchAll(/\b(?:from|import)\s*(?:\(\s*)?'([^'.][^']*)'/g)].map(
    (match) => match[1],
  );
  const names = specifiers.filter((specifier) => !specifier.startsWith('node:'));
  return [
    ...new Set(
      names.map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
    ),
  ];
}

/**
 * Every package that an example imports is named by the install line above it: npm finds the dependencies of others by luck, pnpm does not.
 * @returns {string[]} one line for each that is missing
 */
export function installLineBreaches() {
  const published = libraries();
  return ['', ...published.map(({ folder }) => folder)].flatMap((folder) => {
    const named = installedBy(folder).map((word) => word.replace(/(?<=.)@[^/@]*$/, ''));
    const readme = join(folder, 'README.md');
    if (named.length === 0) return [`${readme}: expected a line with npm install`];
    return examplesOf(folder).flatMap(({ number, code }) =>
      importedBy(code)
        .filter((name) => !named.includes(name))
        .map((name) => `${readme}: example ${number} imports ${name}, which its npm install does not name`),
    );
  });
}

/** What the comments of an example say it prints: the rest of each `console.log(...); // line`. @param {string} code */
export function expectedLines(code) {
  return [...code.matchAll(/console\.log\(.*\); +\/\/ (.*)$/gm)].map((match) => match[1].trim());
}

/**
 * Runs an example from its package's folder, where its imports resolve as they would for a user.
 * @param {Example} example
 */
export function runExample({ folder, number, code }) {
  const directory = join(root, folder, 'build', 'readme');
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `example-${number}.mjs`);
  writeFileSync(file, transformSync(code, { loader: 'ts', format: 'esm' }).code);
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
      cwd: directory,
      encoding: 'utf8',
      timeout: 60_000,
    });
    return {
      status,
      stderr,
      printed: stdout
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    };
  } finally {
    rmSync(file);
  }
}

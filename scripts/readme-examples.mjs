// Finds the runnable examples of READMEs, and runs one as a user would: as an ES module of its own, against the built
// packages, with what it prints held against the comments beside its console.log lines.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { members, root } from './workspace.mjs';

/**
 * @typedef {object} Example
 * @property {string} folder  the member whose README it stands in
 * @property {number} number  counted from 1 within the README
 * @property {string} code
 */

/** Every ```ts block of every README. A block marked ```ts ignore is a sketch and does not run. @returns {Example[]} */
export function readmeExamples() {
  return members().flatMap(({ folder }) => {
    const file = join(root, folder, 'README.md');
    if (!existsSync(file)) return [];
    const blocks = [...readFileSync(file, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
    return blocks.map((block, i) => ({ folder, number: i + 1, code: block[1] }));
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

// The command line, `generate train`, with the settings of the page.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { programs } from '../../scripts/workspace.mjs';

const run = promisify(execFile);

/**
 * @param {string} binary a Node
 * @param {Record<string, string | number>} settings by the names of the page's fields, which are those of the command's options
 * @param {{ corpus: string, threads: number, out: string }} options
 */
export async function trainInNode(binary, settings, { corpus, threads, out }) {
  const options = Object.entries({ ...settings, corpus, threads, out }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ]);
  const { stdout } = await run(binary, [programs.generate, 'train', ...options, '--overwrite', '--json']);
  const epochs = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'epoch');
  return { tokensPerSecond: epochs.at(-1).tokensPerSecond };
}

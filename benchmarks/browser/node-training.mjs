// The command line, `generate train`, with the settings of the page.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('../../apps/char-generator/dist/cli.js', import.meta.url));

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
  const { stdout } = await run(binary, [cli, 'train', ...options, '--overwrite', '--json']);
  const epochs = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'epoch');
  return { tokensPerSecond: epochs.at(-1).tokensPerSecond };
}

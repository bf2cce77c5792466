// Our commands as someone installs them who has no clone: from their tarballs, without our packages, in a folder of their own. Each
// shows its help under the name that it was called by, and does something small from beginning to end.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What each command is asked to do, and what its output must have. @type {Record<string, { args: string[], prints: RegExp }[]>} */
const tries = {
  'throughtime-generate': [
    { args: ['--help'], prints: /Usage: throughtime-generate .*throughtime-generate train --help/s },
    {
      args: ['completion', 'bash'],
      prints: /complete -o filenames -F _throughtime_generate throughtime-generate/,
    },
    { args: ['ngram', '--corpus', 'alice', '--order', '3', '--out', 'three-gram'], prints: /perplexity/i },
    { args: ['sample', '--model', 'three-gram', '--length', '20', '--seed', '1'], prints: /\S/ },
    {
      args: [
        'train',
        '--corpus',
        'alice',
        '--hidden',
        '8',
        '--epochs',
        '1',
        '--batch',
        '64',
        '--out',
        'tiny',
      ],
      prints: /training/,
    },
    // Its programs lie beside the command.
    {
      args: ['export', '--model', 'tiny', '--format', 'pytorch', '--out', 'run'],
      prints: /train\.py trains it further/,
    },
  ],
  'throughtime-forecast': [
    { args: ['--help'], prints: /Usage: throughtime-forecast/ },
    {
      args: ['run', '--series', 'air-passengers', '--model', 'naive', '--horizons', '1', '--out', 'naive'],
      prints: /naive/,
    },
    { args: ['predict', '--model', 'naive', '--horizon', '2'], prints: /1961/ },
  ],
};

/**
 * @typedef {object} Setting
 * @property {string} folder where to work
 * @property {string} tarballs the folder of the tarballs of all that is published
 * @property {readonly import('../workspace.mjs').Member[]} apps
 * @property {(command: string, args: string[], cwd: string) => string} tool
 * @property {(text: string) => void} say
 */

/** @param {Setting} setting */
export function installApps({ folder, tarballs, apps, tool, say }) {
  const project = join(folder, 'commands');
  mkdirSync(project);
  const files = readdirSync(tarballs)
    .filter((file) => apps.some(({ name }) => file.startsWith(`throughtime-${name}-`)))
    .map((file) => `file:${join(tarballs, file)}`);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'commands', private: true }));
  tool('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error', ...files], project);
  for (const { manifest } of apps) {
    const [command] = Object.keys(manifest.publishConfig.bin);
    for (const { args, prints } of tries[command]) {
      const printed = tool('npx', ['--no-install', command, ...args], project);
      if (!prints.test(printed))
        throw new Error(`${command} ${args.join(' ')}: expected ${prints}, got\n${printed}`);
    }
    say(`  ${command}: ${tries[command].map(({ args }) => args[0]).join(', ')}`);
  }
}

// What TypeScript says of our packages in a user's project: their declarations themselves (no `skipLibCheck`), and every example of every
// README and docstring under `strict`. By the newest TypeScript, which is the workspace's, and by the oldest that we support.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { docstringExamples } from '../docstrings.mjs';
import { examplesOf } from '../readme-examples.mjs';
import { root, runTool } from '../workspace.mjs';

/** What package.json calls the oldest TypeScript that we support; CONTRIBUTING and the READMEs state it. */
export const oldestTypeScript = { 'typescript-oldest': 'npm:typescript@~5.4.5' };

/**
 * Declarations of other projects that do not pass, and what is wrong with them. Ours must.
 * @type {readonly { file: RegExp, why: string }[]}
 */
const upstreamFaults = [
  {
    file: /^node_modules\/@observablehq\/plot\//,
    why: '@observablehq/plot has types of d3, without @types/d3',
  },
  {
    file: /^node_modules\/@tensorflow\/tfjs-core\//,
    why: 'tfjs-core has types of long, without @types/long',
  },
  {
    file: /^node_modules\/@tensorflow\/tfjs-backend-wasm\//,
    why: 'tfjs-backend-wasm has types of emscripten, without @types/emscripten',
  },
  {
    file: /^node_modules\/@webgpu\/types\/|\/lib\.dom\.d\.ts\(/,
    why: 'tfjs-core has @webgpu/types, whose names TypeScript has itself by now',
  },
];

/**
 * Writes every example of the READMEs into a project, as readme/PACKAGE-NUMBER.ts, and those of docstrings, named after their file.
 * @param {string} project
 * @param {readonly import('../workspace.mjs').Member[]} published
 */
export function writeExamples(project, published) {
  const folder = join(project, 'readme');
  mkdirSync(folder);
  for (const readme of ['', ...published.map((member) => member.folder)])
    for (const { number, code } of examplesOf(readme))
      writeFileSync(join(folder, `${readme.split('/').at(-1) || 'root'}-${number}.ts`), code);
  for (const { file, number, code } of docstringExamples())
    writeFileSync(join(folder, file.replaceAll('/', '-').replace(/\.ts$/, `-${number}.ts`)), code);
}

/** Throws with what TypeScript says if that is anything but a known fault of others. */
/** @param {string} project @param {(text: string) => void} say */
export function checkTypes(project, say) {
  const newest = join(root, 'node_modules/typescript/bin/tsc');
  const oldest = join(project, 'node_modules/typescript-oldest/bin/tsc');
  for (const [compiler, configuration] of [
    [newest, 'tsconfig.nodenext.json'],
    [newest, 'tsconfig.bundler.json'],
    [oldest, 'tsconfig.nodenext.json'],
  ]) {
    const { stdout: version } = runTool(process.execPath, [compiler, '--version']);
    say(`type-checking with ${configuration}, TypeScript ${String(version).trim()}`);
    const { stdout, stderr, error } = runTool(process.execPath, [compiler, '-p', configuration], {
      cwd: project,
      encoding: 'utf8',
    });
    if (error) throw error;
    // An indented line continues the one before it.
    const faults = `${stdout}${stderr}`.split(/\n(?! )/).filter((line) => line.trim() !== '');
    const ours = faults.filter((line) => !upstreamFaults.some(({ file }) => file.test(line)));
    if (ours.length > 0) throw new Error(`expected no errors of types, got\n${ours.join('\n')}`);
    for (const { file, why } of upstreamFaults)
      if (faults.some((line) => file.test(line))) say(`  not ours: ${why}`);
  }
}

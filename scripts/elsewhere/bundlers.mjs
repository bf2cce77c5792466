// A page that trains a model, as Vite, webpack and Next build it, in Chromium.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { runInChromium } from '../consumer/chromium.mjs';
import { root } from '../workspace.mjs';

const source = join(root, 'scripts/consumer/project');

/**
 * @typedef {object} Setting
 * @property {string} project an empty one
 * @property {(part: string) => boolean} isWanted
 * @property {(name: string, work: () => Promise<void>) => Promise<void>} attempt
 * @property {(command: readonly string[], cwd: string) => Promise<string>} tool
 * @property {readonly string[]} install the package manager's command
 * @property {readonly string[]} names the packages that the page imports
 */

/** @param {Setting} setting */
export async function bundlers({ project, isWanted, attempt, tool, install, names }) {
  const wanted = ['vite', 'webpack', 'next'].filter(isWanted);
  if (wanted.length === 0) return;
  /** @type {Record<string, string[]>} */
  const tools = {
    vite: ['vite@8'],
    webpack: ['webpack@5', 'webpack-cli@6'],
    next: ['next@16', 'react@19', 'react-dom@19'],
  };
  await tool(
    [...install, ...names, '@throughtime/wasm-kernels', ...wanted.flatMap((name) => tools[name])],
    project,
  );
  const example = transformSync(readFileSync(join(source, 'example.ts'), 'utf8'), { loader: 'ts' }).code;
  writeFileSync(join(project, 'example.js'), example);

  if (wanted.includes('vite'))
    await attempt('vite', async () => {
      cpSync(join(source, 'index.html'), join(project, 'index.html'));
      writeFileSync(join(project, 'example-browser.ts'), readFileSync(join(source, 'example-browser.ts')));
      await tool(['npx', 'vite', 'build', '--outDir', 'out-vite'], project);
      await trains(join(project, 'out-vite'));
    });

  if (wanted.includes('webpack'))
    await attempt('webpack', async () => {
      cpSync(join(source, 'example-browser.ts'), join(project, 'page.js'));
      await tool(
        ['npx', 'webpack', '--mode', 'production', '--entry', './page.js', '--output-path', 'out-webpack'],
        project,
      );
      writeFileSync(
        join(project, 'out-webpack/index.html'),
        '<!doctype html><link rel="icon" href="data:,"><body><script defer src="main.js"></script>',
      );
      await trains(join(project, 'out-webpack'));
    });

  if (wanted.includes('next'))
    await attempt('next', async () => {
      mkdirSync(join(project, 'app'));
      writeFileSync(
        join(project, 'next.config.mjs'),
        "export default { output: 'export', turbopack: { root: import.meta.dirname } };\n",
      );
      writeFileSync(
        join(project, 'app/layout.js'),
        'export default function Layout({ children }) { return <html lang="en"><head><link rel="icon" href="data:," /></head><body>{children}</body></html>; }\n',
      );
      writeFileSync(
        join(project, 'app/page.js'),
        `'use client';
import { useEffect, useState } from 'react';
import { example } from '../example.js';
export default function Page() {
  const [perplexity, setPerplexity] = useState();
  useEffect(() => { example().then(setPerplexity); }, []);
  return perplexity && <output>{perplexity}</output>;
}
`,
      );
      await tool(['npx', 'next', 'build'], project);
      // Next puts scripts into the page itself, which our server's policy forbids.
      await trains(join(project, 'out'), { bypassCSP: true });
    });
}

/** The page trains, and shows a perplexity. @param {string} folder @param {{ bypassCSP?: boolean }} [options] */
async function trains(folder, options) {
  const shown = await runInChromium(folder, options);
  if (shown === undefined) throw new Error('no Chromium found (set CHROMIUM to its path)');
  if (!(Number(shown) > 1 && Number(shown) < 20)) throw new Error(`expected a perplexity, got '${shown}'`);
}

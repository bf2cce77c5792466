// What our commands load before they do anything: module by module, before they are put into a few files (bundle-command.mjs), where no
// package can be told from another. A package that comes to be loaded at the start costs every call of the command its time.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './workspace.mjs';

/** Writes the address of every module that is loaded, a line each, to stderr. */
const telling = `import { register } from 'node:module';
const hooks = "import { writeSync } from 'node:fs'; export const load = (url, context, next) => { writeSync(2, url + '\\\\n'); return next(url, context); };";
register('data:text/javascript,' + encodeURIComponent(hooks));`;

/**
 * The packages that a command loads, ours and others, and how many modules in all.
 * @param {string} app @param {string[]} args
 */
function loadedBy(app, args) {
  const hook = `data:text/javascript,${encodeURIComponent(telling)}`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', hook, join(root, 'apps', app, 'dist/cli.js'), ...args],
    { encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  const files = stderr.split('\n').filter((line) => line.startsWith('file:'));
  const packages = files.map(
    (file) =>
      /\/node_modules\/(?!\.pnpm)((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ??
      /\/(?:packages|apps)\/([^/]+)/.exec(file)?.[1],
  );
  return { packages: [...new Set(packages)].sort(), modules: files.length };
}

it.each(['char-generator', 'sine-forecast'])(
  '%s --help loads no model, no data and nothing that draws',
  (app) => {
    const { packages, modules } = loadedBy(app, ['--help']);
    expect(packages).toEqual([app, 'command-line', 'commander', 'env-paths', 'errors', 'platform'].sort());
    expect(modules).toBeLessThan(45);
  },
);

// What it imports when it is called, and so before it knows that it draws nothing.
it('forecast run loads neither tfjs nor what draws', () => {
  const { packages } = loadedBy('sine-forecast', ['run', '--help']);
  expect(packages).toContain('forecasting');
  for (const other of [
    '@tensorflow/tfjs-core',
    '@tensorflow/tfjs-backend-wasm',
    '@observablehq/plot',
    'svgdom',
    'figures',
  ])
    expect(packages).not.toContain(other);
});

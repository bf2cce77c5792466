// Programs that use the engine alone, in a project without tfjs: what installing them costs, what their bundles weigh, and that
// they run, in Node and in Chromium. Sizes are budgets: one that is exceeded fails the check.
import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from '../workspace.mjs';
import { budgets } from './budgets.mjs';
import { runInChromium } from './chromium.mjs';

/**
 * @typedef {object} Setting
 * @property {string} folder where to work
 * @property {Map<string, { file: string, needs: string[] }>} tarballs by package: the file, and which of ours it depends on
 * @property {(command: string, args: string[], cwd: string) => string} tool
 * @property {(text: string) => void} say
 */

/** @param {Setting} setting */
export async function engineOnly({ folder, tarballs, tool, say }) {
  /** @type {string[]} */
  const exceeded = [];
  /** @param {string} what @param {number} bytes @param {number} budget @param {string} unit */
  const hold = (what, bytes, budget, unit) => {
    const scale = unit === 'MB' ? 1e6 : 1e3;
    const line = `${what}: ${(bytes / scale).toFixed(1)} ${unit} of at most ${budget / scale}`;
    say(`  ${line}`);
    if (bytes > budget) exceeded.push(line);
  };

  for (const [name, budget] of Object.entries(budgets.install)) {
    const alone = join(folder, 'alone');
    install(alone, [name]);
    hold(`npm install ${name}`, sizeOf(join(alone, 'node_modules')), budget, 'MB');
  }

  const project = join(folder, 'engine-only');
  install(project, ['@throughtime/lang-model', '@throughtime/forecasting']);
  cpSync(join(root, 'scripts/consumer/engine-only'), project, { recursive: true });
  const tfjs = readdirSync(join(project, 'node_modules')).filter((name) => name === '@tensorflow');
  if (tfjs.length > 0) throw new Error('tfjs was installed, which nothing asked for');

  await build({
    entryPoints: ['node.ts', 'generate.ts', 'forecast.ts'].map((file) => join(project, file)),
    outdir: join(project, 'run'),
    format: 'esm',
    logLevel: 'error',
  });
  const inNode = tool(process.execPath, ['run/node.js'], project).trim();
  say(`  in Node: ${inNode}`);
  if (!inNode.startsWith('fused: ')) throw new Error(`expected the engine to run, got ${inNode}`);

  for (const [name, budget] of Object.entries(budgets.bundle)) {
    const { outputFiles, metafile } = await bundle(project, `${name}.ts`);
    hold(
      `${name}.ts, minified, gzip, in one file`,
      gzipSync(outputFiles[0].contents, { level: 9 }).length,
      budget,
      'kB',
    );
    const strangers = Object.keys(metafile.inputs).filter((path) => /tensorflow|tfjs/.test(path));
    if (strangers.length > 0) throw new Error(`${name}.ts bundles ${strangers.join(', ')}`);
  }

  for (const [name, budget] of Object.entries(budgets.loaded)) {
    const { outputFiles, metafile } = await bundle(project, `${name}.ts`, true);
    const { outputs } = metafile;
    const engine = Object.keys(outputs).find((path) =>
      Object.keys(outputs[path].inputs).some((input) => input.endsWith('engine-binaries.js')),
    );
    const entry = Object.keys(outputs).find((path) => outputs[path].entryPoint === `${name}.ts`);
    if (!engine || !entry) throw new Error("expected the engine's binaries in a part of their own");
    // The entry, what it imports at once, and the engine; other parts come when a program asks for them.
    const loaded = new Set([entry, engine]);
    for (const path of loaded)
      for (const imported of outputs[path].imports)
        if (imported.kind === 'import-statement') loaded.add(imported.path);
    const bytes = outputFiles
      .filter(({ path }) => [...loaded].some((part) => path.endsWith(part)))
      .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
    hold(`${name}.ts, minified, gzip, as a browser loads it`, bytes, budget, 'kB');
  }

  const page = join(project, 'page');
  const { outputFiles } = await bundle(project, 'page.ts');
  mkdirSync(page);
  cpSync(join(project, 'model'), join(page, 'model'), { recursive: true });
  writeFileSync(join(page, 'page.js'), outputFiles[0].contents);
  writeFileSync(
    join(page, 'index.html'),
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>',
  );
  const inBrowser = await runInChromium(page);
  if (inBrowser !== undefined) {
    say(`  in Chromium: ${inBrowser}`);
    if (!/^fused: .*; 3 forecasts$/s.test(inBrowser)) throw new Error(`expected the same, got ${inBrowser}`);
  }
  if (exceeded.length > 0) throw new Error(`over budget: ${exceeded.join('; ')}`);

  /** Ours are installed from the tarballs, with those that they need; the rest is what npm makes of it. */
  /** @param {string} where @param {string[]} names */
  function install(where, names) {
    const wanted = new Set(names);
    for (const name of wanted) for (const needed of tarballs.get(name)?.needs ?? []) wanted.add(needed);
    const dependencies = Object.fromEntries(
      [...wanted].map((name) => [name, `file:${tarballs.get(name)?.file}`]),
    );
    mkdirSync(where);
    writeFileSync(
      join(where, 'package.json'),
      JSON.stringify({ name: 'engine-only', private: true, type: 'module', dependencies }),
    );
    tool('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error'], where);
  }
}

/**
 * For browsers: one file, or parts, of which some are loaded when a program asks for them.
 * @param {string} project
 * @param {string} entry
 * @param {boolean} [splitting]
 */
function bundle(project, entry, splitting = false) {
  return build({
    ...(splitting && { splitting, outdir: join(project, 'parts') }),
    entryPoints: [join(project, entry)],
    absWorkingDir: project,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
}

/** @param {string} folder @returns {number} bytes of all files in it */
function sizeOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

// npm run docs [-- build|serve|check|lighthouse] [-- --base PATH|--address URL] [-- --port N] [-- --keep-api]: builds the documentation site
// into site/dist and serves it. `build` only builds, `serve` serves an earlier build, `check` builds and opens every page in Chromium
// (docs-check.mjs), `lighthouse` builds and measures some of them (docs-lighthouse.mjs).
// --address: where the site will be, such as https://example.org/docs/. Links to it then show an image, and it has a sitemap.
// The first time it installs what the site alone needs (141 MB in site/node_modules).
// --keep-api takes the API reference of the last build.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serveFolders } from '@throughtime/page-server';
import { build } from 'esbuild';
import { members, pnpm, root, run } from './workspace.mjs';

const site = join(root, 'site');
// Packages that a page has no use for.
const notForPages = ['pytorch-run', 'platform', 'tfjs-gradients'];
const { base, address, port, does, keepsApi } = commandLine();
if (does === 'check') {
  const dist = await buildSite('/page/');
  const { siteBreaches } = await import('./docs-check.mjs');
  const count = await siteBreaches(dist, (breach) => console.error(breach));
  console.log(count === 0 ? 'docs: every page is as it should be' : `docs: ${count} things are wrong`);
  process.exitCode = count === 0 ? 0 : 1;
} else if (does === 'lighthouse') {
  const dist = await buildSite('/page/');
  const { lowScores } = await import('./docs-lighthouse.mjs');
  process.exitCode = (await lowScores(dist, (line) => console.log(line))) === 0 ? 0 : 1;
} else {
  if (does !== 'serve') await buildSite(base, address);
  else if (!existsSync(join(site, 'dist'))) {
    console.error('docs: expected a site in site/dist, found none; npm run docs -- build makes one');
    process.exit(2);
  }
  if (does !== 'build') {
    const { url } = await serveFolders({ [base]: join(site, 'dist') }, { port });
    console.log(`The site is served at ${url}${base}; Ctrl-C ends it.`);
  }
}

/**
 * @param {string} path  under which it will be served
 * @param {string} [whole]  its whole address, where that is known
 * @returns {Promise<string>} its folder
 */
async function buildSite(path, whole) {
  installSite();
  await bundleRuntime(join(site, 'build/runtime'));
  const options = [...(whole ? ['--address', whole] : []), ...(keepsApi ? ['--keep-api'] : [])];
  run(process.execPath, ['scripts/build.mjs', '--base', path, ...options], {
    cwd: site,
    stdio: ['ignore', 2, 2],
  });
  return join(site, 'dist');
}

function installSite() {
  const stamp = join(site, 'node_modules/.throughtime-setup');
  const wanted = createHash('sha256')
    .update(readFileSync(join(site, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing what the site needs (about half a minute the first time) ...');
  pnpm(['install', '--frozen-lockfile', '--reporter', 'append-only'], { cwd: site, stdio: ['ignore', 2, 2] });
  writeFileSync(stamp, wanted);
}

/**
 * The packages as modules for the pages: what runs in a browser, each entry point a file, what they share in chunks.
 * @param {string} folder
 */
async function bundleRuntime(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  /** @type {Record<string, string>} */
  const entries = {};
  for (const member of members()) {
    if (member.manifest.private || !member.folder.startsWith('packages/')) continue;
    for (const [path, target] of Object.entries(member.manifest.exports)) {
      // Entries that need Node, tfjs or a font renderer are not for these pages.
      if (typeof target === 'string' || /^\.\/(node|tfjs|register|png)$/.test(path)) continue;
      if (notForPages.includes(member.name)) continue;
      entries[`${member.name}${path.slice(1).replaceAll('/', '-')}`] = join(
        root,
        member.folder,
        target.default,
      );
    }
  }
  await build({
    entryPoints: entries,
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    chunkNames: 'shared/[hash]',
    // The reference path, which is loaded on demand where tfjs is: here it is not.
    external: ['@tensorflow/*'],
    logLevel: 'warning',
  });
}

function commandLine() {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2),
      options: {
        base: { type: 'string' },
        address: { type: 'string' },
        port: { type: 'string', default: '8080' },
        'keep-api': { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const [action = 'build and serve', ...rest] = positionals;
    if (rest.length > 0 || !['build', 'serve', 'check', 'lighthouse', 'build and serve'].includes(action))
      return refuse(
        `expected 'build', 'serve', 'check', 'lighthouse' or nothing, got '${positionals.join(' ')}'`,
      );
    const { address } = values;
    if (address !== undefined && values.base !== undefined)
      return refuse('--base: expected --base or --address, which has the path in it, got both');
    if (address !== undefined && !/^https?:\/\/[\w.:-]+\/([\w.-]+\/)*$/.test(address))
      return refuse(`--address: expected https://HOST/PATH/ with a slash at its end, got '${address}'`);
    const base = address === undefined ? (values.base ?? '/') : new URL(address).pathname;
    if (!/^\/([\w.-]+\/)*$/.test(base))
      return refuse(`--base: expected a path that begins and ends with a slash, got '${base}'`);
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65535)
      return refuse(`--port: expected a whole number from 0 to 65535, got '${values.port}'`);
    return { base, address, port: Number(values.port), does: action, keepsApi: values['keep-api'] };
  } catch (error) {
    return refuse(/** @type {Error} */ (error).message.split('\n')[0]);
  }
}

/** @param {string} message @returns {never} */
function refuse(message) {
  console.error(
    `docs: ${message}\nusage: npm run docs [-- build|serve|check|lighthouse] [-- --base /PATH/|--address URL] [-- --port N] [-- --keep-api]`,
  );
  process.exit(2);
}

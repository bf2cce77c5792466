// node site/scripts/build.mjs [--base PATH] [--address URL] [--keep-api]: the site as static files in site/dist. `npm run docs` installs what
// it needs, and calls it. --address is where the site will be, with the path at its end. --keep-api takes the API reference of the last build: reading the packages is most of the time.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vitepress';
import { budgets } from '../../scripts/consumer/budgets.mjs';
import { root } from '../../scripts/workspace.mjs';
import { entryPoints, writeApiPages } from './api.mjs';
import { gather } from './gather.mjs';
import { writeLlmsTxt } from './llms.mjs';
import { documents, menu } from './site-map.mjs';

const {
  base,
  address,
  'keep-api': keepsApi,
} = parseArgs({
  options: {
    base: { type: 'string', default: '/' },
    address: { type: 'string' },
    'keep-api': { type: 'boolean', default: false },
  },
}).values;
const site = fileURLToPath(new URL('..', import.meta.url));
const pages = join(site, 'build/pages');
const dist = join(site, 'dist');

/** Shorter than the pages' own titles. @type {Readonly<Record<string, string>>} */
const menuTitles = {
  'commands/generate.md': 'generate: text',
  'commands/forecast.md': 'forecast: series',
  'coming-from.md': 'Coming from another library',
  'api/index.md': 'All entry points',
};

const started = performance.now();
/** @param {string} what */
const report = (what) =>
  console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${what}`);

rmSync(pages, { recursive: true, force: true });
gather(pages, join(site, 'pages'), documents);
enterBudgets(join(pages, 'results/index.md'));
cpSync(join(site, 'build/runtime'), join(pages, 'public/runtime'), { recursive: true });
// The start page's model is the one that the text generator shows on arrival.
const arrival = join(root, 'apps/char-generator/web/arrival');
for (const file of ['config.json', 'vocabulary.json', 'model.safetensors'])
  cpSync(join(arrival, file), join(pages, 'public/model', file));
report('pages gathered');

const api = join(site, 'build/api');
if (!keepsApi || !existsSync(join(api, 'index.md'))) await writeApiPages(api);
cpSync(api, join(pages, 'api'), { recursive: true });
report('API reference written');

const sections = menu(entryPoints());
for (const { text, pages: listed } of sections)
  for (const page of listed)
    if (!existsSync(join(pages, page)))
      throw new Error(`the menu's part '${text}' names ${page}, which is not there`);
writeFileSync(
  join(site, 'build/menu.json'),
  JSON.stringify(
    sections.map(({ text, pages: listed }) => ({
      text,
      items: listed.map((page) => ({
        text: menuTitles[page] ?? titleOf(page),
        link: `/${page.replace(/(index)?\.md$/, '')}`,
      })),
    })),
  ),
);
// A menu of its own for each entry point that has more pages than one.
writeFileSync(
  join(site, 'build/parts.json'),
  JSON.stringify(
    Object.fromEntries(
      entryPoints()
        .filter(({ page }) => existsSync(join(pages, 'api', page)))
        .map(({ name, page }) => [`/api/${page}/`, partsMenu(name, page)]),
    ),
  ),
);
writeLlmsTxt(join(pages, 'public/llms.txt'), pages, base, sections, titleOf);

// Sites that show links show an image beside them: the text generator's.
cpSync(join(root, 'apps/char-generator/web/card.png'), join(pages, 'public/card.png'));
process.env.SITE_BASE = base;
if (address !== undefined) process.env.SITE_ADDRESS = address;
await build(site);
report('pages built');

for (const app of ['char-generator', 'sine-forecast']) {
  cpSync(join(root, 'apps', app, 'dist/web'), join(dist, app), { recursive: true });
  if (address !== undefined) withWholeImageAddress(join(dist, app, 'index.html'), `${address}${app}/`);
}
withFewerRequests(dist);
report(`done: ${dist}`);

/** The image that a page's links show, by its whole address: those who show it want that. @param {string} page @param {string} at */
function withWholeImageAddress(page, at) {
  const html = readFileSync(page, 'utf8');
  writeFileSync(
    page,
    html.replace(
      /(<meta property="og:image" content=")([^"]+)/,
      (_, tag, image) => `${tag}${new URL(image, at).href}`,
    ),
  );
}

/** The budgets of size that the checks hold, as rows of a page's table. @param {string} page */
function enterBudgets(page) {
  const mark = '| <!-- budgets --> | |\n';
  const text = readFileSync(page, 'utf8');
  if (!text.includes(mark)) throw new Error(`${page}: expected the line ${mark}`);
  const rows = [
    ...Object.entries(budgets.install).map(
      ([name, bytes]) => `| \`npm install ${name}\` | ${bytes / 1e6} MB |`,
    ),
    `| a page that generates text, compressed | ${budgets.loaded.generate / 1e3} kB |`,
    `| a page that forecasts, compressed | ${budgets.loaded.forecast / 1e3} kB |`,
  ];
  writeFileSync(page, text.replace(mark, `${rows.join('\n')}\n`));
}

/** @param {string} name  of an entry point @param {string} page */
function partsMenu(name, page) {
  const parts = readdirSync(join(pages, 'api', page)).map((file) => file.replace(/\.md$/, ''));
  return [
    {
      text: name.replace(/^@throughtime\//, ''),
      items: [
        { text: 'What stands where', link: `/api/${page}` },
        ...parts.map((part) => ({ text: part.replaceAll('-', ' '), link: `/api/${page}/${part}` })),
      ],
    },
    { text: 'API reference', items: [{ text: menuTitles['api/index.md'], link: '/api/' }] },
  ];
}

/** A page's first heading. @param {string} page */
function titleOf(page) {
  const text = readFileSync(join(pages, page), 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1];
  if (!title) throw new Error(`${page}: expected a heading`);
  return title.replaceAll('`', '').replace(/^@throughtime\//, '');
}

/**
 * Moves the scripts that stand within a page's head into one file: a strict Content-Security-Policy runs files of the site's own alone, and
 * a phone waits for each before it paints. Nor need it ask for a style sheet without a rule.
 * @param {string} folder
 */
function withFewerRequests(folder) {
  const scripts = join(folder, 'assets');
  mkdirSync(scripts, { recursive: true });
  const iconStyles = join(folder, 'vp-icons.css');
  const hasIcons = existsSync(iconStyles) && readFileSync(iconStyles, 'utf8').trim() !== '';
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.html') || /^(char-generator|sine-forecast)[\\/]/.test(file)) continue;
    const html = readFileSync(join(folder, file), 'utf8');
    const within = /<script(?: id="[^"]*")?>([\s\S]*?)<\/script>/g;
    const code = [...html.matchAll(within)].map(([, text]) => text).join(';\n');
    const name = `head-${createHash('sha256').update(code).digest('hex').slice(0, 12)}.js`;
    writeFileSync(join(scripts, name), code);
    let isFirst = true;
    const moved = html.replace(within, () => {
      const script = isFirst ? `<script src="${base}assets/${name}"></script>` : '';
      isFirst = false;
      return script;
    });
    const icons = /<link rel="preload stylesheet" href="[^"]*vp-icons\.css"[^>]*>\s*/;
    writeFileSync(join(folder, file), hasIcons ? moved : moved.replace(icons, ''));
  }
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { runnableCode } from './runnable-code.mjs';

const repository = 'https://github.com/throughtime/throughtime';
const base = process.env.SITE_BASE ?? '/';
/** Where the site will be, with a slash at its end; undefined: not known. */
const address = process.env.SITE_ADDRESS;
const menu = JSON.parse(readFileSync(new URL('../build/menu.json', import.meta.url), 'utf8'));

/** Menus of the parts of the API reference that have more pages than one, by address. */
const parts = JSON.parse(readFileSync(new URL('../build/parts.json', import.meta.url), 'utf8'));

/** Two angle brackets. */
const sourceIcon =
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"><path d="m8 6-6 6 6 6m8-12 6 6-6 6m-2-15-4 18"/></svg>';

/** The menu of some parts of the site. */
const part = (...names) => menu.filter(({ text }) => names.includes(text));

export default defineConfig({
  title: 'throughtime',
  description:
    'Recurrent sequence models for TypeScript: train RNNs, GRUs and LSTMs, generate text and forecast series, in Node and in the browser.',
  lang: 'en',
  base,
  srcDir: 'build/pages',
  outDir: 'dist',
  cacheDir: 'build/cache',
  // Without this, the theme computes every style of the page twice before it answers, only so that nothing fades when the switch is pressed.
  appearance: { disableTransition: false },
  // Pages of the reference have thousands of links: to watch which of them can be seen keeps a phone from answering.
  router: { prefetchLinks: false },
  // A script of its own, not one within each page: see withFewerRequests of build.mjs.
  metaChunk: true,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}icon.svg` }]],
  // The apps' pages stand beside the site's, made by their own builds.
  ignoreDeadLinks: [/^\/?(\.\.?\/)*(char-generator|sine-forecast)\//, /\/llms\.txt$/],
  vite: {
    worker: { format: 'es' },
    resolve: {
      alias: [
        {
          find: /^.*\/VPSidebarGroup\.vue$/,
          replacement: fileURLToPath(new URL('theme/SidebarMenu.vue', import.meta.url)),
        },
      ],
    },
  },
  markdown: {
    config: runnableCode,
    // Every color has a contrast of 4.5 to 1 or more.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  ...(address !== undefined && { sitemap: { hostname: address } }),
  // What sites show beside a link to a page. They take whole addresses only.
  transformHead({ pageData, title, description }) {
    const path = pageData.relativePath.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '.html');
    const property = (name, content) => ['meta', { property: `og:${name}`, content }];
    return [
      property('type', 'website'),
      property('site_name', 'throughtime'),
      property('title', title),
      property('description', description),
      ['meta', { name: 'twitter:card', content: address === undefined ? 'summary' : 'summary_large_image' }],
      ...(address === undefined
        ? []
        : [
            property('url', address + path),
            property('image', `${address}card.png`),
            ['link', { rel: 'canonical', href: address + path }],
          ]),
    ];
  },
  // Where a page's text stands in the repository.
  transformPageData(page) {
    page.filePath = page.frontmatter.source ?? `site/pages/${page.relativePath}`;
  },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guides', link: '/start' },
      { text: 'Chapter', link: '/chapter/' },
      { text: 'Packages', link: '/packages/lang-model' },
      { text: 'API', link: '/api/' },
      { text: 'Results', link: '/results/' },
      {
        text: 'Try it',
        items: [
          { text: 'Text generator', link: '/char-generator/', target: '_self' },
          { text: 'Forecaster', link: '/sine-forecast/', target: '_self' },
        ],
      },
    ],
    // No functions in here: VitePress would send them to the page as text, for eval, which the content policy forbids.
    sidebar: {
      ...parts,
      '/chapter/': part('The chapter'),
      '/packages/': part('Packages'),
      '/api/': part('API reference'),
      '/results/': part('Results', 'Project'),
      '/project/': part('Results', 'Project'),
      '/': part('Start', 'Guides', 'Commands'),
    },
    outline: { level: [2, 3] },
    // An image of our own: by its name, the theme would ask a server for one where it finds none.
    socialLinks: [{ icon: { svg: sourceIcon }, ariaLabel: 'Source code on GitHub', link: repository }],
    editLink: {
      pattern: `${repository}/blob/main/:path`,
      text: 'Source of this page',
    },
    footer: { message: 'MIT licensed. The embedded texts and series are in the public domain.' },
  },
});

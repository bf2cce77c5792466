// npm run docs -- check: builds the site under a path, as hosts serve it, and opens every page of it in Chromium as a phone in light and as a
// desktop in dark mode. Each page may complain of nothing, may be no wider than its window and may break no rule of axe. Every program that
// can be run in its page is run there. Search and the start page's model must answer. Every link to a place within a page finds it.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { accessibilityViolations, PageBrowser } from '@throughtime/page-server/testing';

/**
 * As what each page is looked at, and which of axe's rules hold: what the page is made of is the same in both, so that the second look
 * is held to the rules on what differs, its colors and what scrolls.
 * @type {readonly { width: number, height: number, dark: boolean, rules?: readonly string[] }[]}
 */
const looks = [
  { width: 390, height: 844, dark: false },
  { width: 1280, height: 900, dark: true, rules: ['color-contrast', 'scrollable-region-focusable'] },
];

/**
 * @param {string} dist  the built site, of the base /page/
 * @param {(breach: string) => void} report  is told of each thing that is wrong when it is found
 * @returns {Promise<number>} how many things are wrong
 */
export async function siteBreaches(dist, report) {
  const pages = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => file.endsWith('.html') && !/^(?:char-generator|sine-forecast)\//.test(file))
    .sort();
  let count = 0;
  /** @param {readonly string[]} breaches */
  const add = (breaches) => {
    count += breaches.length;
    for (const breach of breaches) report(breach);
  };
  add(lostAnchors(dist, pages));
  const browser = await PageBrowser.start(dist);
  try {
    // Side by side: one waits for the browser while the other computes.
    await Promise.all(looks.map((look) => lookAtPages(browser, pages, look, add)));
    add(await liveBreaches(browser));
  } finally {
    await browser.close();
  }
  return count;
}

/**
 * Links to a place that their page does not have. Of pages that are not there, VitePress says so.
 * @param {string} dist  the built site, of the base /page/
 * @param {readonly string[]} pages
 */
export function lostAnchors(dist, pages) {
  const html = new Map(pages.map((page) => [page, readFileSync(join(dist, page), 'utf8')]));
  const ids = new Map(
    [...html].map(([page, text]) => [
      page,
      new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)),
    ]),
  );
  return [...html].flatMap(([page, text]) =>
    [...text.matchAll(/ href="([^"#:]*)#([^"]+)"/g)].flatMap(([, path, id]) => {
      const from = `/page/${page}`;
      const there = path === '' ? from : posix.resolve(posix.dirname(from), path);
      const file = posix.relative('/page', there);
      const known = ids.get(file) ?? ids.get(`${file}.html`) ?? ids.get(posix.join(file, 'index.html'));
      return known === undefined || known.has(decodeURIComponent(id))
        ? []
        : [`${page}: ${path}#${id} leads nowhere`];
    }),
  );
}

/**
 * @param {PageBrowser} browser
 * @param {readonly string[]} pages
 * @param {(typeof looks)[number]} look
 * @param {(breaches: readonly string[]) => void} add
 */
async function lookAtPages(browser, pages, { rules, ...look }, add) {
  const { page, context, errors } = await browser.open(look);
  for (const path of pages) {
    const where = `${path} (${look.width} pixels${look.dark ? ', dark' : ''})`;
    const before = errors.length;
    await page.goto(browser.address + path);
    const beyond = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
    add(beyond > 0 ? [`${where}: wider than the window by ${beyond} pixels`] : []);
    const violations = await accessibilityViolations(page, rules);
    add(violations.map((violation) => `${where}: ${violation.slice(0, 300)}`));
    if (!look.dark) add(await programBreaches(page, where));
    add(errors.slice(before).map((error) => `${where}: ${error}`));
  }
  await context.close();
}

/** Runs the programs of a page. @param {import('playwright-core').Page} page @param {string} where */
async function programBreaches(page, where) {
  /** @type {string[]} */
  const breaches = [];
  for (const program of await page.locator('.runnable').all()) {
    const button = program.getByRole('button', { name: 'Run here' });
    await button.click();
    await button.waitFor(); // It is there again when the program has ended.
    const printed = (await program.locator('.runnable-output').textContent()) ?? '';
    if (/Error|nothing/.test(printed)) breaches.push(`${where}: a program printed: ${printed}`);
  }
  return breaches;
}

/** @param {PageBrowser} browser */
async function liveBreaches(browser) {
  const { page, context } = await browser.open();
  /** @type {string[]} */
  const breaches = [];
  await page.locator('.live-text span:not(:empty)').waitFor();
  await page.getByLabel('Your text').fill('The sea ');
  await page.locator('.live-text b', { hasText: 'The sea' }).waitFor();
  const written = (await page.locator('.live-text').textContent()) ?? '';
  if (!/^The sea .{100}/s.test(written)) breaches.push(`start page: the model wrote '${written}'`);
  await page.getByRole('button', { name: 'Search' }).first().click();
  await page.locator('.VPLocalSearchBox input').fill('onPlateau');
  await page.locator('.VPLocalSearchBox .result').first().waitFor();
  await context.close();
  return breaches;
}

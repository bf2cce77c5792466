// npm run docs -- check: builds the site under a path, as hosts serve it, and opens every page of it in Chromium as a phone in light and as a
// desktop in dark mode. Each page may complain of nothing, may be no wider than its window and may break no rule of axe. Every program that
// can be run in its page is run there. Search and the start page's model must answer.
import { readdirSync } from 'node:fs';
import { sep } from 'node:path';
import { accessibilityViolations, PageBrowser } from '@throughtime/page-server/testing';

/** As what each page is looked at. */
const looks = [
  { width: 390, height: 844, dark: false },
  { width: 1280, height: 900, dark: true },
];

/**
 * @param {string} dist  the built site, of the base /page/
 * @returns {Promise<string[]>} one line for each thing that is wrong
 */
export async function siteBreaches(dist) {
  const pages = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => file.endsWith('.html') && !/^(?:char-generator|sine-forecast)\//.test(file))
    .sort();
  const browser = await PageBrowser.start(dist);
  /** @type {string[]} */
  const breaches = [];
  try {
    for (const look of looks) {
      const { page, context, errors } = await browser.open(look);
      for (const path of pages) {
        const where = `${path} (${look.width} pixels${look.dark ? ', dark' : ''})`;
        const before = errors.length;
        await page.goto(browser.address + path);
        const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        if (Number(beyond) > 0) breaches.push(`${where}: wider than the window by ${beyond} pixels`);
        for (const violation of await accessibilityViolations(page))
          breaches.push(`${where}: ${violation.slice(0, 300)}`);
        if (!look.dark) breaches.push(...(await programBreaches(page, where)));
        breaches.push(...errors.slice(before).map((error) => `${where}: ${error}`));
      }
      await context.close();
    }
    breaches.push(...(await liveBreaches(browser)));
  } finally {
    await browser.close();
  }
  return breaches;
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
  await page.waitForFunction("document.querySelector('.live-text span').textContent !== ''");
  await page.getByLabel('Your text').fill('The Queen ');
  const written = (await page.locator('.live-text').textContent()) ?? '';
  if (!/^The Queen .{100}/s.test(written)) breaches.push(`start page: the model wrote '${written}'`);
  await page.getByRole('button', { name: 'Search' }).first().click();
  await page.locator('.VPLocalSearchBox input').fill('onPlateau');
  await page.locator('.VPLocalSearchBox .result').first().waitFor();
  await context.close();
  return breaches;
}

// Opens a folder of static files in headless Chromium and gives what the page wrote into its <output>.
import { chromiumFlags, chromiumPath, serveFolders } from '@throughtime/page-server';
import { chromium } from 'playwright-core';

/**
 * @param {string} folder what to serve
 * @param {{ bypassCSP?: boolean }} [options] whether the page may break our strict policy, as pages with inline scripts do
 * @returns {Promise<string | undefined>} the text of the page's <output>; undefined when there is no Chromium
 */
export async function runInChromium(folder, { bypassCSP = false } = {}) {
  const executablePath = chromiumPath();
  if (!executablePath) return undefined;
  const server = await serveFolders({ '/': folder });
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  try {
    const page = await browser.newPage({ bypassCSP });
    /** @type {string[]} */
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(`${server.url}/`);
    // A locator, not a predicate: a predicate is polled by eval, which the page's security policy forbids.
    const result = page.locator('output');
    await result.waitFor({ timeout: 60_000 }).catch((error) => errors.push(error.message));
    if (errors.length > 0) throw new Error(`the page in Chromium failed: ${errors.join('; ')}`);
    return (await result.textContent()) ?? '';
  } finally {
    await browser.close();
    await server.close();
  }
}
